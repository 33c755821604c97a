// The resource as a pipeline sees it: check, get and put, each a run of an executable with a request on stdin.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';

/** An executable that does not behave as it should, or that cannot be run. The message is for a person. */
export class DemoFailure extends Error {
  override name = 'DemoFailure';
}

/** A version as Concourse knows it: strings by name, compared as a whole. */
export type Version = Readonly<Record<string, string>>;

export type Source = Readonly<Record<string, unknown>>;

/** How a run ended. The exit code is null when a signal ended it. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The methods reject with a DemoFailure when an executable cannot be run, or fails where it should not. */
export interface Resource {
  /** The newest version that check answers with; the given one when there is nothing new. */
  check(source: Source, given?: Version): Promise<Version>;
  /** Has `in` write the version's files to a directory, made for it, and returns the lines of cidrs.txt there. */
  get(source: Source, version: Version, destination: string): Promise<string[]>;
  /** Runs the guard, which may pass or fail. `sources` is the directory of the build's sources. */
  put(source: Source, sources: string, params: object): Promise<Outcome>;
}

/** Runs an executable with a request. Rejects with a DemoFailure when it cannot be run. */
export type Run = (
  name: 'check' | 'in' | 'out',
  request: object,
  args: readonly string[],
) => Promise<Outcome>;

/** Starts the executables in `folder`, with the environment `env` and nothing else. */
export function startingFrom(folder: string, env: Readonly<Record<string, string | undefined>>): Run {
  return async (name, request, args) => {
    const child = spawn(join(folder, name), args, { env });
    // An executable may end without reading its request; its exit says more than the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    try {
      const [exitCode] = (await once(child, 'close')) as [number | null];
      const [stdout, stderr] = await output;
      return { exitCode, stdout, stderr: stripVTControlCharacters(stderr) };
    } catch (error) {
      throw new DemoFailure(`${folder}/${name} cannot be run (${String(error)}); npm run build makes it`);
    }
  };
}

export function openResource(run: Run): Resource {
  return {
    check: async (source, version) => {
      const { stdout } = successful('check', await run('check', { source, version }, []));
      return JSON.parse(stdout).at(-1);
    },
    get: async (source, version, destination) => {
      mkdirSync(destination);
      successful('in', await run('in', { source, version }, [destination]));
      return readFileSync(join(destination, 'cidrs.txt'), 'utf8').trimEnd().split('\n');
    },
    put: (source, sources, params) => run('out', { source, params }, [sources]),
  };
}

function successful(name: string, outcome: Outcome): Outcome {
  if (outcome.exitCode === 0) return outcome;
  throw new DemoFailure(`${name} ended with exit code ${outcome.exitCode}: ${outcome.stderr}`);
}
