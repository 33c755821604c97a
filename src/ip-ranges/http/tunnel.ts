// A tunnel through a proxy, which undici's Client takes in the place of a connection of its own. undici's ProxyAgent asks
// a proxy that hangs up again and again, without a pause, until the budget is spent.
import type { RequestOptions } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import connector from 'undici/lib/core/connect.js';
import { Failure, failureOf, failureOfStatus } from './failure.ts';
import { basicAuthorization } from './policy.ts';

export interface TlsOptions {
  /** Milliseconds that a connection may take. */
  readonly timeout: number;
  readonly rejectUnauthorized: true;
  /** PEM certificates to trust. */
  readonly ca?: string[];
}

/** Opens connections through the proxy (RFC 9110, 9.3.6). They fail with a Failure. */
export function tunnelThrough(proxy: URL, tls: TlsOptions): buildConnector.connector {
  const connectTarget = connector({ ...tls });
  return (options, callback) => {
    const target = options.port === '' ? `${options.host}:443` : `${options.host}`;
    openTunnel(proxy, target, tls).then(
      (httpSocket) => connectTarget({ ...options, httpSocket }, callback),
      (error) => callback(failureOf(error, 'the proxy'), null),
    );
  };
}

async function openTunnel(proxy: URL, target: string, tls: TlsOptions): Promise<Socket> {
  // Not imported: the bundles leave Node's HTTP out, and load it here alone.
  const { request } = process.getBuiltinModule(proxy.protocol === 'https:' ? 'node:https' : 'node:http');
  const { authorization } = basicAuthorization(proxy);
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const options: RequestOptions = {
    method: 'CONNECT',
    host,
    // Otherwise Node takes the name from the host header, which is not the proxy's.
    servername: isIP(host) === 0 ? host : '',
    port: proxy.port,
    path: target,
    headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
    agent: false,
    ...tls,
  };
  return new Promise((resolve, reject) => {
    const connecting = request(options);
    connecting.on('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket.setTimeout(0));
      socket.destroy();
      reject(failureOfStatus('the proxy', statusCode));
    });
    connecting.on('timeout', () =>
      connecting.destroy(new Failure('the proxy did not answer in time', { isTransient: true })),
    );
    connecting.on('error', reject);
    connecting.end();
  });
}
