// Runs the built executables as Concourse does: a request on stdin, a directory as $1.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DemoFailure } from './failure.ts';

export type ExecutableName = 'check' | 'in' | 'out';

/** How a run ended. */
export interface Outcome {
  /** Null when a signal ended the run. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an executable; `directory` is its $1. Rejects with a DemoFailure when it cannot be started. */
export type Run = (name: ExecutableName, request: unknown, directory?: string) => Promise<Outcome>;

/** The executables in `folder`, run with the environment `env` and nothing else. */
export function openExecutables(folder: string, env: Readonly<Record<string, string | undefined>>): Run {
  return async (name, request, directory) => {
    const child = spawn(join(folder, name), directory === undefined ? [] : [directory], { env });
    // An executable may end without reading its request; its exit says more than the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    try {
      const [exitCode] = (await once(child, 'close')) as [number | null];
      const [stdout, stderr] = await output;
      return { exitCode, stdout, stderr };
    } catch (error) {
      throw new DemoFailure(`${folder}/${name} cannot be run (${String(error)}); npm run build makes it`);
    }
  };
}
