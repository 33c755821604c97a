// A typing mistake, a combination that exists nowhere, a list above its quota: errors that name the way out.
import test from 'ava';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { remarksOn, select } from '../../src/selection/select.ts';
import { criteriaOf, documentBytes, documentOf } from '../helpers/ip-ranges.ts';

const document = documentOf([
  '10.0.0.0/24 S3 us-gov-west-1',
  '10.0.1.0/24 S3 us-gov-west-1',
  '10.0.2.0/24 S3 us-east-1',
  '10.0.4.0/24 EC2 us-east-1 us-east-1-atl-1',
  '10.0.4.0/24 AMAZON us-east-1 us-east-1-atl-1',
  '2600:1f00::/24 CLOUDFRONT GLOBAL',
]);

function errorOf(source: Record<string, unknown>): string {
  try {
    select(document, criteriaOf(source));
  } catch (error) {
    if (error instanceof Error && error.name === 'UserError') return error.message;
    throw error;
  }
  return 'no error';
}

const wayOut = 'correct source, or set source.allow_empty: true if an empty list is what you want';

test('an unknown name is an error with the nearest known names', (t) => {
  t.is(
    errorOf({ regions: ['us-gov-west-1', 'us-esat-1'] }),
    'source.regions[1] is "us-esat-1", and AWS\'s document knows no such region; did you mean us-east-1?',
  );
  t.is(
    errorOf({ services: ['EC3'] }),
    'source.services[0] is "EC3", and AWS\'s document knows no such service; did you mean EC2?',
  );
  t.is(
    errorOf({ exclude_services: ['CLOUDFRNT'] }),
    'source.exclude_services[0] is "CLOUDFRNT", and AWS\'s document knows no such service; did you mean CLOUDFRONT?',
  );
  t.is(
    errorOf({ network_border_groups: ['us-east-1-at-1'] }),
    'source.network_border_groups[0] is "us-east-1-at-1", and AWS\'s document knows no such network border group; ' +
      'did you mean us-east-1-atl-1?',
  );
  t.is(
    errorOf({ regions: ['mars-*'] }),
    'source.regions[0] is "mars-*", and AWS\'s document knows no such region; the regions are GLOBAL, us-east-1, us-gov-west-1',
  );
});

test('a document without border groups has none that a glob means', (t) => {
  const old = parseDocument(
    documentBytes([{ ip_prefix: '10.0.0.0/24', region: 'us-gov-west-1', service: 'S3' }], '1580515990'),
  );
  t.throws(() => select(old, criteriaOf({ network_border_groups: ['*'] })), {
    message:
      'source.network_border_groups[0] is "*", and AWS\'s document knows no such network border group: ' +
      'it names no network border groups at all',
  });
  t.is(select(old, criteriaOf({})).length, 1);
});

test('an unknown name is an error even where the other keys match nothing, or allow_empty is set', (t) => {
  t.regex(
    errorOf({ services: ['EC2'], regions: ['us-gov-*', 'us-gvo-*'], allow_empty: true }),
    /^source\.regions\[1\]/,
  );
});

test('a service that is not in the region: which regions it is in, and which services are there', (t) => {
  t.is(
    errorOf({ services: ['ec2'], regions: ['us-gov-west-1'] }),
    "the selection is empty: AWS's document (syncToken 1724938990) lists no prefix for EC2, us-gov-west-1; " +
      `EC2 is in the region us-east-1; us-gov-west-1 has the service S3; ${wayOut}`,
  );
});

test('a border group that is not in the region: which regions and which border groups would match', (t) => {
  t.is(
    errorOf({ regions: ['us-gov-west-1'], network_border_groups: ['us-east-1'] }),
    "the selection is empty: AWS's document (syncToken 1724938990) lists no prefix for S3, us-gov-west-1, border group us-east-1; " +
      `S3 is in the region us-east-1; S3 is in the network border group us-gov-west-1; ${wayOut}`,
  );
});

test('a family that the service is not in, and a fault in several keys at once, are told too', (t) => {
  t.is(
    errorOf({ services: ['CLOUDFRONT'], regions: ['GLOBAL'], ip_versions: [4] }),
    "the selection is empty: AWS's document (syncToken 1724938990) lists no prefix for CLOUDFRONT, GLOBAL, IPv4; " +
      `there are only IPv6 prefixes; ${wayOut}`,
  );
  t.is(
    errorOf({
      services: ['CLOUDFRONT'],
      regions: ['us-east-1'],
      network_border_groups: ['us-east-1-*'],
      ip_versions: [4],
    }),
    "the selection is empty: AWS's document (syncToken 1724938990) lists no prefix for CLOUDFRONT, us-east-1, border group us-east-1-*, IPv4; " +
      `us-east-1 + us-east-1-* has the services AMAZON, EC2; ${wayOut}`,
  );
  t.is(
    errorOf({ services: ['EC2'], regions: ['us-gov-west-1'], network_border_groups: ['GLOBAL'] }),
    "the selection is empty: AWS's document (syncToken 1724938990) lists no prefix for EC2, us-gov-west-1, border group GLOBAL; " +
      `EC2 is in the region us-east-1; ${wayOut}`,
  );
});

