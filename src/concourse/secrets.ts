// Secrets that a request and the environment carry, and text without them. Errors avoid them; a server that repeats
// one in what it answers would bring it back, whole or cut where a message quotes a part of the answer.
import { credentialsOf, parseProxyUrl } from '../config/url.ts';
import type { RawRequest } from './request.ts';

/** Shorter values would blacken harmless text, and are no secrets. */
const shortest = 4;

/** Characters of a secret that are already too many to show. */
const fragment = 8;

const replacement = '[redacted]';

/**
 * A function that replaces every secret in a text, and every part of eight or more characters of one: as it is, and
 * in the forms that JSON, URLs and base64 give it.
 */
export function redactor(
  request: RawRequest,
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const secrets = [...secretsOfSource(request['source']), ...secretsOfProxies(env)];
  const forms = secrets.filter(({ length }) => length >= shortest).flatMap(formsOf);
  const fragments = new Set(forms.flatMap(fragmentsOf));
  const short = forms.filter(({ length }) => length < fragment);
  return (text) =>
    short.reduce((clean, secret) => clean.replaceAll(secret, replacement), withoutFragments(text, fragments));
}

/** Replaces every run of characters that the fragments cover. */
function withoutFragments(text: string, fragments: ReadonlySet<string>): string {
  let clean = '';
  for (let i = 0; i < text.length; ) {
    let end = i;
    for (let from = i; fragments.has(text.slice(from, from + fragment)); from++) end = from + fragment;
    clean += end > i ? replacement : text[i];
    i = Math.max(end, i + 1);
  }
  return clean;
}

function fragmentsOf(secret: string): string[] {
  const count = Math.max(0, secret.length - fragment + 1);
  return Array.from({ length: count }, (_, index) => secret.slice(index, index + fragment));
}

function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), encodeURI(secret), base64];
}

function secretsOfSource(source: unknown): string[] {
  if (typeof source !== 'object' || source === null) return [];
  const { headers, url, history_url } = source as Readonly<Record<string, unknown>>;
  const values = typeof headers === 'object' && headers !== null ? Object.values(headers) : [];
  const words = values.flatMap((value) => (typeof value === 'string' ? secretsOfHeader(value) : []));
  return [...words, ...secretsOfUrlText(url), ...secretsOfUrlText(history_url)];
}

/** `Bearer abc` is repeated as a whole, or only what follows the scheme; `Basic` hides a password. */
function secretsOfHeader(value: string): string[] {
  const [scheme = '', ...words] = value.split(' ');
  if (scheme.toLowerCase() !== 'basic') return [value, ...words];
  const decoded = words.map((word) => Buffer.from(word, 'base64').toString());
  return [value, ...words, ...decoded.map((user) => user.slice(user.indexOf(':') + 1))];
}

function secretsOfProxies(env: Readonly<Record<string, string | undefined>>): string[] {
  return ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) => {
    const proxy = parseProxyUrl(env[name] ?? '');
    return proxy === undefined ? [] : secretsOfUrl(proxy);
  });
}

function secretsOfUrlText(text: unknown): string[] {
  return typeof text === 'string' && URL.canParse(text) ? secretsOfUrl(new URL(text)) : [];
}

/** The password of a URL, as it is written, decoded, and as the authorization that it is sent in; what its query says. */
function secretsOfUrl(url: URL): string[] {
  const { user, password } = credentialsOf(url);
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  // A user name alone is a token that needs no password.
  const credentials = password === '' ? [url.username, user] : [url.password, password];
  if (user !== '' || password !== '') credentials.push(basic);
  return [...credentials, ...secretsOfQuery(url)];
}

/** The values of a query, as they are written and decoded, without the place of `{syncToken}`, which is no secret. */
function secretsOfQuery({ search }: URL): string[] {
  const written = search
    .slice(1)
    .split('&')
    .map((part) => part.slice(part.indexOf('=') + 1));
  const decoded = [...new URLSearchParams(search)].map(([key, value]) => value || key);
  return [...written, ...decoded].flatMap((value) => {
    const [whole = '', ...rest] = value.split(/\{syncToken\}|%7BsyncToken%7D/i);
    return rest.length === 0 ? [whole] : [whole, ...rest].filter(({ length }) => length >= fragment);
  });
}
