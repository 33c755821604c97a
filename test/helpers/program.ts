// A program in a process of its own, while servers in this one answer it.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/** How a program ended; the code is null when a signal ended it. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  /** Without colours. */
  readonly stderr: string;
}

export interface Start extends SpawnOptions {
  /** What stdin brings; without it the caller writes there. */
  readonly stdin?: string;
}

/** Starts a program with nothing in its environment but PATH, TMPDIR and `env`. `ended` rejects when there is no such program. */
export function startProgram(
  path: string,
  args: readonly string[],
  { stdin, env, ...options }: Start = {},
): { child: ChildProcess; ended: Promise<Ending> } {
  const { PATH, TMPDIR } = process.env;
  const child = spawn(path, args, { ...options, env: { PATH, TMPDIR, ...env } });
  child.stdin?.on('error', () => undefined);
  if (stdin !== undefined) child.stdin?.end(stdin);
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text) => {
      written[stream] += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({
    code,
    stdout: written.stdout,
    stderr: stripVTControlCharacters(written.stderr),
  }));
  return { child, ended };
}

/** Runs a program to its end. */
export function runProgram(path: string, args: readonly string[], options: Start = {}): Promise<Ending> {
  return startProgram(path, args, { stdin: '', ...options }).ended;
}
