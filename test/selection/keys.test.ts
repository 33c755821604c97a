// Every key of the source that selects, with all who must know it: the list, its description, manifest.json, and the
// guard, which reads the list back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import * as v from 'valibot';
import { type Choice, choiceEntries } from '../../src/config/criteria.ts';
import { parseInParams } from '../../src/config/params.ts';
import { parseSource } from '../../src/config/source.ts';
import { readRanges } from '../../src/guard/get-directory.ts';
import { renderFiles } from '../../src/outputs/render.ts';
import { versionOf } from '../../src/selection/held.ts';
import { describe, selectionRecord } from '../../src/selection/keys.ts';
import { globMatcher } from '../../src/selection/names.ts';
import { select } from '../../src/selection/select.ts';
import { documentOf } from '../helpers/ip-ranges.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Keys that select, each with a value that gives another list, of a part of an entry where it can, and how that is described. */
const selecting: Readonly<Record<string, { value: unknown; words: string }>> = {
  services: { value: ['EC2'], words: 'EC2, all regions' },
  regions: { value: ['us-east-1'], words: 'S3, us-east-1' },
  network_border_groups: {
    value: ['us-east-1-bos-1'],
    words: 'S3, all regions, border group us-east-1-bos-1',
  },
  ip_versions: { value: [6], words: 'S3, all regions, IPv6' },
  exclude_services: { value: ['EC2'], words: 'S3 without EC2, all regions' },
  aggregate: { value: true, words: 'S3, all regions, aggregated' },
};

const document = documentOf([
  '10.0.0.0/24 S3 us-east-1',
  '10.0.1.0/24 S3 us-east-1',
  '10.0.2.0/24 S3 us-east-1 us-east-1-bos-1',
  '10.0.4.0/24 S3 us-west-2',
  '10.0.4.0/25 EC2 us-west-2',
  '2600:1f00::/40 S3 us-east-1',
  '10.0.5.0/24 CLOUDFRONT GLOBAL',
]);

function get(source: Readonly<Record<string, unknown>>) {
  const parsed = parseSource(source);
  const selection = select(document, parsed);
  const version = versionOf(document, selection);
  const files = renderFiles(
    { version, document, selection, source: parsed },
    parseInParams({ document: true }),
  );
  const fileOf = (name: string) => files.find((file) => file.name === name)?.bytes.toString() ?? '';
  return {
    source: parsed,
    files,
    list: fileOf('cidrs.txt'),
    manifest: JSON.parse(fileOf('manifest.json')),
  };
}

const byDefault = get({});

test('manifest.json and the guard know the selecting keys, and no others', (t) => {
  t.deepEqual(Object.keys(selectionRecord(byDefault.source)).sort(), Object.keys(selecting).sort());
});

test('names of a source are in any case', (t) => {
  const sourceIn = (write: (name: string) => string) =>
    parseSource({
      services: [write('EC2')],
      exclude_services: [write('S3')],
      regions: [write('us-east-1'), write('GLOBAL')],
      network_border_groups: [write('us-east-1-bos-1')],
    });
  const asAws = sourceIn((name) => name);
  t.deepEqual(
    [sourceIn((name) => name.toLowerCase()), sourceIn((name) => name.toUpperCase())],
    [asAws, asAws],
  );
  t.deepEqual(asAws.regions, ['us-east-1', 'GLOBAL']);
});

for (const [key, { value, words }] of Object.entries(selecting)) {
  test(`source.${key}: in the list, its description and manifest.json, and from get to guard`, (t) => {
    const made = get({ [key]: value });
    t.not(made.list, byDefault.list);
    t.is(describe(made.source), words);
    t.deepEqual(made.manifest.selection[key], value);
    t.notDeepEqual(byDefault.manifest.selection[key], value);

    const directory = temporaryDirectory(t);
    for (const { name, bytes } of made.files) writeFileSync(join(directory, name), bytes);
    const { selection } = readRanges(directory, 'ranges', made.source, 2e12);
    t.is(selection.map(({ cidr }) => `${cidr.text}\n`).join(''), made.list);
    t.throws(() => readRanges(directory, 'ranges', byDefault.source, 2e12), {
      message: new RegExp(`^params\\.ranges: ranges is of another resource: ${key} is `),
    });
  });
}

/** What a character of a glob is in a regular expression, where that is something else. */
const inRegExp: Readonly<Record<string, string>> = { '*': '.*', '?': '.', '.': '\\.', '[': '\\[' };

test('globMatcher() agrees with a regular expression', (t) => {
  // Marks of regular expressions, mean themselves, and a character of two units is two.
  const character = fc.constantFrom('a', 'b', '-', '.', '[', '\u{1f600}', '*', '?');
  const texts = fc.array(character, { maxLength: 8 });
  let matches = 0;
  fc.assert(
    fc.property(texts, texts, (glob, text) => {
      const name = text.map((one) => ('*?'.includes(one) ? 'a' : one)).join('');
      const pattern = glob.map((one) => inRegExp[one] ?? one);
      const expected = new RegExp(`^${pattern.join('').replace(/(?:\.\*)+/g, '.*')}$`, 's').test(name);
      if (expected) matches++;
      return globMatcher(glob.join(''))(name) === expected;
    }),
    { numRuns: 5000 },
  );
  t.true(matches > 200, `only ${matches} names matched`);
});

test('an attack: a glob with many stars takes no longer than its length times that of the name', (t) => {
  // A regular expression would try more ways than there are atoms: this would not return.
  const matches = globMatcher(`${'*a'.repeat(60)}*b`);
  t.false(matches('a'.repeat(100_000)));
  t.true(matches(`${'a'.repeat(100_000)}b`));
});

// The words of a selection are in versions: other words for another selection, the same for the same.

// Names that look like parts of the words; no name has white space in it.
const name = fc.constantFrom(
  'A',
  'b',
  'B',
  '+',
  'all',
  'regions',
  'without',
  'border',
  'group',
  'IPv4',
  'IPv4,',
  'x,',
  ',',
  'aggregated',
  'us-*',
  'US-*',
  'global',
  'GLOBAL',
);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const choice: fc.Arbitrary<Choice> = fc.record({
  services: names,
  regions: fc.option(names, { nil: undefined }),
  network_border_groups: fc.option(names, { nil: undefined }),
  ip_versions: fc.constantFrom<Choice['ip_versions'][]>([4], [6], [4, 6]),
  exclude_services: fc.uniqueArray(name, { maxLength: 2 }),
  aggregate: fc.boolean(),
});

/** What a selection is, however it is written. */
function meaning(one: Choice): string {
  const upper = (items: readonly string[]) => [...new Set(items.map((item) => item.toUpperCase()))].sort();
  return JSON.stringify([
    upper(one.services),
    one.regions && upper(one.regions),
    one.network_border_groups && upper(one.network_border_groups),
    one.ip_versions,
    upper(one.exclude_services),
    one.aggregate,
  ]);
}

test('describe() has other words for another selection, and the same words for the same', (t) => {
  const meanings = new Map<string, string>();
  const words = new Map<string, string>();
  fc.assert(
    fc.property(choice, (one) => {
      const [text, means] = [describe(v.parse(v.object(choiceEntries), one)), meaning(one)];
      t.is(meanings.get(text) ?? means, means, text);
      t.is(words.get(means) ?? text, text);
      meanings.set(text, means);
      words.set(means, text);
    }),
    { numRuns: 20_000 },
  );
});
