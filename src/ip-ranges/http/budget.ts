// The time that a run's network work may take, all together.

export interface Budget {
  /** Milliseconds that are left. */
  remaining(): number;
  /** The promise's outcome, or a rejection with an OverdueError when the time runs out first. */
  within<T>(promise: Promise<T>): Promise<T>;
  /** Ends the budget: nothing runs out any more. */
  stop(): void;
}

/** The time ran out. */
export class OverdueError extends Error {
  override name = 'OverdueError';
}

/** Starts a budget of so many milliseconds. `onOverdue` is called when it runs out. */
export function startBudget(milliseconds: number, onOverdue: () => void): Budget {
  const deadline = Date.now() + milliseconds;
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OverdueError());
      onOverdue();
    }, milliseconds);
  });
  overdue.catch(() => undefined);
  return {
    remaining: () => deadline - Date.now(),
    within: (promise) => Promise.race([promise, overdue]),
    stop: () => clearTimeout(timer),
  };
}
