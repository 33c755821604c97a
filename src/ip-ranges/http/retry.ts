// The retry policy: how often, and how long to wait in between.
import type { Failure } from './failure.ts';

/** Attempts at the same request before it is given up. */
export const maxAttempts = 5;

const firstDelay = 250;

/**
 * Milliseconds to wait after the attempt of this number (from 1) failed, or undefined to give up. Delays double from
 * 250 ms, shortened by up to half at random so that many installations do not return in step; a longer wait that the
 * server asks for is honoured. `random` is in [0, 1).
 */
export function retryDelay(failure: Failure, attempt: number, random: number): number | undefined {
  if (!failure.isTransient || attempt >= maxAttempts) return undefined;
  const backoff = firstDelay * 2 ** (attempt - 1) * (1 - random / 2);
  return Math.max(backoff, failure.retryAfter ?? 0);
}

/** Milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
