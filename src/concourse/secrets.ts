// Secrets that a request and the environment carry, and text without them. Errors avoid them; a server that repeats
// one in what it answers would bring it back, whole or cut where a message quotes a part of the answer.
import { credentialsOf, parseProxyUrl } from '../config/url.ts';
import type { RawRequest } from './request.ts';
import { lowerCase, spellingsOf } from './spellings.ts';

/** Shorter values would blacken harmless text, and are no secrets. */
const shortest = 4;

/** Characters of a secret that are already too many to show. */
const fragment = 8;

/** Characters of all secrets together that are looked for: no server takes headers as long as that. */
const most = 256 * 1024;

const replacement = '[redacted]';

/**
 * A function that replaces every secret in a text, and every part of eight or more characters of one: as it is, in
 * either case, in base64 or hexadecimal digits, and in the spellings of spellings.ts.
 */
export function redactor(
  request: RawRequest,
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const secrets = [...new Set([...secretsOfSource(request['source']), ...secretsOfProxies(env)])];
  const forms = secrets
    .filter(({ length }) => length >= shortest)
    .flatMap((secret) => formsOf(secret).map(lowerCase));
  if (forms.length === 0) return (text) => text;
  const long = forms
    .filter(({ length }) => length >= fragment)
    .join('\0')
    .slice(0, most);
  const short = forms.filter(({ length }) => length < fragment);
  return (text) => withoutMarked(text, markSecrets(text, long, short));
}

/** For each character of the text whether it belongs to a secret. */
function markSecrets(text: string, long: string, short: readonly string[]): Uint8Array {
  const marks = new Uint8Array(text.length);
  for (const { text: spelled, from, to } of spellingsOf(text)) {
    const mark = (first: number, length: number) => marks.fill(1, from[first], to[first + length - 1]);
    for (let index = 0; index + fragment <= spelled.length; index++) {
      if (long.includes(spelled.slice(index, index + fragment))) mark(index, fragment);
    }
    for (const secret of short) {
      for (let at = spelled.indexOf(secret); at !== -1; at = spelled.indexOf(secret, at + 1)) {
        mark(at, secret.length);
      }
    }
  }
  return marks;
}

/** The text with one replacement for each run of marked characters. */
function withoutMarked(text: string, marks: Uint8Array): string {
  let clean = '';
  for (let start = 0; start < text.length; ) {
    const isMarked = marks[start];
    let end = start + 1;
    while (end < text.length && marks[end] === isMarked) end++;
    clean += isMarked ? replacement : text.slice(start, end);
    start = end;
  }
  return clean;
}

/**
 * A secret and what servers make of one. Escapes are undone in the text, where any character can be escaped; the usual ones
 * stand here as well, since a text that is cut can hold a telling part of them and little of the secret.
 */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const wellFormed = bytes.toString();
  // Where base64 begins before the secret, with a user name say, its characters depend on how many bytes precede.
  const shifted = [1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before + 1)
      .replace(/.?=*$/, ''),
  );
  const base64 = [bytes.toString('base64'), ...shifted];
  const forms = [
    secret,
    secret.replaceAll(' ', '+'),
    JSON.stringify(secret).slice(1, -1),
    encodeURI(wellFormed),
    encodeURIComponent(wellFormed),
    escapeHtml(secret),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')),
    bytes.toString('hex'),
  ];
  return [...new Set(forms)].filter(({ length }) => length >= shortest);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function secretsOfSource(source: unknown): string[] {
  const urls = textsIn(source).flatMap(secretsOfAnyUrl);
  if (typeof source !== 'object' || source === null) return urls;
  const { headers, history_headers, url, history_url } = source as Readonly<Record<string, unknown>>;
  const words = [headers, history_headers].flatMap(secretsOfHeaders);
  return [...words, ...secretsOfUrlText(url), ...secretsOfUrlText(history_url), ...urls];
}

/** Keys and values of everything in a source: a URL is a key where the space after a colon is missing. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}

/** What stands for user name and password in a text that may hold a URL, valid or not. */
function secretsOfAnyUrl(text: string): string[] {
  return [...text.matchAll(/:\/\/([^/?#\s]{1,4096})@/g)].flatMap(([, credentials = '']) => {
    const [user = '', ...password] = credentials.split(':');
    return [credentials, password.length === 0 ? user : password.join(':')];
  });
}

/** The values, and the keys where a colon shows that the space after it is missing. */
function secretsOfHeaders(headers: unknown): string[] {
  if (typeof headers === 'string') return [headers];
  if (typeof headers !== 'object' || headers === null) return [];
  const broken = Object.keys(headers).flatMap((key) => {
    const colon = key.indexOf(':');
    return colon === -1 ? [] : secretsOfHeader(key.slice(colon + 1));
  });
  return [...broken, ...Object.values(headers).flatMap((value) => textsIn(value).flatMap(secretsOfHeader))];
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
