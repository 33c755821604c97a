// Which versions there are, and which of them check returns.
import test from 'ava';
import fc from 'fast-check';
import {
  heldList,
  holdsList,
  isFromFuture,
  nextVersion,
  parseVersion,
  splitList,
  type Version,
  versionsSince,
} from '../src/version.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

/** A version as JSON brings it, and as check would write it. */
function version(syncToken: string, list = 'a', cidrs?: readonly string[]): Version {
  const bare = { syncToken, createDate: '', digest: digest(list) };
  const parsed = parseVersion(cidrs === undefined ? bare : { ...bare, selection: 'S3', ...splitList(cidrs) });
  if (parsed === undefined) throw new Error(`${syncToken} is no version`);
  return parsed;
}

const cidr = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(
    ([address, length]) => `${[24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')}/${length}`,
  );

test('splitList() fills each member with as many CIDRs as 120 characters hold, and heldList() joins them', (t) => {
  fc.assert(
    fc.property(fc.array(cidr, { maxLength: 100 }), (cidrs) => {
      const members = Object.entries(splitList(cidrs));
      t.deepEqual(
        members.map(([name]) => name),
        members.map((_, index) => (index === 0 ? 'cidrs' : `cidrs_${index + 1}`)),
      );
      const texts = members.map(([, text]) => text);
      t.is(texts.join(' '), cidrs.join(' '));
      for (const [index, text] of texts.entries()) {
        t.true(text.length <= 120);
        const [next] = (texts[index + 1] ?? '').split(' ');
        if (next) t.true(`${text} ${next}`.length > 120, 'one more would have fitted');
      }
      const made = version('1', 'a', cidrs);
      t.true(holdsList(made) && heldList(made) === cidrs.join(' '));
    }),
  );
});

test('parseVersion() reads a version only in the members that check writes', (t) => {
  const cidrs = Array.from({ length: 20 }, (_, index) => `10.0.${index}.0/24`);
  const made: Readonly<Record<string, string>> = { ...version('1724938990', 'a', cidrs) };
  const list = splitList(cidrs);
  t.deepEqual(Object.keys(list), ['cidrs', 'cidrs_2', 'cidrs_3']);
  t.deepEqual(parseVersion(Object.fromEntries(Object.entries(made).reverse())), made);
  t.truthy(parseVersion(version('1', 'a', [])));
  const [first = '', ...others] = (list.cidrs ?? '').split(' ');
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(made).filter(([name]) => !names.includes(name)));
  const { cidrs_2: second = '' } = list;
  for (const [title, other] of Object.entries({
    'a gap': without('cidrs_2'),
    'an end that moved': { ...without('cidrs_3'), cidrs_4: list['cidrs_3'] },
    'no first member': without('cidrs'),
    'an empty member more': { ...made, cidrs_4: '' },
    'an empty member within': { ...made, cidrs_2: '', cidrs_4: list['cidrs_3'] },
    'a split elsewhere': { ...made, cidrs: first, cidrs_2: [...others, second].join(' ') },
    'one member for all': { ...without('cidrs_2', 'cidrs_3'), cidrs: cidrs.join(' ') },
    'a first member by another name': { ...without('cidrs'), cidrs_1: list.cidrs },
    'no words': without('selection'),
    'words alone': without('cidrs', 'cidrs_2', 'cidrs_3'),
    'an unknown member': { ...made, ref: 'x' },
    'a number': { ...made, cidrs_2: 7 },
    'a digest cut': { ...made, digest: digest('a').slice(0, -1) },
    'a token of zero': { ...made, syncToken: '0' },
    'a list': [made],
    nothing: null,
  })) {
    t.is(parseVersion(other), undefined, title);
  }
});

test('isFromFuture() takes a token up to a day ahead of the clock', (t) => {
  const now = 1_700_000_000_000;
  for (const [ahead, expected] of [
    [-1, false],
    [86_400, false],
    [86_401, true],
  ] as const) {
    t.is(isFromFuture(version(String(now / 1000 + ahead)).syncToken, now), expected);
  }
});

const old = version('100', 'a');
const held = version('100', 'a', ['10.0.0.0/8']);
const rows: [
  title: string,
  given: Version | undefined,
  published: Version,
  on: 'syncToken' | 'cidrs',
  answer: string,
][] = [
  ['without a given version, the published one', undefined, version('200'), 'syncToken', 'published'],
  ['the same token', old, version('100'), 'syncToken', 'given'],
  ['the same token, now with its list', old, version('100', 'a', ['10.0.0.0/8']), 'cidrs', 'given'],
  ['an older token, from an edge that is behind', held, version('99', 'b'), 'cidrs', 'given'],
  ['a newer token and a bare version', old, version('101', 'b'), 'cidrs', 'published'],
  ['a newer token, the same list, and a bare version', old, version('101'), 'syncToken', 'published'],
  ['a newer token and a held list', held, version('101', 'b'), 'syncToken', 'given, published'],
  ['a newer token and the same list', held, version('101'), 'syncToken', 'given, published'],
  ['a newer token and another list', held, version('101', 'b'), 'cidrs', 'given, published'],
  ['a newer token and the same list, which is held', held, version('101'), 'cidrs', 'given'],
  ['a newer token and the same list, which is not held', old, version('101'), 'cidrs', 'given'],
];

for (const [title, given, published, versionOn, answer] of rows) {
  test(`versionsSince() with version_on ${versionOn}: ${title}`, (t) => {
    const names = new Map([
      [published, 'published'],
      [given, 'given'],
    ]);
    const versions = versionsSince(given, published, versionOn);
    t.is(versions.map((one) => names.get(one)).join(', '), answer);
    t.is(nextVersion(given, published, versionOn), versions[versions.length - 1] ?? published);
  });
}
