// exclude_services and aggregate against an oracle that looks at every address of a small window, one by one, and on documents
// that AWS published against Python's ipaddress.
import { execFileSync, spawnSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { bitsOf, type Cidr, type Family, parseCidr } from '../../src/addresses/cidr.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { derivationsOf } from '../../src/selection/keys.ts';
import { select } from '../../src/selection/select.ts';
import { collect, recordsOf, type Selection, selectionOf } from '../../src/selection/selection.ts';
import { corpusDocument, corpusTest, corpusTokens } from '../helpers/corpus.ts';
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

/** Addresses `[start, end)` of the window. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** A published entry. */
interface Entry extends Part {
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

/** The selection of AMAZON and S3, and the entries that it includes and excludes, each with its line. */
function selectFrom({ window, entries }: Published, keys: Readonly<Record<string, unknown>>) {
  // One entry for each name that the source has, outside of the window: an unknown name would be an error.
  const network = window.family === 4 ? '10.9.0.0/16' : '2a00::/16';
  const far = ['AMAZON eu-west-1', 'S3 eu-west-1', 'EC2 us-gov-west-1'].map((names) => `${network} ${names}`);
  const distinct = new Map(entries.map((item) => [lineOf(window, item), item]));
  const source = { services: ['AMAZON', 'S3'], regions: ['us-gov-west-1'], allow_empty: true };
  const criteria = criteriaOf({ ...source, ...keys });
  const here = [...distinct].filter(([, { region }]) => region === 'us-gov-west-1');
  const of = (services: readonly string[]) => here.filter(([, { service }]) => services.includes(service));
  return {
    criteria,
    selection: select(documentOf([...far, ...distinct.keys()]), criteria),
    included: of(criteria.services),
    holes: of(criteria.exclude_services).map(([, entry]) => entry),
  };
}

function lineOf({ family, address }: Published['window'], { start, end, service, region }: Entry): string {
  return `${address(start)}/${bitsOf[family] - Math.log2(end - start)} ${service} ${region}`;
}

/** Whether each address of the window is in one of the entries and in none of the excluded. */
function cover(included: readonly Part[], excluded: readonly Part[] = []): boolean[] {
  const isIn = (entries: readonly Part[], offset: number) =>
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
function partsOf(selection: Selection, { family, address }: Published['window']): Part[] {
  const offsets = new Map(Array.from({ length: windowSize }, (_, offset) => [address(offset), offset]));
  return selection.map(({ cidr }) => {
    const [first = '', length = ''] = cidr.text.split('/');
    const start = offsets.get(first) ?? Number.NaN;
    return { start, end: start + 2 ** (bitsOf[family] - Number(length)) };
  });
}

/** The CIDRs that name an entry as one that they come from. */
function comingFrom(selection: Selection, line: string): Selection {
  const text = JSON.stringify(prefix(line));
  return selection.filter(({ prefixes }) => prefixes.some((entry) => JSON.stringify(entry) === text));
}

/** Numeric order, no CIDR twice. */
function isInOrder(parts: readonly Part[]): boolean {
  return parts.every(({ start, end }, index) => {
    const next = parts[index + 1];
    return next === undefined || start < next.start || (start === next.start && end > next.end);
  });
}

const keys = fc.record({ exclude_services: fc.constantFrom([], ['EC2']), aggregate: fc.boolean() });

test('a selection has exactly the addresses that remain, as the fewest CIDRs of each entry or of all together', (t) => {
  fc.assert(
    fc.property(published, keys, (published, keys) => {
      const { criteria, selection, included, holes } = selectFrom(published, keys);
      const parts = partsOf(selection, published.window);
      const covered = cover(
        included.map(([, entry]) => entry),
        holes,
      );
      t.deepEqual(cover(parts), covered);
      t.true(isInOrder(parts));
      t.true(selection.every(({ prefixes }) => prefixes.length > 0));
      if (keys.aggregate) t.is(selection.length, fewest(covered));
      for (const [line, entry] of included) {
        const own = comingFrom(selection, line);
        if (keys.aggregate) {
          const isTouching = ({ start, end }: Part) => start < entry.end && entry.start < end;
          t.deepEqual(partsOf(own, published.window), parts.filter(isTouching), line);
        } else {
          const remaining = cover([entry], holes);
          t.deepEqual(cover(partsOf(own, published.window)), remaining, line);
          t.is(own.length, fewest(remaining), line);
        }
      }
      // prefixes.json gives back the selection that it was made of.
      const records = recordsOf(selection, derivationsOf(criteria).length > 0);
      t.deepEqual(selectionOf(JSON.parse(JSON.stringify(records))), selection);
    }),
    { numRuns: 600 },
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

/** For each case the fewest networks of what is in the first list and not in the second. */
const ipaddress = `
import ipaddress, json, sys
def spans(texts):
    return [(int(one[0]), int(one[-1])) for one in ipaddress.collapse_addresses(map(ipaddress.ip_network, texts))]
def fewest(family, included, excluded):
    address = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
    networks = lambda first, last: ipaddress.summarize_address_range(address(first), address(last))
    holes = spans(excluded)
    for first, last in spans(included):
        for start, end in holes:
            if first <= end and start <= last:
                if first < start:
                    yield from networks(first, start - 1)
                first = end + 1
        if first <= last:
            yield from networks(first, last)
print(json.dumps([[str(one) for one in ipaddress.collapse_addresses(fewest(*case))] for case in json.load(sys.stdin)]))`;

const realSources = [
  { services: ['S3'], exclude_services: [] },
  { services: ['AMAZON'], exclude_services: ['EC2'], regions: ['us-*', 'eu-west-1', 'GLOBAL'] },
  { services: ['AMAZON', 'CLOUDFRONT'], exclude_services: ['EC2', 'S3'], regions: ['us-gov-*'] },
];

const testWithPython = spawnSync('python3', ['--version']).error === undefined ? corpusTest : test.skip;

testWithPython(
  "of the oldest, a middle and the newest document the same CIDRs as Python's ipaddress",
  (t) => {
    const tokens = corpusTokens();
    const cases = [tokens[0], tokens[tokens.length >> 1], tokens.at(-1)].flatMap((token) => {
      const document = parseDocument(corpusDocument(token ?? ''));
      return realSources.flatMap((source) =>
        [4, 6].map((family) => {
          const texts = (more: Record<string, unknown>) =>
            select(
              document,
              criteriaOf({ ...source, ip_versions: [family], allow_empty: true, ...more }),
            ).map(({ cidr }) => cidr.text);
          const excluded = source.exclude_services.flatMap((service) =>
            texts({ services: [service], exclude_services: [] }),
          );
          return {
            input: [family, texts({ exclude_services: [] }), excluded],
            aggregated: texts({ aggregate: true }),
          };
        }),
      );
    });
    const input = JSON.stringify(cases.map((one) => one.input));
    t.deepEqual(
      JSON.parse(String(execFileSync('python3', ['-c', ipaddress], { input }))),
      cases.map(({ aggregated }) => aggregated),
    );
  },
);
