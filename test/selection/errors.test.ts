// A typing mistake, a combination that exists nowhere, a list above its quota: errors that name the way out.
import test, { type ExecutionContext } from 'ava';
import { check } from '../../src/check.ts';
import { get } from '../../src/in.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { select } from '../../src/selection/select.ts';
import { inMemory } from '../helpers/in-memory.ts';
import { criteriaOf, documentBytes, documentOf } from '../helpers/ip-ranges.ts';

const document = documentOf([
  '52.92.0.0/24 S3 us-gov-west-1',
  '52.92.1.0/24 S3 us-gov-west-1',
  '52.92.2.0/24 S3 us-east-1',
  '52.92.4.0/24 EC2 us-east-1 us-east-1-atl-1',
  '52.92.4.0/24 AMAZON us-east-1 us-east-1-atl-1',
  '2600:1f00::/24 CLOUDFRONT GLOBAL',
]);

function errorOf(source: Record<string, unknown>, published = document): string {
  try {
    select(published, criteriaOf(source));
  } catch (error) {
    if (error instanceof Error && error.name === 'UserError') return error.message;
    throw error;
  }
  return 'no error';
}

const unknown = "and AWS's document knows no such";
const lists = "AWS's document (syncToken 1724938990) lists";
const nothing = `the selection is empty: ${lists} no prefix for`;
const wayOut = 'correct source, or set source.allow_empty: true if an empty list is what you want';

const mistakes: [what: string, source: Record<string, unknown>, error: string][] = [
  [
    'a region that is nearly a known one',
    { regions: ['us-gov-west-1', 'us-esat-1'] },
    `source.regions[1] is "us-esat-1", ${unknown} region; did you mean us-east-1?`,
  ],
  ['a service', { services: ['EC3'] }, `source.services[0] is "EC3", ${unknown} service; did you mean EC2?`],
  [
    'a service that is like none: what the services are, and that one of them holds all addresses',
    { services: ['NOTHING'] },
    `source.services[0] is "NOTHING", ${unknown} service: it names 4 services (AMAZON holds all addresses, also those of services that it does not name); the services are AMAZON, CLOUDFRONT, EC2, S3`,
  ],
  [
    'a part of the names of regions: the glob for them',
    { regions: ['gov'] },
    `source.regions[0] is "gov", ${unknown} region; did you mean *-gov-* (us-gov-west-1)?`,
  ],
  [
    'an excluded service',
    { exclude_services: ['CLOUDFRNT'] },
    `source.exclude_services[0] is "CLOUDFRNT", ${unknown} service; did you mean CLOUDFRONT?`,
  ],
  [
    'a border group',
    { network_border_groups: ['us-east-1-at-1'] },
    `source.network_border_groups[0] is "us-east-1-at-1", ${unknown} network border group; did you mean us-east-1-atl-1?`,
  ],
  [
    'a glob that means no region: what the regions are',
    { regions: ['mars-*'] },
    `source.regions[0] is "mars-*", ${unknown} region; the regions are GLOBAL, us-east-1, us-gov-west-1`,
  ],
  [
    'an unknown name where the other keys match nothing, and allow_empty is set',
    { services: ['EC2'], regions: ['us-gov-*', 'us-gvo-*'], allow_empty: true },
    `source.regions[1] is "us-gvo-*", ${unknown} region; the regions are GLOBAL, us-east-1, us-gov-west-1`,
  ],
  [
    'a service that is not in the region: which regions it is in, and which services are there',
    { services: ['ec2'], regions: ['us-gov-west-1'] },
    `${nothing} EC2, us-gov-west-1; EC2 is in the region us-east-1; us-gov-west-1 has the service S3; ${wayOut}`,
  ],
  [
    'a border group that is not in the region: which regions and which border groups would match',
    { regions: ['us-gov-west-1'], network_border_groups: ['us-east-1'] },
    `${nothing} S3, us-gov-west-1, border group us-east-1; S3 is in the region us-east-1; S3 is in the network border group us-gov-west-1; ${wayOut}`,
  ],
  [
    'a family that the service is not in',
    { services: ['CLOUDFRONT'], regions: ['GLOBAL'], ip_versions: [4] },
    `${nothing} CLOUDFRONT, GLOBAL, IPv4; there are only IPv6 prefixes; ${wayOut}`,
  ],
  [
    'a fault in several keys at once: what is in the places',
    {
      services: ['CLOUDFRONT'],
      regions: ['us-east-1'],
      network_border_groups: ['us-east-1-*'],
      ip_versions: [4],
    },
    `${nothing} CLOUDFRONT, us-east-1, border group us-east-1-*, IPv4; us-east-1 + us-east-1-* has the services AMAZON, EC2; ${wayOut}`,
  ],
  [
    'a selection that exclude_services empties',
    { services: ['AMAZON'], exclude_services: ['EC2'], regions: ['us-east-1'] },
    `the selection is empty: source.exclude_services takes away every address that ${lists} for AMAZON, us-east-1; ` +
      `${wayOut.replace('source', 'source.exclude_services')}`,
  ],
  [
    'a service in both lists, in any case',
    { services: ['AMAZON', 'S3'], exclude_services: ['EC2', 's3'] },
    'source.exclude_services[1] must be a service that source.services does not select, not "S3"; remove it from one of the two lists',
  ],
  [
    'more CIDRs than max_cidrs: how many there are, with aggregate and by region',
    { regions: ['us-*'], max_cidrs: 2 },
    `source.max_cidrs is 2, but ${lists} 3 CIDRs for S3, us-* (2 with source.aggregate: true; us-gov-west-1 2, us-east-1 1); ` +
      'raise the quota behind it and source.max_cidrs, or select less',
  ],
  [
    'more aggregated ones',
    { regions: ['us-*'], aggregate: true, max_cidrs: 1 },
    `source.max_cidrs is 1, but ${lists} 2 CIDRs for S3, us-*, aggregated ` +
      '(already the fewest, with source.aggregate: true; us-gov-west-1 1, us-east-1 1); raise the quota behind it and source.max_cidrs, or select less',
  ],
  [
    'more of a family than its number',
    { services: ['S3', 'CLOUDFRONT'], regions: ['us-*', 'GLOBAL'], max_cidrs: { ipv4: 2, ipv6: 1 } },
    `source.max_cidrs.ipv4 is 2, but ${lists} 3 IPv4 CIDRs for CLOUDFRONT + S3, GLOBAL + us-* (2 with source.aggregate: true; ` +
      'us-gov-west-1 2, us-east-1 1); raise the quota behind it and source.max_cidrs.ipv4, or select less',
  ],
  ['as many aggregated ones', { regions: ['us-*'], aggregate: true, max_cidrs: 2 }, 'no error'],
  ['as many of each family', { regions: ['us-*'], max_cidrs: { ipv4: 3, ipv6: 1 } }, 'no error'],
  [
    'nothing left, with allow_empty',
    { services: ['AMAZON'], exclude_services: ['EC2'], regions: ['us-east-1'], allow_empty: true },
    'no error',
  ],
];
for (const [what, source, error] of mistakes) test(what, (t) => t.is(errorOf(source), error));

