// Whether the commands that a page shows would work in a clone of this repository.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import type { Block } from './markdown.ts';
import { parseBy, taskSchema } from './pipeline-schema.ts';

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
  const [first = ''] = args;
  if (program === 'npm') return npmFaults(args);
  if (program === 'npx') return existsSync(`node_modules/.bin/${first}`) ? [] : [`${first} is not installed`];
  if (program === 'fly') return flyFaults(args, env);
  if (program === 'bash' || program === 'sh') return existsSync(first) ? [] : [`${first} is missing`];
  return elsewhere.includes(program) ? [] : [`nothing checks what "${program}" does`];
}

function npmFaults([verb = '', name = '']: readonly string[]): string[] {
  const script = verb === 'run' ? name : verb;
  if (['audit', 'ci', 'outdated', 'version'].includes(verb)) return [];
  return script in scripts ? [] : [`package.json has no script ${script}`];
}

/** Options that pages give to fly 7 and 8; each takes a value. */
const flyOptions = {
  target: { type: 'string', short: 't' },
  config: { type: 'string', short: 'c' },
  input: { type: 'string', short: 'i', multiple: true },
  output: { type: 'string', short: 'o', multiple: true },
  'load-vars-from': { type: 'string', short: 'l' },
  pipeline: { type: 'string', short: 'p' },
  job: { type: 'string', short: 'j' },
  image: { type: 'string' },
} as const;

/** A one-off build takes its inputs from directories, or from a job with -j, and an image from that job's inputs alone. */
function flyFaults(args: string[], env: readonly string[]): string[] {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: flyOptions });
  const { target, config, job, image } = values;
  const [command = ''] = positionals;
  if (
    target === undefined ||
    !['execute', 'set-pipeline', 'trigger-job', 'unpause-pipeline'].includes(command)
  )
    return ['fly is not called as fly -t TARGET COMMAND'];
  if (config !== undefined && !existsSync(config)) return [`${config} is missing`];
  if (command !== 'execute') return [];
  const { inputs, outputs, params } = parseBy(taskSchema, parse(readFileSync(config ?? '', 'utf8')));
  const namesOf = (pairs: readonly string[]) => pairs.map((pair) => pair.split('=')[0] ?? '');
  const [given, taken] = [namesOf(values.input ?? []), namesOf(values.output ?? [])];
  const missing = inputs.filter(({ name, optional }) => !optional && !given.includes(name));
  const has = (parts: readonly { readonly name: string }[], name: string) =>
    parts.some((part) => part.name === name);
  return [
    ...given.filter((name) => !has(inputs, name)).map((name) => `the task has no input ${name}`),
    ...(job === undefined ? missing.map(({ name }) => `the input ${name} is not given`) : []),
    ...taken.filter((name) => !has(outputs, name)).map((name) => `the task has no output ${name}`),
    ...env.filter((name) => !(name in params)).map((name) => `the task has no param ${name}`),
    ...(image !== undefined && job === undefined ? ['--image without -j names nothing'] : []),
  ];
}
