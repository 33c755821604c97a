// changes: what differs between two gets, by addresses, and only between what gets wrote.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { differenceOf } from '../src/addresses/address-range.ts';
import { documentWith, s3Source } from './helpers/documents.ts';
import { check, readFiles, runRaw, succeed } from './helpers/executables.ts';
import { documentHandler, startServer } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

/** A directory with the gets `before` and `after` of these lists, and an empty destination. */
async function gets(t: ExecutionContext, before: string[], after: string[], more = {}, first = {}) {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, 'changes'));
  for (const [name, token, cidrs, source] of [
    ['before', '1724938990', before, first],
    ['after', '1725321189', after, more],
  ] as const) {
    mkdirSync(join(root, name));
    const server = await startServer(t, documentHandler(documentWith(token, cidrs, [])));
    const request = { source: s3Source(server.url, { allow_empty: true, ip_versions: [4], ...source }) };
    await succeed(t, 'in', { ...request, version: await check(t, request) }, join(root, name));
  }
  return root;
}

/** Runs changes with names below `root`, which the outcome has without it. */
async function changes(root: string, args: readonly string[] = ['before', 'after', 'changes']) {
  const outcome = await runRaw('changes', '', { args: args.map((name) => join(root, name)) });
  return { ...outcome, stderr: outcome.stderr.replaceAll(`${root}/`, '') };
}

const wrote = 'wrote added.txt, removed.txt, changes.md, changes.slack.txt, changes.json\n';
const none = 'publishes the same addresses';
/** Lists with spaces between their CIDRs. */
const cases: [title: string, before: string, after: string, added: string, removed: string, told: string][] =
  [
    ['the same list', '10.0.0.0/24', '10.0.0.0/24', '', '', none],
    ['a list that AWS merged', '10.0.0.0/24 10.0.1.0/24', '10.0.0.0/23', '', '', none],
    ['a list that AWS split', '10.0.0.0/23', '10.0.0.0/24 10.0.1.0/24', '', '', none],
    ['one for another', '10.1.0.0/23', '1.0.0.0/24', '1.0.0.0/24', '10.1.0.0/23', 'added 1 range, removed 1'],
    [
      'two more',
      '1.0.0.0/24',
      '1.0.0.0/24 2.0.0.0/8 4.0.0.0/8',
      '2.0.0.0/8 4.0.0.0/8',
      '',
      'added 2 ranges, removed none',
    ],
    ['half of a range', '10.0.0.0/23', '10.0.1.0/24', '', '10.0.0.0/24', 'removed 1 range, added none'],
    ['all', '10.0.0.0/23', '', '', '10.0.0.0/23', 'removed 1 range, added none'],
  ];
const listOf = (text: string) => text.split(' ').filter((cidr) => cidr !== '');

for (const [title, old, current, come, went, told] of cases) {
  test(`changes of ${title}`, async (t) => {
    const [before, after, added, removed] = [listOf(old), listOf(current), listOf(come), listOf(went)];
    const root = await gets(t, before, after);
    const headline = `S3, us-gov-west-1, IPv4: AWS ${told}`;
    const { code, stdout, stderr } = await changes(root);
    const lines = [...added.map((cidr) => `  +${cidr}\n`), ...removed.map((cidr) => `  -${cidr}\n`)];
    t.is(stderr, `${headline}\n${lines.join('')}${wrote}`);
    t.deepEqual([code, stdout], [0, '']);
    const files = await readFiles(join(root, 'changes'));
    t.is(files['added.txt'], added.map((cidr) => `${cidr}\n`).join(''));
    t.is(files['removed.txt'], removed.map((cidr) => `${cidr}\n`).join(''));
    const isChanged = added.length + removed.length > 0;
    t.like(JSON.parse(files['changes.json'] ?? ''), {
      changed: isChanged,
      selection: { services: ['S3'] },
      added,
      removed,
      before: { version: { syncToken: '1724938990' }, cidrs: before.length },
      after: { version: { syncToken: '1725321189' }, cidrs: after.length },
    });
    const [markdown = '', slack = ''] = [files['changes.md'], files['changes.slack.txt']];
    t.true(markdown.startsWith(`**${headline}**\n`), markdown);
    t.is(slack.startsWith(`*${headline}*\n`), isChanged);
    t.is(slack === '', !isChanged);
    t.regex(
      markdown,
      /\nBefore: \d CIDRs? \(syncToken 1724938990, 2024-08-29-13-43-10\)\. After: .* 2024-09-02-.*\)\.\n$/,
    );
    for (const cidr of [...added, ...removed]) {
      t.true(markdown.includes(`\n- \`${cidr}\`\n`) && slack.includes(`\n\u2022 \`${cidr}\`\n`));
    }
  });
}

test('a source that aggregates since has changed nothing: the same addresses are written in another way', async (t) => {
  const list = ['10.0.0.0/24', '10.0.1.0/24'];
  const root = await gets(t, list, list, { aggregate: true });
  t.is((await changes(root)).stderr, `S3, us-gov-west-1, IPv4: AWS ${none}\n${wrote}`);
  t.like(JSON.parse((await readFiles(join(root, 'changes')))['changes.json'] ?? ''), { changed: false });
});

