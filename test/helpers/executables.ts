// Runs the executables as functions in this process: with a real network and real directories, and a clock that does not wait.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import v8 from 'node:v8';
import type { ExecutionContext } from 'ava';
import { executable as changes } from '../../src/bin/changes.ts';
import { executable as checkExecutable } from '../../src/bin/check.ts';
import { executable as get } from '../../src/bin/in.ts';
import { executable as put } from '../../src/bin/out.ts';
import { type Clock, run as runExecutable } from '../../src/concourse/run.ts';
import type { Metadatum } from '../../src/concourse/types.ts';
import type { Output } from '../../src/concourse/write.ts';
import { requireFresh } from '../../tools/sources.ts';
import type { Ending } from './program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A version as it goes over the wire. */
export interface Version {
  readonly syncToken: string;
  readonly createDate: string;
  readonly digest: string;
  /** With `cidrs`, in a version that holds its list. */
  readonly selection?: string;
  readonly cidrs?: string;
}

export interface RunOptions {
  /** `$1` and whatever follows. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The path of an executable that the build wrote. Throws when it is older than its sources. */
export function executable(name: string): string {
  requireFresh(resolve('.'));
  return resolve('dist', name);
}

/** Runs in one process keep their servers waiting: four at a time, so that none waits for long. */
const queues = Array<Promise<unknown>>(4).fill(Promise.resolve());
let runs = 0;

function amongOthers<T>(work: () => Promise<T>): Promise<T> {
  const queue = runs++ % queues.length;
  const ended = Promise.resolve(queues[queue]).then(work);
  queues[queue] = ended.catch(() => undefined);
  return ended;
}

// Flags of V8 would stay, in this process.
v8.setFlagsFromString = () => undefined;

const executables = { check: checkExecutable, in: get, out: put, changes };

/** Runs an executable's own function with `stdin` as text, in an environment without proxies. */
export function runRaw(
  name: keyof typeof executables,
  stdin: string,
  { args = [], env }: RunOptions = {},
): Promise<Ending> {
  return amongOthers(async () => {
    const written = { stdout: '', stderr: '' };
    const output = (stream: keyof typeof written): Output => ({
      write: (text) => {
        written[stream] += text;
      },
      flushed: async () => undefined,
    });
    const code = await runExecutable(executables[name], {
      args,
      env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], ...env },
      readStdin: async () => stdin,
      stdout: output('stdout'),
      stderr: output('stderr'),
      clock: clockWithoutWaits(),
    });
    return { code, stdout: written.stdout, stderr: stripVTControlCharacters(written.stderr) };
  });
}

/** Goes on as if the waits had taken their time. */
function clockWithoutWaits(): Clock {
  let skipped = 0;
  return {
    now: () => Date.now() + Math.round(skipped),
    wait: async (milliseconds) => {
      skipped += milliseconds;
    },
    random: Math.random,
  };
}

/** Runs an executable with a request. */
export function run(
  name: 'check' | 'in' | 'out',
  request: unknown,
  options: RunOptions = {},
): Promise<Ending> {
  return runRaw(name, JSON.stringify(request), options);
}

/** The version that counts after a successful check: the last one that it answers. */
export async function check(
  t: ExecutionContext,
  request: unknown,
  options: RunOptions = {},
): Promise<Version> {
  const outcome = await run('check', request, options);
  t.is(outcome.code, 0, outcome.stderr);
  const versions = JSON.parse(outcome.stdout) as Version[];
  t.true(versions.length === 1 || versions.length === 2);
  return versions.at(-1) as Version;
}

/** A successful `in` or `out`: its response, and what it printed for people. */
export async function succeed(
  t: ExecutionContext,
  name: 'in' | 'out',
  request: unknown,
  directory: string,
  options: RunOptions = {},
): Promise<{ version: Version; metadata: Record<string, string>; stderr: string }> {
  const outcome = await run(name, request, { ...options, args: [directory] });
  t.is(outcome.code, 0, outcome.stderr);
  const response = JSON.parse(outcome.stdout) as { version: Version; metadata: Metadatum[] };
  const metadata = Object.fromEntries(response.metadata.map((row) => [row.name, row.value]));
  return { version: response.version, metadata, stderr: outcome.stderr };
}

/** Gets the version that check returns, into a new directory unless one is given: the response, and every file as text. */
export async function getNewest(
  t: ExecutionContext,
  source: object,
  params: object = {},
  directory = temporaryDirectory(t),
) {
  const version = await check(t, { source });
  const response = await succeed(t, 'in', { source, version, params }, directory);
  t.deepEqual(response.version, version);
  return { ...response, directory, files: readFiles(directory) };
}

/** Asserts a clean failure: exit 1, nothing on stdout, and a message that every pattern matches. */
export function assertFailure(t: ExecutionContext, outcome: Ending, ...patterns: RegExp[]): void {
  t.is(outcome.code, 1, outcome.stderr);
  t.is(outcome.stdout, '');
  for (const pattern of patterns) t.regex(outcome.stderr, pattern);
  t.notRegex(outcome.stderr, /a bug in this resource|^\s+at /m);
}

/** Every file of a directory by name, as text. */
export function readFiles(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}
