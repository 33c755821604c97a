// exclude_services and aggregate against an oracle that looks at every address of a small window, one by one.
import test from 'ava';
import fc from 'fast-check';
import { bitsOf, type Cidr, type Family, parseCidr } from '../../src/addresses/cidr.ts';
import type { Prefix } from '../../src/ip-ranges/document.ts';
import { derivationsOf } from '../../src/selection/keys.ts';
import { select } from '../../src/selection/select.ts';
import { collect, recordsOf, type Selection, selectionOf } from '../../src/selection/selection.ts';
import { criteriaOf, documentOf, prefix } from '../helpers/ip-ranges.ts';

/** Windows of 64 addresses, each with a function that writes the address at an offset: at the edges of a family too. */
const windows: readonly { family: Family; address: (offset: number) => string }[] = [
  { family: 4, address: (offset) => `52.95.144.${offset}` },
  { family: 4, address: (offset) => `0.0.0.${offset}` },
  { family: 4, address: (offset) => `255.255.255.${192 + offset}` },
  { family: 6, address: (offset) => `2600:1f00::${offset === 0 ? '' : offset.toString(16)}` },
  { family: 6, address: (offset) => `ffff:ffff:ffff:ffff:ffff:ffff:ffff:${(0xffc0 + offset).toString(16)}` },
];
const windowSize = 64;

/** A published entry: addresses `[start, end)` of the window. */
interface Entry {
  readonly start: number;
  readonly end: number;
  readonly service: string;
  readonly region: string;
}

const entry: fc.Arbitrary<Entry> = fc
  .record({
    free: fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 4, 5, 6),
    seed: fc.nat(windowSize - 1),
    service: fc.constantFrom('AMAZON', 'S3', 'EC2', 'EC2', 'CLOUDFRONT'),
    region: fc.constantFrom('us-gov-west-1', 'us-gov-west-1', 'us-gov-west-1', 'us-east-1'),
  })
  .map(({ free, seed, ...names }) => {
    const start = seed - (seed % 2 ** free);
    return { start, end: start + 2 ** free, ...names };
  });
const published = fc.record({
  window: fc.constantFrom(...windows),
  entries: fc.array(entry, { minLength: 1, maxLength: 24 }),
});
type Published = typeof published extends fc.Arbitrary<infer T> ? T : never;

const source = {
  services: ['AMAZON', 'S3'],
  exclude_services: ['EC2'],
  regions: ['us-gov-west-1'],
  allow_empty: true,
};

/** The selection, and the entries that the source includes and excludes. */
function selectFrom({ window, entries }: Published, keys: Readonly<Record<string, unknown>>) {
  // One entry for each name that the source has, outside of the window: an unknown name would be an error.
  const known = ['10.9.0.0/16 AMAZON eu-west-1', '10.9.0.0/16 S3 eu-west-1', '10.9.0.0/16 EC2 us-gov-west-1'];
  const far = window.family === 4 ? known : known.map((line) => line.replace('10.9.0.0/16', '2a00::/16'));
  const distinct = new Map(entries.map((item) => [lineOf(window, item), item]));
  const document = documentOf([...far, ...distinct.keys()]);
  const criteria = criteriaOf({ ...source, ...keys });
  const here = [...distinct].filter(([, { region }]) => region === 'us-gov-west-1');
  return {
    criteria,
    selection: select(document, criteria),
    included: here.filter(([, { service }]) => source.services.includes(service)),
    excluded: here.filter(([, { service }]) => criteria.exclude_services.includes(service)),
  };
}

function lineOf({ family, address }: Published['window'], { start, end, service, region }: Entry): string {
  return `${address(start)}/${bitsOf[family] - Math.log2(end - start)} ${service} ${region}`;
}

/** Whether each address of the window is in one of the entries and in none of the excluded. */
function cover(included: readonly Entry[], excluded: readonly Entry[] = []): boolean[] {
  const isIn = (entries: readonly Entry[], offset: number) =>
    entries.some(({ start, end }) => start <= offset && offset < end);
  return Array.from({ length: windowSize }, (_, offset) => isIn(included, offset) && !isIn(excluded, offset));
}

/** The number of the fewest CIDRs for a part of the window: one if it is all covered, else those of its halves. */
function fewest(covered: readonly boolean[]): number {
  if (!covered.includes(false)) return 1;
  if (!covered.includes(true)) return 0;
  const half = covered.length / 2;
  return fewest(covered.slice(0, half)) + fewest(covered.slice(half));
}

/** The addresses of a selection's CIDRs as parts of the window, read from their texts. */
function partsOf(selection: Selection, { family, address }: Published['window']): Entry[] {
  const offsets = new Map(Array.from({ length: windowSize }, (_, offset) => [address(offset), offset]));
  return selection.map(({ cidr }) => {
    const [first = '', length = ''] = cidr.text.split('/');
    const start = offsets.get(first) ?? Number.NaN;
    return { start, end: start + 2 ** (bitsOf[family] - Number(length)), service: '', region: '' };
  });
}

/** The CIDRs that name an entry as one that they come from. */
function comingFrom(selection: Selection, line: string): Selection {
  const text = JSON.stringify(prefix(line));
  return selection.filter(({ prefixes }) => prefixes.some((entry) => JSON.stringify(entry) === text));
}

function isInOrder(parts: readonly Entry[]): boolean {
  return parts.every(({ start, end }, index) => {
    const next = parts[index + 1];
    return next === undefined || start < next.start || (start === next.start && end > next.end);
  });
}

