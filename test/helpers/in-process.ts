// Runs a built executable inside this process: the same file, with a stand-in for what it has of a process. That takes a
// twentieth of a process's time, and leaves out what only a process has: descriptors, signals, memory, its start and its end.
import fs, { readFileSync } from 'node:fs';
import os from 'node:os';
import { Readable } from 'node:stream';
import timers from 'node:timers/promises';
import v8 from 'node:v8';
import { runInThisContext } from 'node:vm';

/** How a run ended. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type StartTimer = (
  callback: (...args: unknown[]) => void,
  milliseconds?: number,
  ...args: unknown[]
) => NodeJS.Timeout;
type Program = (standIn: object, clock: Pick<DateConstructor, 'now'>, startTimer: StartTimer) => void;

const programs = new Map<string, Program>();

/** The file as a function of what it must not have of this process. Each call is a run of its own. */
function programOf(path: string): Program {
  const known = programs.get(path);
  if (known !== undefined) return known;
  const code = readFileSync(path, 'utf8').replace(/^#!.*/, '');
  const program: Program = runInThisContext(`(function (process, Date, setTimeout) {${code}\n})`, {
    filename: path,
  });
  programs.set(path, program);
  return program;
}

/** Runs an executable until it exits. Its waits between attempts take no time, as in no-waits.cjs. */
export function runInProcess(
  path: string,
  stdin: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ending> {
  const written = { 1: '', 2: '' };
  let skipped = 0;
  class Clock extends Date {
    static override now() {
      return Date.now() + Math.round(skipped);
    }
  }
  const modules: Readonly<Record<string, object>> = {
    'node:fs': {
      ...fs,
      // No FIFO: the executable reads process.stdin then.
      fstatSync: (fd: number) => (fd === 0 ? { isFIFO: () => false } : fs.fstatSync(fd)),
      writeSync: (fd: number, bytes: Buffer, offset = 0) => {
        if (fd !== 1 && fd !== 2) return fs.writeSync(fd, bytes, offset);
        written[fd] += bytes.toString('utf8', offset);
        return bytes.length - offset;
      },
    },
    'node:os': { ...os, tmpdir: () => env['TMPDIR'] ?? '/tmp' },
    'node:timers/promises': {
      ...timers,
      setTimeout: async (milliseconds: number) => {
        skipped += milliseconds;
      },
    },
    // Flags would stay.
    'node:v8': { ...v8, setFlagsFromString: () => undefined },
  };
  const running = new Set<NodeJS.Timeout>();
  const startTimer: StartTimer = (...args) => {
    const timer = setTimeout(...args);
    running.add(timer);
    return timer;
  };
  return new Promise((resolve) => {
    const standIn = Object.create(process, {
      argv: { value: [process.execPath, path, ...args] },
      env: { value: { ...env } },
      stdin: { value: Readable.from([Buffer.from(stdin)]) },
      getBuiltinModule: { value: (name: string) => modules[name] ?? process.getBuiltinModule(name) },
      // Signals, and errors that nobody caught, are this process's.
      on: { value: () => standIn },
      exit: {
        value: (code: number) => {
          for (const timer of running) clearTimeout(timer);
          resolve({ code, stdout: written[1], stderr: written[2] });
        },
      },
    });
    programOf(path)(standIn, Clock, startTimer);
  });
}
