// The protocol around every executable: one JSON value on stdout, people's lines on stderr, an exit code. What belongs to a
// process alone, such as signals, is in bin/process.ts.
import { messageOf, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import { type Log, stderrLog } from './log.ts';
import { parseRequest } from './request.ts';
import type { Request } from './types.ts';
import type { Output } from './write.ts';

/** The clock and chance, which a test replaces. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/** What a run finds around it: a process's, or a test's. */
interface Surroundings {
  /** `$1` and whatever follows. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** All of stdin. Rejects with a UserError when that is too much. */
  readonly readStdin: () => Promise<string>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** Rejects with an error that nothing else caught, which ends the run; it never resolves. */
  readonly uncaught?: Promise<never>;
}

/** What a command is called with. */
export interface Call extends Pick<Surroundings, 'args' | 'env' | 'clock'> {
  readonly request: Request;
  readonly log: Log;
  /** Has this done when the run ends, however it does. */
  readonly atEnd: (work: () => void) => void;
}

/** One of the image's executables. */
export interface Executable {
  /** Returns the response, or throws a UserError for what is wrong. */
  readonly command: (call: Call) => unknown;
  /** `none`: a command for a task, which gets arguments and no request, and answers nothing on stdout. */
  readonly request?: 'none';
}

/**
 * Runs one executable to its end, and resolves with its exit code. On success the response is on stdout and the code is 0; on
 * failure stdout stays empty, stderr says why and the code is 1.
 */
export async function run({ command, request: needs }: Executable, around: Surroundings): Promise<0 | 1> {
  const { args, env, clock, stdout, stderr } = around;
  let log = stderrLog(stderr, env);
  const endings: (() => void)[] = [];
  const work = async () => {
    const request = needs === 'none' ? {} : parseRequest(await around.readStdin());
    log = stderrLog(stderr, env, request);
    const response = await command({ args, env, clock, request, log, atEnd: (end) => endings.push(end) });
    if (needs !== 'none') await respond(response, stdout);
  };
  try {
    await (around.uncaught === undefined ? work() : Promise.race([work(), around.uncaught]));
    return 0;
  } catch (error) {
    log.error(error instanceof UserError ? error.message : bugReport(error));
    if (error instanceof Error) log.debug(error.stack ?? '');
    return 1;
  } finally {
    for (const end of endings) end();
    await stderr.flushed();
  }
}

async function respond(response: unknown, stdout: Output): Promise<void> {
  try {
    stdout.write(`${JSON.stringify(response)}\n`);
    await stdout.flushed();
  } catch (error) {
    throw new UserError(
      `everything is done, but the response cannot be written to stdout: ${fileFault(error)}`,
    );
  }
}

function bugReport(error: unknown): string {
  return `a bug in this resource: ${messageOf(error)}; please report it with the output of a run with source.debug: true`;
}

/** `$1`. Throws a UserError that says what it is for when it is missing. */
export function requireArgument([argument]: readonly string[], meaning: string): string {
  if (argument !== undefined && argument !== '') return argument;
  throw new UserError(`$1 is missing: ${meaning}, which Concourse gives as the only argument`);
}
