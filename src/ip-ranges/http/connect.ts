// The connection to an origin: direct, or through the proxy that the environment names.
import type { buildConnector, Dispatcher } from 'undici';
import connector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import type { Source } from '../../config/source.ts';
import { withPlainParser } from '../../start-up/plain-parser.ts';
import { type Trust, trustedCertificates } from './certificates.ts';
import { failureOf } from './failure.ts';
import { basicAuthorization } from './policy.ts';
import { proxyFor } from './proxy.ts';

/** Where requests for the URLs of one origin go. */
export interface Connection {
  readonly dispatcher: Dispatcher;
  /** For a proxy that forwards requests: the headers that it needs, and whole URLs in the place of paths. */
  readonly forward?: { readonly headers: Readonly<Record<string, string>> };
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
export async function connect(url: URL, { source, timeout, trust, env }: ConnectTerms): Promise<Connection> {
  const proxy = proxyFor(url, env);
  const isTls = url.protocol === 'https:' || proxy?.protocol === 'https:';
  const ca = isTls ? trustedCertificates(trust, source.ca_certs, env) : undefined;
  // A connection, a response's start or its next bytes may take a third of the time: enough is left for another try.
  const third = Math.ceil(timeout / 3);
  // Without it Node asks the environment whether to verify.
  const tls = { timeout: third, rejectUnauthorized: true as const, ...(ca && { ca }) };
  const dispatcherTo = ({ origin }: URL, connect: buildConnector.connector) =>
    new Client(origin, { headersTimeout: third, bodyTimeout: third, connect: withPlainParser(connect) });
  if (proxy === undefined) return { dispatcher: dispatcherTo(url, connector(tls)) };
  if (url.protocol === 'https:') {
    const { tunnelThrough } = await import('./tunnel.ts');
    return { dispatcher: dispatcherTo(url, tunnelThrough(proxy, tls)) };
  }
  // Plain http goes to the proxy as it is, as with curl; many proxies allow tunnels to port 443 alone.
  const connectProxy = connector(tls);
  // The host that the request names is not the proxy's, whose certificate is what counts here.
  const dispatcher = dispatcherTo(proxy, ({ servername: _, ...options }, callback) =>
    connectProxy(options, (...[error, socket]) =>
      error === null ? callback(null, socket) : callback(failureOf(error, 'the proxy'), null),
    ),
  );
  const { authorization } = basicAuthorization(proxy);
  const headers = { host: url.host, ...(authorization && { 'proxy-authorization': authorization }) };
  return { dispatcher, forward: { headers } };
}
