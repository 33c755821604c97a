// A program in a process of its own, while servers in this one answer it.
import { execFile } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** How a program ended; the code is null when a signal ended it. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  /** Without colours. */
  readonly stderr: string;
}

/** Runs a program to its end, with nothing in its environment but PATH and `env`. */
export function runProgram(
  path: string,
  args: readonly string[],
  { env, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<Ending> {
  return new Promise((resolve) => {
    const options = { cwd, env: { PATH: process.env['PATH'], ...env } };
    const child = execFile(path, args, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr: stripVTControlCharacters(stderr) }),
    );
    child.stdin?.end();
  });
}
