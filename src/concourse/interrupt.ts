// Computation that ends after a time, whatever keeps the processor busy.

/** The time ran out, while something was awaited or while the processor was busy. */
export class OverdueError extends Error {
  override name = 'OverdueError';
  readonly isBusy: boolean;

  constructor(isBusy: boolean) {
    super('the time ran out');
    this.isBusy = isBusy;
  }
}

const slot = Symbol.for('aws-ip-ranges-resource.work');

/**
 * What the computation returns, or an OverdueError after so many milliseconds, which ends the computation. A timer cannot do
 * that: it waits for the computation's end. V8 can, for code that it runs as a script.
 */
export function interruptAfter<T>(milliseconds: number, work: () => T): T {
  const { runInThisContext } = process.getBuiltinModule('node:vm');
  const results: T[] = [];
  const place = globalThis as { [slot]?: () => void };
  place[slot] = () => results.push(work());
  try {
    runInThisContext(`globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(slot))})]()`, {
      timeout: Math.max(1, Math.ceil(milliseconds)),
      // It would put the script's line before the stack of what the work throws.
      displayErrors: false,
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new OverdueError(true);
    }
    throw error;
  } finally {
    delete place[slot];
  }
  const [result] = results;
  return result as T;
}
