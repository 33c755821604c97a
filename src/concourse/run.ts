// The protocol around every executable: one JSON value on stdout, people's lines on stderr, exit codes, signals.
import { messageOf, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import { type Log, stderrLog } from './log.ts';
import { parseRequest, type RawRequest, readStdin } from './request.ts';
import { redactor } from './secrets.ts';
import { type Output, outputTo } from './write.ts';

/** What an executable is called with. */
export interface Call {
  readonly request: RawRequest;
  /** `$1`: the destination of `in`, the sources of `out`. */
  readonly directory: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/**
 * Runs one executable to its end. On success the response is written to stdout and the exit code is 0; on failure
 * stdout stays empty, stderr says why and the exit code is 1. SIGTERM and SIGINT end it with 128 + the signal's number;
 * `afterSignal` completes the message "stopped by SIGTERM". A signal takes effect only while the command waits.
 */
export async function run(command: (call: Call) => unknown, afterSignal = ''): Promise<never> {
  const [stdout, stderr] = [outputTo(1), outputTo(2)];
  let log = stderrLog(stderr, { isDebug: false, redact: (line) => line });
  handleSignals(log, afterSignal);
  const fail = async (error: unknown): Promise<never> => {
    log.error(error instanceof UserError ? error.message : bugReport(error));
    if (error instanceof Error) log.debug(error.stack ?? '');
    return exit(1, stderr);
  };
  // Node would print the error as it is, with whatever secrets it holds.
  process.on('uncaughtException', fail);
  try {
    const request = parseRequest(await readStdin());
    log = stderrLog(stderr, { isDebug: asksForDebug(request), redact: redactor(request, process.env) });
    const response = await command({
      request,
      directory: process.argv[2],
      env: process.env,
      log,
    });
    await respond(response, stdout);
    return await exit(0, stderr);
  } catch (error) {
    return fail(error);
  }
}

/** As run, for a command of a task, which gets arguments and no request, and answers nothing on stdout. */
export async function runTool(
  command: (args: readonly string[], log: Log) => void,
  afterSignal: string,
): Promise<never> {
  const stderr = outputTo(2);
  const log = stderrLog(stderr, { isDebug: false, redact: (line) => line });
  handleSignals(log, afterSignal);
  try {
    command(process.argv.slice(2), log);
    return await exit(0, stderr);
  } catch (error) {
    log.error(error instanceof UserError ? error.message : bugReport(error));
    return exit(1, stderr);
  }
}

/** Ends the process once stderr is written: nothing that still waits, such as an idle connection, may hold it. */
async function exit(code: 0 | 1, stderr: Output): Promise<never> {
  await stderr.flushed().catch(() => undefined);
  process.exit(code);
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
export function requireArgument(argument: string | undefined, meaning: string): string {
  if (argument !== undefined && argument !== '') return argument;
  throw new UserError(`$1 is missing: ${meaning}, which Concourse gives as the only argument`);
}

/** As process 1 of a container a signal has no effect unless it is handled. */
function handleSignals(log: Log, afterSignal: string): void {
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(signal, () => {
      log.error(`stopped by ${signal}${afterSignal}`);
      process.exit(128 + number);
    });
  }
}

/** Read before validation, so that a request that fails validation can still be debugged. */
function asksForDebug(request: RawRequest): boolean {
  const source = request['source'];
  return typeof source === 'object' && source !== null && 'debug' in source && source.debug === true;
}
