// The literal secrets of a source and of proxy URLs, and text without them. No message repeats what others sent, so this is
// the second line of defence: for what Node itself says, and for debug lines.
import { credentialsOf, parseProxyUrl } from '../config/url.ts';
import { isObject } from '../errors.ts';
import type { Request } from './types.ts';

/** Shorter values would blacken harmless text, and are no secrets. */
const shortest = 4;

/** A function that replaces every secret in a text: as it is written, also in JSON, decoded, and as `Basic` authorization. */
export function redactor(
  request: Request,
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const secrets = [...new Set([...secretsOfSource(request.source), ...secretsOfProxies(env)])]
    .filter(({ length }) => length >= shortest)
    // show() writes values as JSON.
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    // A secret that contains another one goes first, or a part of it would stay.
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

function secretsOfSource(source: unknown): string[] {
  const urls = textsIn(source).flatMap(secretsOfAnyUrl);
  if (!isObject(source)) return urls;
  const { headers, history_headers, url, history_url } = source;
  const words = [headers, history_headers].flatMap(textsIn).flatMap(secretsOfHeader);
  return [...words, ...secretsOfUrlText(url), ...secretsOfUrlText(history_url), ...urls];
}

/** Values of everything, and keys: a header or a URL is a key where the space after a colon is missing. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)].filter(isNoPlainKey));
}

/** Names of keys are no secrets, and stand in messages. */
function isNoPlainKey(text: string, index: number): boolean {
  return index > 0 || text.includes(':');
}

/** What stands for user name and password in a text that may hold a URL, valid or not. */
function secretsOfAnyUrl(text: string): string[] {
  return [...text.matchAll(/:\/\/([^/?#\s]{1,4096})@/g)].flatMap(([, credentials = '']) => {
    const [user = '', ...password] = credentials.split(':');
    return [credentials, password.length === 0 ? user : password.join(':')];
  });
}

/** `Bearer abc` is repeated as a whole, or only what follows the scheme; `Basic` hides a password. `name:value` is a broken header. */
function secretsOfHeader(header: string): string[] {
  const values = [header, header.slice(header.indexOf(':') + 1)];
  return values.flatMap((value) => {
    const [scheme = '', ...words] = value.trim().split(' ');
    if (scheme.toLowerCase() !== 'basic') return [value, ...words];
    const decoded = words.map((word) => Buffer.from(word, 'base64').toString());
    return [value, ...words, ...decoded.map((user) => user.slice(user.indexOf(':') + 1))];
  });
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

/** The password of a URL, or the user name that needs none, and what its query says; as written, decoded, and as authorization. */
function secretsOfUrl(url: URL): string[] {
  const { user, password } = credentialsOf(url);
  const credentials = password === '' ? [url.username, user] : [url.password, password];
  const basic = user + password === '' ? [] : [Buffer.from(`${user}:${password}`).toString('base64')];
  const written = url.search.slice(1).split('&');
  const query = [...written.map((part) => part.slice(part.indexOf('=') + 1)), ...url.searchParams.values()];
  // The place of the token is no secret, and neither are the few characters around it.
  return [
    ...credentials,
    ...basic,
    ...query.filter((value) => !/\{syncToken\}|%7BsyncToken%7D/i.test(value)),
  ];
}
