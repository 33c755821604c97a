// changes: what differs between two gets, by addresses, and only between what gets wrote.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { documentWith } from './helpers/documents.ts';
import { assertFailure, readFiles, runRaw } from './helpers/executables.ts';
import { govSource, writeRanges } from './helpers/guard.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

const half = ['10.0.0.0/24'];
const other = ['10.0.1.0/24'];
const whole = ['10.0.0.0/23'];
const wide = ['20.0.0.0/8', '40.0.0.0/8'];

interface Gets {
  readonly before?: string[];
  readonly after?: string[];
  /** Keys of the source of both, and of the later one alone. */
  readonly source?: object;
  readonly later?: object;
}

/** A directory with the gets `before` and `after` of two lists, and an empty `changes`. */
function gets(
  t: ExecutionContext,
  { before = half, after = other, source = {}, later = {} }: Gets = {},
): string {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, 'changes'));
  const both = { ...govSource, allow_empty: true, ...source };
  writeRanges(join(root, 'before'), both, documentWith('1724938990', before, []));
  writeRanges(join(root, 'after'), { ...both, ...later }, documentWith('1725321189', after, []));
  return root;
}

const all = ['before', 'after', 'changes'];

/** Runs changes with names below `root`, which the outcome has without it, and reads what it wrote. */
async function changes(root: string, args = all) {
  const outcome = await runRaw('changes', '', { args: args.map((name) => join(root, name)) });
  const files = readFiles(join(root, 'changes'));
  return { ...outcome, stderr: outcome.stderr.replaceAll(`${root}/`, ''), files };
}

const wrote = 'wrote added.txt, removed.txt, changes.md, changes.slack.txt, changes.json\n';
const none = 'publishes the same addresses';
type Case = [title: string, gets: Gets, added: string[], removed: string[], told: string];
const cases: Case[] = [
  ['the same list', { after: half }, [], [], none],
  ['a list that AWS merged', { before: [...half, ...other], after: whole }, [], [], none],
  ['a list that AWS split', { before: whole, after: [...half, ...other] }, [], [], none],
  ['a list that the source aggregates since', { after: half, later: { aggregate: true } }, [], [], none],
  ['one for another', {}, other, half, 'added 1 range, removed 1'],
  ['two more', { after: [...half, ...wide] }, wide, [], 'added 2 ranges, removed none'],
  ['half of a range', { before: whole }, [], half, 'removed 1 range, added none'],
  ['all', { after: [] }, [], half, 'removed 1 range, added none'],
];

for (const [title, given, added, removed, told] of cases) {
  test(`changes of ${title}`, async (t) => {
    const { code, stdout, stderr, files } = await changes(gets(t, given));
    const headline = `S3, us-gov-west-1, IPv4: AWS ${told}`;
    const lines = [...added.map((cidr) => `  +${cidr}\n`), ...removed.map((cidr) => `  -${cidr}\n`)];
    t.is(stderr, `${headline}\n${lines.join('')}${wrote}`);
    t.deepEqual([code, stdout], [0, '']);
    t.is(files['added.txt'], added.map((cidr) => `${cidr}\n`).join(''));
    t.is(files['removed.txt'], removed.map((cidr) => `${cidr}\n`).join(''));
    const changed = lines.length > 0;
    const { before = half, after = other } = given;
    t.like(JSON.parse(files['changes.json'] ?? ''), {
      changed,
      selection: { services: ['S3'] },
      added,
      removed,
      before: { version: { syncToken: '1724938990' }, cidrs: before.length },
      after: { version: { syncToken: '1725321189' }, cidrs: after.length },
    });
    const [markdown = '', slack = ''] = [files['changes.md'], files['changes.slack.txt']];
    t.true(markdown.startsWith(`**${headline}**\n`), markdown);
    t.true(changed ? slack.startsWith(`*${headline}*\n`) : slack === '', slack);
    t.regex(
      markdown,
      /\nBefore: \d CIDRs? \(syncToken 1724938990, 2024-08-29-13-43-10\)\. After: .* 2024-09-02-.*\)\.\n$/,
    );
    for (const cidr of [...added, ...removed]) {
      t.true(markdown.includes(`\n- \`${cidr}\`\n`) && slack.includes(`\n\u2022 \`${cidr}\`\n`));
    }
  });
}

test('globs and other marks in a selection stand as they are, in Markdown and in Slack', async (t) => {
  const source = { services: ['S3', 'EC2'], regions: ['us-gov-*'] };
  const { files } = await changes(gets(t, { source }));
  const tail = ', IPv4: AWS added 1 range, removed 1';
  t.is(files['changes.md']?.split('\n')[0], `**EC2 + S3, us-gov-\\*${tail}**`);
  t.is(files['changes.slack.txt']?.split('\n')[0], `EC2 + S3, us-gov-*${tail}`);
});

test('messages and the log list 50 ranges of a kind and count the rest, the files list all', async (t) => {
  const before = Array.from({ length: 53 }, (_, index) => `10.${index}.0.0/24`);
  const { stderr, files } = await changes(gets(t, { before, after: ['1.0.0.0/24'] }));
  t.regex(
    stderr,
    /removed 53\n {2}\+1\.0\.0\.0\/24\n {2}-10\.0\.0\.0\/24\n(?: {2}-.*\n){49} {2}and 3 more\nwrote/,
  );
  for (const name of ['changes.md', 'changes.slack.txt'])
    t.regex(files[name] ?? '', /49\.0\.0\/24`\n. and 3 more\n\n/);
  t.is(files['removed.txt']?.split('\n').length, 54);
});

/** Adds a key that this release does not know to the selection of a get. */
function ofLaterRelease(root: string): void {
  const path = join(root, 'after/manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.selection.exclude_cidrs = [];
  writeFileSync(path, JSON.stringify(manifest));
}

const alter = (root: string) => appendFileSync(join(root, 'after/cidrs.txt'), '10.9.0.0/24\n');
const empty = (root: string) => rmSync(join(root, 'before/manifest.json'));
const leave = () => undefined;
const anotherSelection =
  /BEFORE has the list of "S3, us-gov-west-1, IPv4", but AFTER has that of "S3, us-gov-west-1": .*; name directories of gets of one resource/;

const laterRelease =
  /AFTER has a selection that this release does not know: source\.exclude_cidrs is not a key/;

type Refusal = [title: string, spoil: (root: string) => void, pattern: RegExp, args?: string[], gets?: Gets];
const refusals: Refusal[] = [
  ['a list that was altered', alter, /^error: after cannot be trusted: cidrs\.txt is not what get wrote/],
  ['a directory that no get wrote', empty, /before holds no manifest\.json/],
  ['a selection of a later release', ofLaterRelease, laterRelease],
  ['gets of two selections', leave, anotherSelection, all, { later: { ip_versions: [4, 6] } }],
  ['two arguments', leave, /changes takes three arguments, not 2: BEFORE/, ['before', 'after']],
  ['a missing destination', leave, /cannot write added.txt to "x"/, ['before', 'after', 'x']],
];

for (const [title, spoil, pattern, args, given] of refusals) {
  test(`changes refuses ${title}, and writes nothing`, async (t) => {
    const root = gets(t, given);
    spoil(root);
    assertFailure(t, await changes(root, args), pattern);
    t.deepEqual(readdirSync(join(root, 'changes')), []);
  });
}
