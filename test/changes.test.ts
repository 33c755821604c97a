// changes: what differs between two gets, by addresses, and only between what gets wrote.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { differenceOf } from '../src/addresses/difference.ts';
import { documentWith, s3Source } from './helpers/documents.ts';
import { check, executable, readFiles, succeed } from './helpers/executables.ts';
import { documentHandler, startServer } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

/** A directory with the gets `before` and `after` of these lists, and an empty destination. */
async function gets(t: ExecutionContext, before: readonly string[], after: readonly string[], more = {}) {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, 'changes'));
  for (const [name, token, cidrs, source] of [
    ['before', '1724938990', before, {}],
    ['after', '1725321189', after, more],
  ] as const) {
    mkdirSync(join(root, name));
    const server = await startServer(t, documentHandler(documentWith(token, cidrs, [])));
    const request = { source: s3Source(server.url, { allow_empty: true, ip_versions: [4], ...source }) };
    await succeed(t, 'in', { ...request, version: await check(t, request) }, join(root, name));
  }
  return root;
}

function changes(root: string, args: readonly string[] = ['before', 'after', 'changes']) {
  const { status, stdout, stderr } = spawnSync(executable('changes'), args, { cwd: root, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

const cases: [title: string, before: string[], after: string[], added: string[], removed: string[]][] = [
  ['the same list', ['10.0.0.0/24'], ['10.0.0.0/24'], [], []],
  ['a list that was aggregated', ['10.0.0.0/24', '10.0.1.0/24'], ['10.0.0.0/23'], [], []],
  ['a list that was split', ['10.0.0.0/23'], ['10.0.0.0/24', '10.0.1.0/24'], [], []],
  ['one for another', ['52.95.142.0/23'], ['1.178.30.0/24'], ['1.178.30.0/24'], ['52.95.142.0/23']],
  ['half of a range', ['10.0.0.0/23'], ['10.0.1.0/24'], [], ['10.0.0.0/24']],
];

for (const [title, before, after, added, removed] of cases) {
  test(`changes of ${title}`, async (t) => {
    const root = await gets(t, before, after);
    const outcome = changes(root);
    t.is(outcome.code, 0, outcome.stderr);
    t.is(outcome.stdout, '');
    const files = await readFiles(join(root, 'changes'));
    t.is(files['added.txt'], added.map((cidr) => `${cidr}\n`).join(''));
    t.is(files['removed.txt'], removed.map((cidr) => `${cidr}\n`).join(''));
    const content = JSON.parse(files['changes.json'] ?? '');
    t.like(content, {
      changed: added.length + removed.length > 0,
      added,
      removed,
      before: { version: { syncToken: '1724938990' }, cidrs: before.length },
      after: { version: { syncToken: '1725321189' }, cidrs: after.length },
    });
    for (const cidr of [...added, ...removed]) t.true(files['changes.md']?.includes(`\`${cidr}\``));
  });
}

test('changes compares a directory with itself', async (t) => {
  const root = await gets(t, ['10.0.0.0/24'], ['10.0.0.0/24']);
  t.is(changes(root, ['before', 'before', 'changes']).code, 0);
  t.regex((await readFiles(join(root, 'changes')))['changes.md'] ?? '', /publishes the same addresses/);
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
    /^\S*error:\S* after cannot be trusted: cidrs\.txt is not what get wrote/m,
  ],
  [
    'a directory that no get wrote',
    (root) => rmSync(join(root, 'before/manifest.json')),
    undefined,
    /before holds no manifest\.json/,
  ],
  ['two arguments', () => undefined, ['before', 'after'], /changes takes three arguments, not 2: BEFORE/],
  ['a missing destination', () => undefined, ['before', 'after', 'x'], /the destination "x" cannot be used/],
];

for (const [title, spoil, args, pattern] of refusals) {
  test(`changes refuses ${title}, and writes nothing`, async (t) => {
    const root = await gets(t, ['10.0.0.0/24'], ['10.0.1.0/24']);
    spoil(root);
    const outcome = changes(root, args);
    t.is(outcome.code, 1);
    t.is(outcome.stdout, '');
    t.regex(outcome.stderr, pattern);
    t.notRegex(outcome.stderr, /a bug in this resource/);
    t.deepEqual(readdirSync(join(root, 'changes')), []);
  });
}

test('changes refuses gets of two selections: what differs is no change by AWS', async (t) => {
  const root = await gets(t, ['10.0.0.0/24'], ['10.0.1.0/24'], { ip_versions: [4, 6] });
  const outcome = changes(root);
  t.is(outcome.code, 1);
  t.regex(outcome.stderr, /BEFORE holds .* but AFTER holds .*; name directories of gets of one resource/);
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