test('globs and other marks in a selection stand as they are, in Markdown and in Slack', async (t) => {
  const { services, regions } = { services: ['S3', 'EC2'], regions: ['us-gov-*'] };
  const root = await gets(t, ['10.0.0.0/24'], ['10.0.1.0/24'], { services, regions }, { services, regions });
  t.is((await changes(root)).code, 0);
  const files = await readFiles(join(root, 'changes'));
  const tail = ', IPv4: AWS added 1 range, removed 1';
  t.is(files['changes.md']?.split('\n')[0], `**EC2 + S3, us-gov-\\*${tail}**`);
  t.is(files['changes.slack.txt']?.split('\n')[0], `EC2 + S3, us-gov-*${tail}`);
});

test('messages and the log list 50 ranges of a kind and count the rest, the files list all', async (t) => {
  const many = Array.from({ length: 53 }, (_, index) => `10.${index}.0.0/24`);
  const root = await gets(t, many, ['1.0.0.0/24']);
  const { stderr } = await changes(root);
  t.regex(
    stderr,
    /removed 53\n {2}\+1\.0\.0\.0\/24\n {2}-10\.0\.0\.0\/24\n(?: {2}-.*\n){49} {2}and 3 more\nwrote/,
  );
  const files = await readFiles(join(root, 'changes'));
  for (const name of ['changes.md', 'changes.slack.txt'])
    t.regex(files[name] ?? '', /49\.0\.0\/24`\n. and 3 more\n\n/);
  t.is(files['removed.txt']?.split('\n').length, 54);
});

const refusals: [
  title: string,
  spoil: (root: string) => void,
  args: string[] | undefined,
  pattern: RegExp,
][] = [
  [
    'a list that was altered',
    (root) => appendFileSync(join(root, 'after/cidrs.txt'), '10.9.0.0/24\n'),
    undefined,
    /^error: after cannot be trusted: cidrs\.txt is not what get wrote/,
  ],
  [
    'a directory that no get wrote',
    (root) => rmSync(join(root, 'before/manifest.json')),
    undefined,
    /before holds no manifest\.json/,
  ],
  [
    'a selection of a later release',
    (root) => {
      const path = join(root, 'after/manifest.json');
      const manifest = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(
        path,
        JSON.stringify({ ...manifest, selection: { ...manifest.selection, exclude_cidrs: [] } }),
      );
    },
    undefined,
    /AFTER has a selection that this release does not know: source\.exclude_cidrs is not a key/,
  ],
  ['two arguments', () => undefined, ['before', 'after'], /changes takes three arguments, not 2: BEFORE/],
  ['a missing destination', () => undefined, ['before', 'after', 'x'], /the destination "x" cannot be used/],
];

for (const [title, spoil, args, pattern] of refusals) {
  test(`changes refuses ${title}, and writes nothing`, async (t) => {
    const root = await gets(t, ['10.0.0.0/24'], ['10.0.1.0/24']);
    spoil(root);
    const outcome = await changes(root, args);
    t.is(outcome.code, 1);
    t.is(outcome.stdout, '');
    t.regex(outcome.stderr, pattern);
    t.notRegex(outcome.stderr, /a bug in this resource/);
    t.deepEqual(readdirSync(join(root, 'changes')), []);
  });
}

test('changes refuses gets of two selections: what differs is no change by AWS', async (t) => {
  const root = await gets(t, ['10.0.0.0/24'], ['10.0.1.0/24'], { ip_versions: [4, 6] });
  const outcome = await changes(root);
  t.is(outcome.code, 1);
  t.regex(
    outcome.stderr,
    /BEFORE has the list of "S3, us-gov-west-1, IPv4", but AFTER has that of "S3, us-gov-west-1": .*; name directories of gets of one resource/,
  );
});

test('differenceOf() has exactly the addresses that are on one side alone, for any two lists', (t) => {
  const range = fc
    .tuple(fc.constantFrom<4 | 6>(4, 6), fc.bigInt(0n, 63n), fc.bigInt(0n, 9n))
    .map(([family, first, size]) => ({ family, first, last: first + size }));
  const addressesOf = (ranges: readonly { family: 4 | 6; first: bigint; last: bigint }[]) => {
    const addresses = new Set<string>();
    for (const { family, first, last } of ranges) {
      for (let address = first; address <= last; address++) addresses.add(`${family} ${address}`);
    }
    return addresses;
  };
  const sizeOf = (cidrs: readonly string[]) =>
    cidrs.reduce((sum, cidr) => {
      const bits = (cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]);
      return sum + 2 ** bits;
    }, 0);
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(range), fc.array(range), (before, after) => {
        const { added, removed } = differenceOf(before, after);
        const [old, now] = [addressesOf(before), addressesOf(after)];
        return (
          sizeOf(added) === [...now].filter((address) => !old.has(address)).length &&
          sizeOf(removed) === [...old].filter((address) => !now.has(address)).length
        );
      }),
    ),
  );
});
