// The retry policy: how long to wait before the next attempt, and when there is none.

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
 * Milliseconds to wait for the next attempt, or undefined when the budget has no room for another one. Waits double from
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
  const room = budget - elapsed - Math.min(1000, budget / 10);
  const backoff = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay) * (1 - random / 2);
  const delay = Math.max(Math.min(backoff, room), retryAfter);
  return delay <= room && delay >= firstDelay / 2 ? delay : undefined;
}

/** Milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
