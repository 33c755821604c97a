// The literal secrets of a source and of proxy URLs, and text without them. No message repeats what others sent, so this is
// the second line of defence: for what Node itself says, and for debug lines.
import { decodeEscapes } from '../config/url.ts';
import { isObject } from '../errors.ts';
import type { Request } from './types.ts';

/** Shorter values would blacken harmless text, and are no secrets. */
const shortest = 4;

/** A function that replaces every secret in a text: as it is written, also in JSON, decoded, and as `Basic` authorization. */
export function redactor({ source }: Request, env: NodeJS.ProcessEnv): (text: string) => string {
  const { headers, history_headers }: Record<string, unknown> = isObject(source) ? source : {};
  const proxies = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].map(
    (name) => `http://${env[name]}`,
  );
  const secrets = [
    ...[headers, history_headers].flatMap(textsIn).flatMap(secretsOfHeader),
    ...[...textsIn(source), ...proxies].flatMap(secretsOfUrls),
  ]
    .filter(({ length }) => length >= shortest)
    // show() writes values as JSON.
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    // A secret that contains another one goes first, or a part of it would stay.
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

/**
 * All strings in a value, and its keys with a colon: where the space after a colon is missing, YAML makes a key of a header or
 * URL.
 */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key.includes(':') ? [key] : []),
    ...textsIn(item),
  ]);
}

/**
 * The secrets in a header's value, or in a key `name:value` that lacks the space: all of it, the words behind `Bearer` or the like,
 * and the password that a word behind `Basic` encodes.
 */
function secretsOfHeader(header: string): string[] {
  const values = [header, behindColon(header)];
  const words = values.flatMap((value) => value.trim().split(' ').slice(1));
  const hidden = words.map((word) => behindColon(Buffer.from(word, 'base64').toString()));
  return [...values, ...words, ...hidden];
}

/**
 * Of every URL in a text, valid or not: the password, or the user name that needs none, and what the query says; as written,
 * decoded, and as authorization. The place of the token is no secret, and neither are the few characters around it.
 */
function secretsOfUrls(text: string): string[] {
  if (!text.includes('://')) return [];
  const users = [...text.matchAll(/:\/\/([^/?#\s]{1,4096})@/g)].flatMap(([, written = '']) => {
    const user = decodeEscapes(written);
    const basic = Buffer.from(user.includes(':') ? user : `${user}:`).toString('base64');
    return [written, behindColon(written), decodeEscapes(behindColon(written)), basic];
  });
  const values = [...text.matchAll(/[?&](?:[^=&#\s]*=)?([^&#\s]*)/g)].map(([, value = '']) => value);
  const query = values.filter((value) => !/\{syncToken\}|%7BsyncToken%7D/i.test(value));
  return [...users, ...query, ...query.map((value) => decodeEscapes(value.replaceAll('+', ' ')))];
}

/** The text behind its first colon, or all of it where there is none. */
function behindColon(text: string): string {
  return text.slice(text.indexOf(':') + 1);
}
