// A small document: S3 in the us-gov regions as AWS published it on 2024-08-29, and one prefix of another service.
import { createHash } from 'node:crypto';

/** What `source` selects in these tests, in the order of cidrs.txt. */
export const cidrs = [
  '15.200.28.240/28',
  '15.200.176.128/28',
  '108.175.48.0/22',
  '108.175.56.0/22',
  '136.18.0.0/23',
];

/** Picks the five ranges above. */
export const selection = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] };

/** The version that `selection` has in the document of this token, without its list: `in` must ask for the document. */
export function versionOf(syncToken: string) {
  const lines = cidrs.map((cidr) => `${cidr}\n`).join('');
  const digest = `sha256:${createHash('sha256').update(lines).digest('hex')}`;
  return { syncToken, createDate: '2024-08-29-13-43-10', digest };
}

/** The same version as `check` answers with it: it holds the list. */
export function heldVersionOf(syncToken: string) {
  return { ...versionOf(syncToken), selection: 'S3, us-gov-west-1, IPv4', cidrs: cidrs.join(' ') };
}

/** The document with this token, as bytes. */
export function documentOf(syncToken: string): Buffer {
  const prefixes = [
    ...['108.175.56.0/22', '136.18.0.0/23', '108.175.48.0/22', '15.200.176.128/28', '15.200.28.240/28'].map(
      (cidr) => prefix(cidr, 'us-gov-west-1', 'S3'),
    ),
    prefix('108.175.52.0/22', 'us-gov-east-1', 'S3'),
    prefix('108.175.60.0/22', 'us-gov-east-1', 'S3'),
    prefix('52.94.9.0/24', 'us-gov-west-1', 'DYNAMODB'),
  ];
  const content = { syncToken, createDate: '2024-08-29-13-43-10', prefixes, ipv6_prefixes: [] };
  return Buffer.from(JSON.stringify(content, undefined, 2));
}

function prefix(cidr: string, region: string, service: string) {
  return { ip_prefix: cidr, region, service, network_border_group: region };
}
