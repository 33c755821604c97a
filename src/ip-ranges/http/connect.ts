// The connection to an origin: direct, or through the proxy that the environment names; and which certificates it trusts.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { buildConnector, Dispatcher } from 'undici';
import connector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import { pemCertificates, type Source } from '../../config/source.ts';
import { withPlainParser } from '../../start-up/plain-parser.ts';
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

/**
 * Opens the connection for URLs of this origin; all that is done with it may take `timeout` milliseconds. Nothing is sent yet.
 * Throws a UserError for an unusable proxy.
 */
export function connect(
  url: URL,
  source: Source,
  env: NodeJS.ProcessEnv,
  trust: Trust,
  timeout: number,
): Connection {
  const proxy = proxyFor(url, env);
  const isTls = url.protocol === 'https:' || proxy?.protocol === 'https:';
  const ca = isTls ? authorities(trust, source, env) : undefined;
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

/**
 * How many authorities are loaded: `likely` are those that vouch for nearly every server, namely `ca_certs` where the
 * source has them and Node's own where it has not; `all` are Node's, the system's and `ca_certs`, several hundred.
 */
export type Trust = 'likely' | 'all';

/** PEM certificates to trust; undefined for Node's own. */
function authorities(trust: Trust, { ca_certs }: Source, env: NodeJS.ProcessEnv): string[] | undefined {
  // One by one: of a text, OpenSSL passes over those that do not have lines of their own.
  const own = ca_certs.flatMap(pemCertificates);
  if (trust === 'likely') return own.length === 0 ? undefined : own;
  // Loaded when it is first needed: for https.
  const { rootCertificates } = process.getBuiltinModule('node:tls');
  return [...new Set([...rootCertificates, ...systemCertificates(env), ...own])];
}

/**
 * Those that OpenSSL would read: SSL_CERT_FILE and SSL_CERT_DIR, or /etc/ssl/certs, where Concourse workers mount theirs; and
 * Node's NODE_EXTRA_CA_CERTS, which Node adds itself only where it is given no certificates.
 */
function systemCertificates(env: NodeJS.ProcessEnv): string[] {
  const directories = (env['SSL_CERT_DIR'] || '/etc/ssl/certs').split(':');
  const files = [
    env['SSL_CERT_FILE'] || '/etc/ssl/certs/ca-certificates.crt',
    env['NODE_EXTRA_CA_CERTS'] || [],
    directories.flatMap(certificateFiles),
  ].flat();
  return [...new Set(files)].flatMap((file) => pemCertificates(read(file)));
}

/** Files that hold certificates by their names; OpenSSL's hashed links lead to the same files. */
function certificateFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /\.(?:pem|crt|cer|\d)$/.test(name))
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** The text of a file. A path adds nothing that is missing, unreadable (a link out of the container) or no file (a pipe). */
function read(file: string): string {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'latin1') : '';
  } catch {
    return '';
  }
}
