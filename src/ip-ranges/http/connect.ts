// The connection to an origin: direct, or through the proxy that the environment names.
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import type { Access } from '../../config/source.ts';
import { type Trust, trustedCertificates } from './certificates.ts';
import { basicAuthorization } from './headers.ts';
import { proxyFor } from './proxy.ts';

/** Opens the connection for URLs of this origin. Nothing is sent yet. Throws a UserError for an unusable proxy. */
export async function connect(
  url: URL,
  access: Access,
  env: Readonly<Record<string, string | undefined>>,
  trust: Trust,
): Promise<Dispatcher> {
  const proxy = proxyFor(url, env);
  const isTls = url.protocol === 'https:' || proxy?.protocol === 'https:';
  const ca = isTls ? trustedCertificates(trust, access.caCerts, env) : undefined;
  // A connection, a response's start or its next bytes may take a third of the budget: enough is left for another try.
  const timeout = Math.ceil(access.timeout / 3);
  const timeouts = { headersTimeout: timeout, bodyTimeout: timeout };
  const tls = { timeout, ...(ca && { ca }) };
  if (proxy === undefined) return new Client(url.origin, { ...timeouts, connect: tls });
  const { default: ProxyAgent } = await import('undici/lib/dispatcher/proxy-agent.js');
  const { authorization } = basicAuthorization(proxy);
  return new ProxyAgent({
    ...timeouts,
    uri: proxy.origin,
    ...(authorization && { token: authorization }),
    // Plain http goes to the proxy as it is, as with curl; many proxies allow tunnels to port 443 alone.
    proxyTunnel: url.protocol === 'https:',
    proxyTls: tls,
    requestTls: tls,
  });
}
