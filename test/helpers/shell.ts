// Whether the commands that a page shows would work in a clone of this repository.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

/** What a page has fly do: its config is there, and a task is given what it has, and all that it cannot do without. */
function flyFaults(args: readonly string[], env: readonly string[]): string[] {
  const given = (option: string) =>
    args.filter((_, index) => args[index - 1] === option).map((value) => value.split('=')[0] ?? '');
  const [config] = given('-c');
  if (config !== undefined && !existsSync(config)) return [`${config} is missing`];
  if (!args.includes('execute')) return [];
  const { inputs, outputs, params } = parseBy(taskSchema, parse(readFileSync(config ?? '', 'utf8')));
  const unknown = (kind: string, names: readonly string[], known: readonly string[]) =>
    names.filter((name) => !known.includes(name)).map((name) => `the task has no ${kind} ${name}`);
  const namesOf = (parts: typeof inputs) => parts.map(({ name }) => name);
  const required = given('-j').length > 0 ? [] : inputs.filter(({ optional }) => !optional);
  return [
    ...unknown('input', given('-i'), namesOf(inputs)),
    ...unknown('output', given('-o'), namesOf(outputs)),
    ...unknown('param', env, Object.keys(params)),
    ...namesOf(required).flatMap((name) => (given('-i').includes(name) ? [] : `${name} is not given`)),
  ];
}
