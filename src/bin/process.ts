// An executable as a process: its streams, signals, errors that nobody caught, and its exit.

import { stderrLog } from '../concourse/log.ts';
import { readStdin } from '../concourse/request.ts';
import { type Executable, run } from '../concourse/run.ts';
import { outputTo } from '../concourse/write.ts';

/**
 * Runs the executable in this process and exits with its code. SIGTERM and SIGINT end it with 128 + the signal's number, while
 * the command waits.
 */
export async function runAsProcess(executable: Executable): Promise<never> {
  const stderr = outputTo(2);
  // As process 1 of a container a signal has no effect unless it is handled.
  for (const name of ['SIGTERM', 'SIGINT']) {
    process.on(name, (signal: string, number: number) => {
      stderrLog(stderr, process.env).error(`stopped by ${signal}`);
      process.exit(128 + number);
    });
  }
  // Node would print the error as it is, with whatever secrets it holds.
  const uncaught = new Promise<never>((_resolve, reject) => process.on('uncaughtException', reject));
  const code = await run(executable, {
    args: process.argv.slice(2),
    env: process.env,
    readStdin,
    stdout: outputTo(1),
    stderr,
    clock: {
      now: Date.now,
      // Loaded when it is first needed.
      wait: (milliseconds) => process.getBuiltinModule('node:timers/promises').setTimeout(milliseconds),
      random: Math.random,
    },
    uncaught,
  });
  // Nothing that still waits, such as an idle connection, may hold the process.
  process.exit(code);
}
