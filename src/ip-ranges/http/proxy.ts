// Which proxy a request goes through, by the environment, read as Go and curl read it: Concourse's own tools do.
import { bitsOf, parseAddress, parseMaskedNetwork } from '../../addresses/cidr.ts';
import { isLoopback } from '../../config/url.ts';
import { UserError } from '../../errors.ts';

/**
 * The proxy for a URL, or undefined for a direct connection: `https_proxy` or `http_proxy` by the URL's scheme,
 * unless `no_proxy` names the host (https://pkg.go.dev/golang.org/x/net/http/httpproxy). Lower case goes before upper
 * case. Loopback is never proxied, and no name below `localhost` is: what was meant for this machine, with its headers,
 * would leave it. Throws a UserError, without the value, when the variable holds no URL.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const name = `${url.protocol.slice(0, -1)}_proxy`;
  const value = read(name, env);
  if (isLoopback(url.hostname) || /\.localhost\.?$/.test(url.hostname)) return undefined;
  if (value === '' || isExempt(url, read('no_proxy', env))) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  // The variable can hold a password, so the message does not.
  const reason = proxy === undefined ? 'it is no URL' : `${proxy.protocol} is neither http: nor https:`;
  throw new UserError(
    `the environment variable ${name} cannot be used: ${reason}; it looks like http://proxy:3128`,
  );
}

function read(name: string, env: NodeJS.ProcessEnv): string {
  return (env[name] || env[name.toUpperCase()] || '').trim();
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry === '*' || matches(entry, host, port));
}

/** An entry is a network, an address, or a domain with its subdomains (with a leading dot, those alone); a port may follow. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  const withPort = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  const address = parseAddress(host);
  if (address === undefined) {
    return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
  }
  const bits = name.includes(':') ? bitsOf[6] : bitsOf[4];
  const range = parseMaskedNetwork(name.includes('/') ? name : `${name}/${bits}`);
  return range?.family === address.family && range.first <= address.number && address.number <= range.last;
}