test('a hint lists twelve names, and counts the rest', (t) => {
  const regions = Array.from({ length: 20 }, (_, index) => `eu-north-${String(index).padStart(2, '0')}`);
  const many = documentOf([
    '10.0.0.0/24 S3 us-gov-west-1',
    ...regions.map((region, index) => `10.1.${index}.0/24 EC2 ${region}`),
  ]);
  const error = t.throws(() => select(many, criteriaOf({ services: ['EC2'], regions: ['us-gov-west-1'] })));
  t.true(
    error.message.includes(`EC2 is in the regions ${regions.slice(0, 12).join(', ')}, and 8 more;`),
    error.message,
  );
});

test('a selection that exclude_services empties is an error, and not with allow_empty', (t) => {
  const source = { services: ['AMAZON'], exclude_services: ['EC2'], regions: ['us-east-1'] };
  t.is(
    errorOf(source),
    "the selection is empty: source.exclude_services takes away every address that AWS's document (syncToken 1724938990) lists " +
      'for AMAZON, us-east-1; correct source.exclude_services, or set source.allow_empty: true if an empty list is what you want',
  );
  t.deepEqual(select(document, criteriaOf({ ...source, allow_empty: true })), []);
});

test('a service in both lists is an error, in any case', (t) => {
  t.is(
    errorOf({ services: ['AMAZON', 'S3'], exclude_services: ['EC2', 's3'] }),
    'source.exclude_services[1] must be a service that source.services does not select, not "S3"; remove it from one of the two lists',
  );
});

test('max_cidrs counts what is written, and says how many there are with aggregate', (t) => {
  const source = { regions: ['us-*'], max_cidrs: 2 };
  t.is(
    errorOf(source),
    "source.max_cidrs is 2, but AWS's document (syncToken 1724938990) lists 3 CIDRs for S3, us-* (2 with source.aggregate: true; us-gov-west-1 2, us-east-1 1); " +
      'raise the quota behind it and source.max_cidrs, or select less',
  );
  t.is(errorOf({ ...source, max_cidrs: 3 }), 'no error');
  t.is(errorOf({ ...source, aggregate: true }), 'no error');
  t.is(
    errorOf({ ...source, aggregate: true, max_cidrs: 1 }),
    "source.max_cidrs is 1, but AWS's document (syncToken 1724938990) lists 2 CIDRs for S3, us-*, aggregated " +
      '(already the fewest, with source.aggregate: true; us-gov-west-1 1, us-east-1 1); raise the quota behind it and source.max_cidrs, or select less',
  );
});

test('max_cidrs counts each family by itself where it has a number for each', (t) => {
  const source = { services: ['S3', 'CLOUDFRONT'], regions: ['us-*', 'GLOBAL'] };
  const { length } = select(document, criteriaOf({ ...source, ip_versions: [4] }));
  t.is(errorOf({ ...source, max_cidrs: { ipv4: length } }), 'no error');
  t.is(errorOf({ ...source, max_cidrs: { ipv6: 1, ipv4: length } }), 'no error');
  t.regex(
    errorOf({ ...source, max_cidrs: { ipv4: length - 1, ipv6: 1 } }),
    new RegExp(
      `^source\\.max_cidrs\\.ipv4 is ${length - 1}, but .* lists ${length} IPv4 CIDRs for .* \\(\\d+ with source\\.aggregate: true; .*\\); ` +
        'raise the quota behind it and source\\.max_cidrs\\.ipv4, or select less$',
    ),
  );
  t.regex(errorOf({ ...source, max_cidrs: length }), /^source\.max_cidrs is \d+, but .* lists \d+ CIDRs for/);
});

test('an item that adds nothing to a selection is worth a note, one that does is not', (t) => {
  const remarks = (source: Record<string, unknown>) => {
    const criteria = criteriaOf(source);
    // Its CIDRs are private, which is another remark.
    return remarksOn(select(document, criteria), criteria).filter((remark) => remark.startsWith('source.'));
  };
  t.deepEqual(remarks({ services: ['s3', 'ec2'], regions: ['us-gov-west-1'] }), [
    'source.services[1], "EC2", adds nothing to the selection of EC2 + S3, us-gov-west-1',
  ]);
  t.deepEqual(
    remarks({
      services: ['EC2'],
      regions: ['us-gov-*', 'us-east-?'],
      network_border_groups: ['*-atl-1', 'GLOBAL'],
    }),
    [
      'source.regions[0], "us-gov-*", adds nothing to the selection of EC2, us-east-? + us-gov-*, border group *-atl-1 + GLOBAL',
      'source.network_border_groups[1], "GLOBAL", adds nothing to the selection of EC2, us-east-? + us-gov-*, border group *-atl-1 + GLOBAL',
    ],
  );
  t.deepEqual(remarks({ services: ['S3', 'EC2'], regions: ['us-east-1'] }), []);
  t.deepEqual(remarks({ services: ['EC2'], regions: ['us-gov-west-1'], allow_empty: true }), []);
});
