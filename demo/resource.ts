// The resource as a pipeline sees it: check, get and put, each a run of an executable.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import * as v from 'valibot';
import type { ExecutableName, Outcome, Run } from './executables.ts';
import { DemoFailure } from './failure.ts';

/** A version as Concourse knows it: strings by name, compared as a whole. */
export type Version = Readonly<Record<string, string>>;

export interface Resource {
  /** The newest version that check answers with; the given one when there is nothing new. */
  check(given?: Version): Promise<Version>;
  /** Has `in` write the version's files to a directory, made for it, and returns the lines of cidrs.txt there. */
  get(version: Version, destination: string): Promise<string[]>;
  /** Runs the guard, which may pass or fail. `sources` is the directory of the build's sources. */
  put(sources: string, params: unknown): Promise<Outcome>;
}

const versionSchema = v.record(v.string(), v.string());
const checkSchema = v.pipe(v.array(versionSchema), v.minLength(1));
const getSchema = v.object({ version: versionSchema, metadata: v.array(v.unknown()) });

/** The resource with this source. Its methods reject with a DemoFailure when an executable breaks the protocol. */
export function openResource(run: Run, source: Readonly<Record<string, unknown>>): Resource {
  return {
    check: async (given) => {
      const outcome = await run('check', given === undefined ? { source } : { source, version: given });
      const [newest] = parse(checkSchema, 'check', outcome).slice(-1);
      return newest ?? {};
    },
    get: async (version, destination) => {
      mkdirSync(destination);
      const answer = parse(getSchema, 'in', await run('in', { source, version }, destination));
      if (!isSame(answer.version, version)) {
        throw new DemoFailure(
          `in was asked for ${JSON.stringify(version)}, but answered ${JSON.stringify(answer.version)}`,
        );
      }
      return readFileSync(join(destination, 'cidrs.txt'), 'utf8').trimEnd().split('\n');
    },
    put: (sources, params) => run('out', { source, params }, sources),
  };
}

/** Whether Concourse would take both for one version. */
export function isSame(one: Version, other: Version): boolean {
  const text = (version: Version) => JSON.stringify(Object.entries(version).sort());
  return text(one) === text(other);
}

function parse<S extends v.GenericSchema>(
  schema: S,
  name: ExecutableName,
  { exitCode, stdout, stderr }: Outcome,
): v.InferOutput<S> {
  if (exitCode !== 0) {
    // The lines before the error are about attempts.
    const reason = stripVTControlCharacters(stderr)
      .split(/^error: /m)
      .at(-1)
      ?.trim();
    throw new DemoFailure(`${name} ended with exit code ${exitCode}: ${reason}`);
  }
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), stdout);
  if (!result.success) throw new DemoFailure(`${name} answered ${JSON.stringify(stdout)} on stdout`);
  return result.output as v.InferOutput<S>;
}
