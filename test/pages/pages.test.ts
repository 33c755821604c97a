// Every page: what it shows is checked. A fenced block that no check here claims fails the test, and so does a link to nowhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { parseSource } from '../../src/config/source.ts';
import { anchorOf, type Block, readPage } from '../helpers/markdown.ts';
import { faultsOf } from '../helpers/pipeline.ts';
import { type Pipeline, parseBy, pipelineSchema, taskSchema } from '../helpers/pipeline-schema.ts';
import { printedByExecutables } from '../helpers/printed.ts';
import { shellFaults } from '../helpers/shell.ts';

const names = ['.', 'docs', 'docs/recipes', 'demo', 'demo/documents'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const pages = new Map(names.map((name) => [name, readPage(readFileSync(name, 'utf8'))]));

test('README.md has at most 2,400 words, and no line of a block on any page is cut at 838 pixels', (t) => {
  t.true(readFileSync('README.md', 'utf8').split(/\s+/).length <= 2400);
  const lines = [...pages.values()].flatMap(({ blocks }) => blocks.flatMap(({ text }) => text.split('\n')));
  t.deepEqual(
    lines.filter((line) => line.length > 98),
    [],
  );
});

for (const [name, { blocks, links }] of pages) {
  test(`${name}: pipelines and commands work, what is shown as printed is printed, links lead to files and headings`, async (t) => {
    t.deepEqual(
      links.filter((link) => !leadsSomewhere(link, name)),
      [],
    );
    const blocksIn = (...languages: string[]) =>
      blocks.filter(({ language }) => languages.includes(language));
    const [yaml, commands, shown] = [blocksIn('yaml'), blocksIn('sh'), blocksIn('', 'json')];
    t.is(
      yaml.length + commands.length + shown.length,
      blocks.length,
      'a block is in no language that is checked',
    );
    // What one block declares the next ones use.
    const parts = yaml.map(partOf);
    const pipeline = {
      resource_types: parts.flatMap(({ resource_types }) => resource_types),
      resources: parts.flatMap(({ resources }) => resources),
      jobs: parts.flatMap(({ jobs }) => jobs),
    };
    t.deepEqual(faultsOf(pipeline), []);
    for (const block of commands) t.deepEqual(shellFaults(block, name), [], `${name}:${block.line}`);
    const printed = shown.length === 0 ? [] : await printedByExecutables(t, shown);
    for (const { language, text, line } of shown) {
      // JSON may be laid out for people, and long lines are wrapped.
      const plain = language === 'json' ? JSON.stringify(JSON.parse(text)) : text;
      const unwrapped = (one: string) => one.replaceAll(/\s+/g, '');
      t.true(
        printed.map(unwrapped).includes(unwrapped(plain)),
        `${name}:${line} is not printed. What is:\n\n${printed.join('\n\n')}`,
      );
    }
  });
}

test('a wrong page is found out', (t) => {
  t.true(leadsSomewhere('#errors-and-fixes', 'README.md'));
  t.false(leadsSomewhere('#errors-and-fixed', 'README.md'));
  t.true(leadsSomewhere('../README.md#try-it', 'docs/try.md'));
  t.false(leadsSomewhere('README.md', 'docs/try.md'));
  const block = (language: string, text: string): Block => ({ language, text, line: 1, section: ['Try it'] });
  t.throws(() => partOf(block('yaml', 'resources: [{name: a, typ: git}]')), { message: /typ/ });
  t.throws(() => partOf(block('yaml', 'source: {region: [us-gov-west-1]}')), { message: /did you mean/ });
  t.throws(() => partOf(block('yaml', 'a: [')));
  for (const [command, fault] of [
    ['npm run demon', /package\.json has no script demon/],
    ['if', /syntax error|end of file/i],
    ['rm -rf /', /nothing checks what "rm" does/],
    ['bash ci/missing.sh', /ci\/missing\.sh is missing/],
    ['fly -t TARGET execute -c ci/tasks/get.yml -i tasks=ci/tasks -o range=ranges', /no output range/],
    ['RULE=a fly -t TARGET execute -c ci/tasks/guard.yml -i tasks=ci/tasks -i rules=.', /no param RULE/],
  ] as const) {
    t.regex(shellFaults(block('sh', command), 'docs/try.md').join('\n'), fault, command);
  }
});

/** The part of a pipeline in a block; an empty one for a task or vars, which are checked at once. */
function partOf({ text }: Block): Pipeline {
  const content: unknown = parse(text, { merge: true });
  if (Array.isArray(content)) return parseBy(pipelineSchema, { jobs: [{ name: 'example', plan: content }] });
  if (typeof content !== 'object' || content === null) throw new Error(`it is ${JSON.stringify(content)}`);
  if ('plan' in content) return parseBy(pipelineSchema, { jobs: [{ name: 'example', ...content }] });
  if (['resource_types', 'resources', 'jobs'].some((key) => key in content)) {
    return parseBy(pipelineSchema, content);
  }
  if ('platform' in content) parseBy(taskSchema, content);
  else if ('source' in content) parseSource(content.source);
  else throw new Error('it is no pipeline, plan or task, and has no source');
  return parseBy(pipelineSchema, {});
}

/** Pages on the web are left alone. */
function leadsSomewhere(link: string, from: string): boolean {
  if (link.startsWith('https:')) return true;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : join(dirname(from), path);
  if (anchor === undefined) return existsSync(target);
  return (pages.get(target)?.headings ?? []).map(anchorOf).includes(anchor);
}
