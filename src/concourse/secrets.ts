// Secrets that a request and the environment carry, and text without them. Errors avoid them; a server that repeats
// one in what it answers would bring it back.
import type { RawRequest } from './request.ts';

/** Shorter values would blacken harmless text, and are no secrets. */
const shortest = 4;

/** A function that replaces every secret in a text. */
export function redactor(
  request: RawRequest,
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const secrets = [...secretsOfSource(request['source']), ...secretsOfProxies(env)]
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

function secretsOfSource(source: unknown): string[] {
  if (typeof source !== 'object' || source === null) return [];
  const { headers, url, history_url } = source as Readonly<Record<string, unknown>>;
  const values = typeof headers === 'object' && headers !== null ? Object.values(headers) : [];
  // `Bearer abc` is repeated as a whole, or only what follows the scheme.
  const words = values.flatMap((value) =>
    typeof value === 'string' ? [value, ...value.split(' ').slice(1)] : [],
  );
  return [...words, ...secretsOfUrl(url), ...secretsOfUrl(history_url)];
}

function secretsOfProxies(env: Readonly<Record<string, string | undefined>>): string[] {
  return ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) =>
    secretsOfUrl(env[name]),
  );
}

/** The password of a URL, as it is written, decoded, and as the authorization that it is sent in; its query's values. */
function secretsOfUrl(text: unknown): string[] {
  if (typeof text !== 'string' || !URL.canParse(text)) return [];
  const { username, password, searchParams } = new URL(text);
  const values = [...searchParams.values()].filter((value) => value !== '{syncToken}');
  if (password === '') return values;
  const decoded = decodeURIComponent(password);
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decoded}`).toString('base64');
  return [...values, password, decoded, basic];
}
