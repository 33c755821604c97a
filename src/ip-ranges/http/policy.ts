// What a request may do, whoever answers: which headers it carries, where it may be redirected to, and when it is tried again.
import { decodeEscapes, whyNotReachable } from '../../config/url.ts';
import type { Reply } from './exchange.ts';
import { Failure } from './failure.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Headers for a request to `url`, by lower-case name, on the way from `start` over redirects. Those of the source can be
 * secrets: they go to the origin that the source names, and to no other that it redirects to. So does a user name in a
 * URL. What is asked for is the whole, or the first bytes as they are.
 */
export function requestHeaders(url: URL, start: URL, secrets: Headers, firstBytes?: number): Headers {
  const headers = {
    'user-agent': 'aws-ip-ranges-resource',
    'accept-encoding': firstBytes === undefined ? 'gzip, deflate, br' : 'identity',
    ...(firstBytes !== undefined && { range: `bytes=0-${firstBytes - 1}` }),
  };
  if (url.origin !== start.origin) return headers;
  return { ...headers, ...basicAuthorization(start), ...basicAuthorization(url), ...secrets };
}

/** The `authorization` of a URL's user name and password, if it has any. */
export function basicAuthorization(url: URL): { authorization?: string } {
  if (url.username + url.password === '') return {};
  const user = decodeEscapes(`${url.username}:${url.password}`);
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}

export const maxRedirects = 5;

/** Where the reply redirects to, if it does. Throws a Failure for a redirect that leads nowhere. */
export function redirectTarget({ status, headers }: Reply, url: URL, allowHttp: boolean): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const location = String(headers['location'] ?? '');
  if (location === '' || !URL.canParse(location, url.href)) {
    throw new Failure(`it answers ${status} without a location to go to`);
  }
  const target = new URL(location, url);
  const fault = whyNotReachable(target, allowHttp);
  if (fault === undefined) return target;
  throw new Failure(`it redirects to where source.url itself may not lead: that would have to be ${fault}`);
}

/** The first wait at its longest. */
const firstDelay = 250;

/** No wait that the resource chooses itself is longer. */
const longestDelay = 10_000;

/** What the policy decides by; all times in milliseconds. */
export interface Attempts {
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Since the budget began. */
  readonly elapsed: number;
  readonly budget: number;
  /** In [0, 1). */
  readonly random: number;
  /** What the server asks for. */
  readonly retryAfter?: number | undefined;
}

/**
 * Milliseconds to wait for the next attempt, or undefined when the budget does not allow another attempt. Waits double from
 * 250 ms to 10 s, shortened by up to half at random so that many installations do not return in step; a longer wait
 * that the server asks for is honoured. The last wait is cut so that the attempt after it has a second left, or a tenth
 * of a short budget: an outage that ends within the budget is survived.
 */
export function retryDelay({
  attempt,
  elapsed,
  budget,
  random,
  retryAfter = 0,
}: Attempts): number | undefined {
  const longestWait = budget - elapsed - Math.min(1000, budget / 10);
  const backoff = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay) * (1 - random / 2);
  const delay = Math.max(Math.min(backoff, longestWait), retryAfter);
  return delay <= longestWait && delay >= firstDelay / 2 ? delay : undefined;
}

/** Milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
