// Whether the commands that a page shows would work in a clone of this repository.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Block } from './markdown.ts';
import { parseBy, type Task, taskSchema } from './pipeline-schema.ts';

const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts as Record<string, string>;

/** Programs that have no command of this repository's in them: their syntax is all that can be checked here. */
const elsewhere = ['aws', 'cd', 'cf', 'docker', 'git', 'jq', 'sha256sum', 'terraform'];

/** Sections of pages whose commands .ci/newcomer runs as they are, as `README.md, Try it`. */
const walked = [...readFileSync('.ci/newcomer', 'utf8').matchAll(/^walk (\S+) '([^']+)'$/gm)].map(
  ([, page, section]) => `${page}, ${section}`,
);

/** What is wrong with a block of shell commands on a page: a sentence for each fault. */
export function shellFaults({ text, section }: Block, page: string): string[] {
  const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' });
  if (status !== 0) return [stderr.trim()];
  if (section.some((heading) => walked.includes(`${page}, ${heading}`))) return [];
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const commands = lines.map((line) => line.replace(/(?:^|\s)#.*$/, '').trim()).filter(Boolean);
  return commands.flatMap(faultsOf);
}

function faultsOf(command: string): string[] {
  const words = command.split(/\s+/);
  const env = words.flatMap((word) => /^([A-Z_]+)=/.exec(word)?.[1] ?? []);
  const [program = '', ...args] = words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word)));
  if (program === 'npm') return npmFaults(args);
  if (program === 'npx')
    return existsSync(`node_modules/.bin/${args[0]}`) ? [] : [`${args[0]} is not installed`];
  if (program === 'fly') return flyFaults(args, env);
  if (program === 'bash' || program === 'sh') {
    return existsSync(args[0] ?? '') ? [] : [`${args[0]} is missing`];
  }
  return elsewhere.includes(program) ? [] : [`nothing checks what "${program}" does`];
}

function npmFaults([verb = '', name = '']: readonly string[]): string[] {
  const script = verb === 'run' ? name : verb;
  if (['audit', 'ci', 'outdated', 'version'].includes(verb)) return [];
  return script in scripts ? [] : [`package.json has no script ${script}`];
}

/** Options of fly 7 and 8 that take a value, by command. */
const flyOptions: Readonly<Record<string, readonly string[]>> = {
  execute: ['-c', '-i', '-o', '-l', '-v', '-y', '-j', '--image'],
  'set-pipeline': ['-p', '-c', '-l', '-v', '-y'],
  'trigger-job': ['-j'],
  'unpause-pipeline': ['-p'],
};

function flyFaults(args: readonly string[], env: readonly string[]): string[] {
  const [target, , name = '', ...rest] = args;
  const known = flyOptions[name];
  if (target !== '-t' || known === undefined) return [`fly is not called as fly -t TARGET COMMAND`];
  const options: [option: string, value: string][] = [];
  for (let index = 0; index < rest.length; index += 2)
    options.push([rest[index] ?? '', rest[index + 1] ?? '']);
  const unknown = options.filter(([option]) => !known.includes(option));
  if (unknown.length > 0) return unknown.map(([option]) => `fly ${name} has no option ${option}`);
  const valuesOf = (option: string) => options.filter(([key]) => key === option).map(([, value]) => value);
  if (!known.includes('-c')) return [];
  const [config = ''] = valuesOf('-c');
  if (!existsSync(config)) return [`${config} is missing`];
  if (name !== 'execute') return [];
  const task = parseBy(taskSchema, parse(readFileSync(config, 'utf8')));
  return executeFaults(task, valuesOf, env);
}

/** A one-off build takes its inputs from directories, or from a job with -j, and an image from that job's inputs alone. */
function executeFaults(
  { inputs, outputs, params }: Task,
  valuesOf: (option: string) => string[],
  env: readonly string[],
): string[] {
  const faults: string[] = [];
  const given = valuesOf('-i').map((value) => value.split('=')[0] ?? '');
  const taken = valuesOf('-o').map((value) => value.split('=')[0] ?? '');
  const hasJob = valuesOf('-j').length > 0;
  for (const name of given) {
    if (!inputs.some((input) => input.name === name)) faults.push(`the task has no input ${name}`);
  }
  for (const { name, optional } of inputs) {
    if (!optional && !hasJob && !given.includes(name)) faults.push(`the input ${name} is not given`);
  }
  for (const name of taken) {
    if (!outputs.some((output) => output.name === name)) faults.push(`the task has no output ${name}`);
  }
  for (const name of env) if (!(name in params)) faults.push(`the task has no param ${name}`);
  if (valuesOf('--image').length > 0 && !hasJob) faults.push('--image without -j names nothing');
  return faults;
}
