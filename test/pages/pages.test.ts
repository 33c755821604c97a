// Every page: what it shows is checked. A fenced block that no check here claims fails the test, and so does a link to nowhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { parseSource } from '../../src/config/source.ts';
import { anchorOf, type Block, type Page, readPage } from '../helpers/markdown.ts';
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

/** Of fenced blocks. Those without are what the executables print. */
const languages = ['', 'json', 'sh', 'yaml'];

test('README.md has at most 2,400 words, and no line of a block on any page is cut at 838 pixels', (t) => {
  t.true(readFileSync('README.md', 'utf8').split(/\s+/).length <= 2400);
  const lines = [...pages.values()].flatMap(({ blocks }) => blocks.flatMap(({ text }) => text.split('\n')));
  t.deepEqual(
    lines.filter((line) => line.length > 98),
    [],
  );
});

for (const [name, page] of pages) {
  test(`${name}: every block is in a language that is checked, and links lead to files and headings`, (t) => {
    const unchecked = page.blocks.filter(({ language }) => !languages.includes(language));
    t.deepEqual(
      unchecked.map((block) => at(name, block)),
      [],
    );
    t.deepEqual(
      page.links.filter((link) => !leadsSomewhere(link, name)),
      [],
    );
  });

  if (hasBlocks(page, 'yaml')) {
    test(`${name}: YAML is a pipeline, a plan, a task or vars that work`, (t) => {
      const parts = blocksOf(page, 'yaml').map(partOf);
      // What one block declares the next ones use.
      const pipeline = {
        resource_types: parts.flatMap(({ resource_types }) => resource_types),
        resources: parts.flatMap(({ resources }) => resources),
        jobs: parts.flatMap(({ jobs }) => jobs),
      };
      t.deepEqual(faultsOf(pipeline), []);
    });
  }

  if (hasBlocks(page, 'sh')) {
    test(`${name}: commands are ones that work here`, (t) => {
      for (const block of blocksOf(page, 'sh')) t.deepEqual(shellFaults(block, name), [], at(name, block));
    });
  }

  if (hasBlocks(page, '') || hasBlocks(page, 'json')) {
    test(`${name}: what it shows as printed is printed`, async (t) => {
      const shown = [...blocksOf(page, ''), ...blocksOf(page, 'json')];
      const printed = await printedByExecutables(t, shown);
      for (const block of shown) assertPrinted(t, name, block, printed);
    });
  }
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

function assertPrinted(t: ExecutionContext, name: string, block: Block, printed: readonly string[]): void {
  // JSON may be laid out for people, and long lines are wrapped.
  const shown = block.language === 'json' ? JSON.stringify(JSON.parse(block.text)) : block.text;
  const unwrapped = (text: string) => text.replaceAll(/\s+/g, '');
  t.true(
    printed.map(unwrapped).includes(unwrapped(shown)),
    `${at(name, block)} is not printed. What is:\n\n${printed.join('\n\n')}`,
  );
}

function hasBlocks(page: Page, language: string): boolean {
  return blocksOf(page, language).length > 0;
}

function blocksOf({ blocks }: Page, language: string): Block[] {
  return blocks.filter((block) => block.language === language);
}

function at(name: string, { line }: Block): string {
  return `${name}:${line}`;
}