test('exclude_services leaves exactly the other addresses, as the fewest CIDRs of each entry that they come from', (t) => {
  fc.assert(
    fc.property(published, (published) => {
      const { selection, included, excluded } = selectFrom(published, {});
      const holes = excluded.map(([, entry]) => entry);
      const parts = partsOf(selection, published.window);
      t.deepEqual(
        cover(parts),
        cover(
          included.map(([, entry]) => entry),
          holes,
        ),
      );
      t.true(isInOrder(parts), 'numeric order, no CIDR twice');
      for (const [line, entry] of included) {
        const remaining = cover([entry], holes);
        const own = comingFrom(selection, line);
        t.deepEqual(cover(partsOf(own, published.window)), remaining, line);
        t.is(own.length, fewest(remaining), line);
      }
      t.true(selection.every(({ prefixes }) => prefixes.length > 0));
    }),
    { numRuns: 300 },
  );
});

test('aggregate gives the fewest CIDRs for exactly the same addresses, each with all entries in it', (t) => {
  fc.assert(
    fc.property(published, (published) => {
      const { selection, included } = selectFrom(published, { exclude_services: undefined, aggregate: true });
      const parts = partsOf(selection, published.window);
      const covered = cover(included.map(([, entry]) => entry));
      t.deepEqual(cover(parts), covered);
      t.is(selection.length, fewest(covered));
      t.true(isInOrder(parts));
      requireEntriesWithin(selection, parts, included);
    }),
    { numRuns: 300 },
  );

  /** An entry belongs to the one CIDR that it lies in. */
  function requireEntriesWithin(
    selection: Selection,
    parts: readonly Entry[],
    included: readonly (readonly [string, Entry])[],
  ) {
    for (const [line, { start, end }] of included) {
      const around = selection.filter((_, index) => {
        const part = parts[index];
        return part !== undefined && part.start <= start && end <= part.end;
      });
      t.is(around.length, 1, line);
      t.deepEqual(comingFrom(selection, line), around, line);
    }
  }
});

test('both together give the fewest CIDRs for what remains, each with the entries that it has addresses of', (t) => {
  fc.assert(
    fc.property(published, (published) => {
      const { selection, included, excluded } = selectFrom(published, { aggregate: true });
      const holes = excluded.map(([, entry]) => entry);
      const parts = partsOf(selection, published.window);
      const covered = cover(
        included.map(([, entry]) => entry),
        holes,
      );
      t.deepEqual(cover(parts), covered);
      t.is(selection.length, fewest(covered));
      for (const [line, { start, end }] of included) {
        const touching = selection.filter((_, index) => {
          const part = parts[index];
          return part !== undefined && part.start < end && start < part.end;
        });
        t.deepEqual(comingFrom(selection, line), touching, line);
      }
    }),
    { numRuns: 300 },
  );
});

test('prefixes.json gives back the selection that it was made of', (t) => {
  const keys = fc.constantFrom<Record<string, unknown>>(
    {},
    { aggregate: true },
    { exclude_services: undefined },
    { exclude_services: undefined, aggregate: true },
  );
  fc.assert(
    fc.property(published, keys, (published, keys) => {
      const { selection, criteria } = selectFrom(published, keys);
      const records = JSON.parse(
        JSON.stringify(recordsOf(selection, derivationsOf(criteria).length > 0)),
      ) as Prefix[];
      t.deepEqual(selectionOf(records), selection);
    }),
    { numRuns: 200 },
  );
});

test('an entry of prefixes.json is as AWS published it, with its CIDR only where that can differ', (t) => {
  const lines = [
    '10.0.0.0/24 S3 us-gov-west-1',
    '10.0.1.0/24 AMAZON us-gov-west-1',
    '10.0.1.128/25 EC2 us-gov-west-1',
  ];
  const records = (keys: Record<string, unknown>) => {
    const criteria = criteriaOf({ services: ['S3', 'AMAZON'], ...keys });
    return recordsOf(select(documentOf(lines), criteria), derivationsOf(criteria).length > 0);
  };
  const [s3, amazon] = lines.map(prefix);
  t.deepEqual(records({}), [s3, amazon]);
  t.deepEqual(records({ aggregate: true }), [
    { cidr: '10.0.0.0/23', ...s3 },
    { cidr: '10.0.0.0/23', ...amazon },
  ]);
  t.deepEqual(records({ exclude_services: ['EC2'] }), [
    { cidr: '10.0.0.0/24', ...s3 },
    { cidr: '10.0.1.0/25', ...amazon },
  ]);
});

test('only what is excluded in the same regions, border groups and families is subtracted', (t) => {
  const lines = [
    '10.0.0.0/24 AMAZON us-east-1',
    '10.0.0.0/26 EC2 us-east-1 us-east-1-atl-1',
    '10.0.0.64/26 EC2 us-west-2',
    '10.0.0.128/26 EC2 us-east-1',
    '2600:1f00::/24 EC2 us-east-1',
  ];
  const texts = (keys: Record<string, unknown>) =>
    select(documentOf(lines), criteriaOf({ services: ['AMAZON'], exclude_services: ['ec2'], ...keys })).map(
      ({ cidr }) => cidr.text,
    );
  t.deepEqual(texts({}), ['10.0.0.192/26']);
  t.deepEqual(texts({ regions: ['us-east-1'] }), ['10.0.0.64/26', '10.0.0.192/26']);
  t.deepEqual(texts({ network_border_groups: ['us-east-1'] }), ['10.0.0.0/25', '10.0.0.192/26']);
});

test('collect() takes a CIDR that comes from more entries than a call takes arguments', (t) => {
  const entry = prefix('10.0.0.0/24 S3 us-east-1');
  const many = Array.from({ length: 500_000 }, () => entry);
  const cidr = parseCidr('10.0.0.0/24', 4) as Cidr;
  const [only, ...others] = collect([
    [cidr, many],
    [cidr, many],
  ]);
  t.is(only?.prefixes.length, 1_000_000);
  t.deepEqual(others, []);
});
