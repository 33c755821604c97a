// The connection to an origin: direct, or through the proxy that the environment names.
import type { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import connector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import type { Source } from '../../config/source.ts';
import { withPlainParser } from '../../start-up/plain-parser.ts';
import { type Trust, trustedCertificates } from './certificates.ts';
import { failureOf, failureOfStatus } from './failure.ts';
import { basicAuthorization } from './policy.ts';
import { proxyFor } from './proxy.ts';

type Connector = buildConnector.connector;
type Headers = Readonly<Record<string, string>>;

/** Where requests for the URLs of one origin go. */
export interface Connection {
  readonly dispatcher: Dispatcher;
  /** For a proxy that forwards requests: the headers that it needs, and whole URLs in the place of paths. */
  readonly forward?: { readonly headers: Headers };
}

/** How connections are opened. */
export interface ConnectTerms {
  readonly source: Source;
  /** Milliseconds that all of it may take. */
  readonly timeout: number;
  readonly trust: Trust;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Opens the connection for URLs of this origin. Nothing is sent yet. Throws a UserError for an unusable proxy. */
export function connect(url: URL, { source, timeout, trust, env }: ConnectTerms): Connection {
  const proxy = proxyFor(url, env);
  const isTls = url.protocol === 'https:' || proxy?.protocol === 'https:';
  const ca = isTls ? trustedCertificates(trust, source.ca_certs, env) : undefined;
  // A connection, a response's start or its next bytes may take a third of the time: enough is left for another try.
  const third = Math.ceil(timeout / 3);
  // Without it Node asks the environment whether to verify.
  const open = connector({ timeout: third, rejectUnauthorized: true, ...(ca && { ca }) });
  const dispatcherTo = ({ origin }: URL, connect: Connector) =>
    new Client(origin, { headersTimeout: third, bodyTimeout: third, connect: withPlainParser(connect) });
  if (proxy === undefined) return { dispatcher: dispatcherTo(url, open) };
  // The host that the request names is not the proxy's, whose certificate is what counts here.
  const openProxy: Connector = ({ servername: _, ...options }, callback) =>
    open(options, (...[error, socket]) =>
      error === null ? callback(null, socket) : callback(failureOf(error, 'the proxy'), null),
    );
  const { authorization } = basicAuthorization(proxy);
  const headersFor = (host: string): Headers => ({
    host,
    ...(authorization && { 'proxy-authorization': authorization }),
  });
  if (url.protocol === 'https:') {
    const target = `${url.hostname}:${url.port || 443}`;
    const openTunnel = tunnelThrough(() => dispatcherTo(proxy, openProxy), target, headersFor(target), open);
    return { dispatcher: dispatcherTo(url, openTunnel) };
  }
  // Plain http goes to the proxy as it is, as with curl; many proxies allow tunnels to port 443 alone.
  return { dispatcher: dispatcherTo(proxy, openProxy), forward: { headers: headersFor(url.host) } };
}

/**
 * Opens connections through tunnels of a proxy (RFC 9110, 9.3.6); they fail with a Failure. undici's ProxyAgent asks a proxy that
 * hangs up again and again, without a pause, until the time is up.
 */
function tunnelThrough(
  dispatcherToProxy: () => Dispatcher,
  target: string,
  headers: Headers,
  open: Connector,
): Connector {
  return (options, callback) => {
    const proxy = dispatcherToProxy();
    const fail = (error: Error) => {
      void proxy.destroy();
      callback(failureOf(error, 'the proxy'), null);
    };
    proxy.dispatch(
      { method: 'CONNECT', path: target, headers },
      {
        onRequestStart() {},
        onRequestUpgrade(_controller, status, _headers, httpSocket) {
          if (status < 200 || status > 299) return fail(failureOfStatus('the proxy', status));
          open({ ...options, httpSocket: httpSocket as Socket }, callback);
        },
        onResponseError: (_controller, error) => fail(error),
      },
    );
  };
}