test('a document without border groups has none that a glob means', (t) => {
  const entry = { ip_prefix: '10.0.0.0/24', region: 'us-gov-west-1', service: 'S3' };
  const old = parseDocument(documentBytes([entry], '1580515990'));
  t.is(
    errorOf({ network_border_groups: ['*'] }, old),
    `source.network_border_groups[0] is "*", ${unknown} network border group: it names no network border groups at all`,
  );
  t.is(errorOf({}, old), 'no error');
});

test('a hint lists twelve names, and counts the rest', (t) => {
  const regions = Array.from({ length: 20 }, (_, index) => `eu-north-${String(index).padStart(2, '0')}`);
  const lines = regions.map((region, index) => `10.1.${index}.0/24 EC2 ${region}`);
  const error = errorOf(
    { services: ['EC2'], regions: ['us-gov-west-1'] },
    documentOf(['52.92.0.0/24 S3 us-gov-west-1', ...lines]),
  );
  t.true(error.includes(`EC2 is in the regions ${regions.slice(0, 12).join(', ')}, and 8 more;`), error);
});

/** What check and in note of a source, where both are the same, and the metadata of the get. */
async function notesOf(t: ExecutionContext, source: Record<string, unknown>, published = document) {
  const checking = inMemory(published);
  const [version] = await check({ source }, checking.outside);
  const { outside, notes } = inMemory(published);
  const { metadata } = await get({ source, version, params: { document: true } }, () => undefined, outside);
  t.deepEqual(notes, checking.notes);
  return { notes, metadata };
}

test('check and in note an item that adds nothing to a selection', async (t) => {
  for (const [source, ...items] of [
    [
      { services: ['s3', 'ec2'], regions: ['us-gov-west-1'] },
      ['services[1], "EC2"', 'EC2 + S3, us-gov-west-1'],
    ],
    [
      {
        services: ['EC2'],
        regions: ['us-gov-*', 'us-east-?'],
        network_border_groups: ['*-atl-1', 'GLOBAL'],
      },
      ['regions[0], "us-gov-*"', 'EC2, us-east-? + us-gov-*, border group *-atl-1 + GLOBAL'],
      ['network_border_groups[1], "GLOBAL"', 'EC2, us-east-? + us-gov-*, border group *-atl-1 + GLOBAL'],
    ],
    [{ services: ['S3', 'EC2'], regions: ['us-east-1'] }],
    [{ services: ['EC2'], regions: ['us-gov-west-1'], allow_empty: true }],
  ] as const) {
    const expected = items.map(
      ([item, words]) => `source.${item}, adds nothing to the selection of ${words}`,
    );
    t.deepEqual((await notesOf(t, source)).notes, expected);
  }
});

test('what is not globally routable is noted by check and in, is a row of the metadata, and is selected', async (t) => {
  const nonsense = documentOf(['52.92.0.0/24 S3 us-gov-west-1', '252.0.0.0/10 S3 us-gov-west-1']);
  const { notes, metadata } = await notesOf(t, {}, nonsense);
  const reserved = '252.0.0.0/10 (reserved, RFC 1112)';
  t.deepEqual(notes, [`not globally routable, and selected all the same, as AWS publishes it: ${reserved}`]);
  const rowOf = (row: string) => metadata.find(({ name }) => name === row)?.value;
  t.is(rowOf('notGloballyRoutable'), reserved);
  t.is(rowOf('cidrs'), '52.92.0.0/24\n252.0.0.0/10');
});
