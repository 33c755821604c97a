// The time that network work may take: how much, and what happens when it runs out.

/** The time ran out. */
export class OverdueError extends Error {
  override name = 'OverdueError';
}

/** An amount of time and where it comes from. */
export interface Allowance {
  readonly milliseconds: number;
  /** As the object of "within": `the 60 s of source.timeout`. */
  readonly words: string;
}

/** Milliseconds that a check takes at most. Checks repeat, by default every minute, so this one gives up early. */
export const longestCheck = 20_000;

/**
 * What a run may take for the document at `url` and for `history_url`, of the milliseconds of `source.timeout`. With a
 * history the published document gets half, so that a server that keeps silent leaves the other half for the history.
 * A check asks for the published document alone; it has a `longest`, whatever the source says.
 */
export function allowances(
  timeout: number,
  { hasHistory, longest }: { readonly hasHistory: boolean; readonly longest?: number | undefined },
): { readonly published: Allowance; historyAfter(elapsed: number): Allowance } {
  const all = { milliseconds: timeout, words: `the ${seconds(timeout)} of source.timeout` };
  const half = {
    milliseconds: timeout / 2,
    words: `half of ${all.words}; the other half is for source.history_url`,
  };
  const check =
    longest === undefined || timeout <= longest
      ? all
      : { milliseconds: longest, words: `the ${seconds(longest)} that a check takes at most` };
  return {
    published: hasHistory && longest === undefined ? half : check,
    historyAfter: (elapsed) => ({
      milliseconds: Math.max(half.milliseconds, timeout - elapsed),
      words: `what was left of ${all.words}`,
    }),
  };
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

/** An allowance that is being spent. */
export interface Budget {
  readonly allowance: Allowance;
  /** Milliseconds since it began. */
  elapsed(): number;
  /** The promise's outcome, or a rejection with an OverdueError when the time runs out first. */
  within<T>(promise: Promise<T>): Promise<T>;
  /** Ends the budget: nothing runs out any more. */
  stop(): void;
}

/** Starts to spend an allowance. `now` is the clock; `onOverdue` is called when the time runs out. */
export function startBudget(allowance: Allowance, now: () => number, onOverdue: () => void): Budget {
  const { milliseconds } = allowance;
  const start = now();
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OverdueError('the time ran out'));
      onOverdue();
    }, milliseconds);
  });
  overdue.catch(() => undefined);
  return {
    allowance,
    elapsed: () => now() - start,
    within: (promise) => Promise.race([promise, overdue]),
    stop: () => clearTimeout(timer),
  };
}
