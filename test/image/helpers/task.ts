// A task in the image, from its file, as Concourse runs it for `fly execute`: vars filled in, params as environment
// variables, inputs and outputs as directories of the working directory.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import * as v from 'valibot';
import { parse } from 'yaml';
import type { Ending } from '../../helpers/program.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** What `fly execute` is called with. */
export interface Execution {
  /** `-c`: the task's file. */
  readonly config: string;
  /** `-l`, `-v`, `-y` */
  readonly vars: Readonly<Record<string, unknown>>;
  /** `-i`: directories of the host by the names of inputs. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables of the caller's environment, which take the place of params. */
  readonly env?: Readonly<Record<string, string>>;
}

const artifacts = v.optional(v.array(v.object({ name: v.string(), optional: v.optional(v.boolean()) })), []);
const taskSchema = v.object({
  platform: v.literal('linux'),
  image_resource: v.object({ type: v.literal('registry-image'), source: v.literal('((image))') }),
  inputs: artifacts,
  outputs: artifacts,
  params: v.record(v.string(), v.unknown()),
  run: v.object({ path: v.string(), args: v.array(v.string()) }),
});

/** Runs the task to its end. `outputs` are directories of the host that the test removes. */
export async function execute(
  t: ExecutionContext,
  image: string,
  { config, vars, inputs, env = {} }: Execution,
): Promise<Ending & { readonly outputs: Readonly<Record<string, string>> }> {
  const task = v.parse(taskSchema, parse(await readFile(config, 'utf8')));
  for (const { name, optional } of task.inputs) {
    if (!optional && !(name in inputs)) throw new Error(`missing required input \`${name}\``);
  }
  for (const name of Object.keys(inputs)) {
    if (!task.inputs.some((input) => input.name === name)) throw new Error(`unknown input \`${name}\``);
  }
  const directory = temporaryDirectory(t);
  const outputs = Object.fromEntries(task.outputs.map(({ name }) => [name, join(directory, name)]));
  for (const path of Object.values(outputs)) await mkdir(path);
  const params = Object.entries(task.params).map(
    ([name, value]) => `${name}=${env[name] ?? coerce(fillIn(value, vars))}`,
  );
  const outcome = await run(t, [
    ...Object.entries({ ...inputs, ...outputs }).map(
      ([name, path]) => `--volume=${path}:${workspace}/${name}`,
    ),
    ...params.map((param) => `--env=${param}`),
    `--workdir=${workspace}`,
    '--network=host',
    image,
    task.run.path,
    ...task.run.args,
  ]);
  return { ...outcome, outputs };
}

/** Runs a container with these options, image and command, read-only but for /tmp. It is gone when the test ends. */
export function run(t: ExecutionContext, args: readonly string[]): Promise<Ending> {
  const name = `task-${randomUUID()}`;
  const options = ['--rm', '--pull=never', `--name=${name}`];
  options.push('--read-only', '--read-only-tmpfs=false', '--tmpfs=/tmp');
  const child = spawn('podman', ['run', ...options, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => promisify(execFile)('podman', ['rm', '--force', '--ignore', '--time=0', name]));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const workspace = '/tmp/build/1a2b3c4d';

/** A param that is a var as a whole takes its value, a map too. */
function fillIn(value: unknown, vars: Readonly<Record<string, unknown>>): unknown {
  const name = /^\(\((\S+)\)\)$/.exec(String(value))?.[1];
  if (name === undefined) return value;
  if (!(name in vars)) throw new Error(`undefined vars: ${name}`);
  return vars[name];
}

/** An environment variable of a param: a string as it is, anything else as JSON (`CoercedString` in Concourse's atc). */
function coerce(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
