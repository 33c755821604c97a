// Documents in AWS's form, made of real prefixes.
import type { Prefix } from '../../src/ip-ranges/document.ts';
import { documentBytes, prefix } from './ip-ranges.ts';

/** A document that lists nothing, but for these members. */
export function renderDocument(members: object): string {
  return JSON.stringify({ ...JSON.parse(documentBytes([]).toString()), ...members });
}

/** Entries of one service in one region. */
export function entriesOf(service: string, region: string, ...cidrs: string[]): Prefix[] {
  return cidrs.map((cidr) => prefix(`${cidr} ${service} ${region}`));
}

/** S3 in us-gov-west-1 on 2024-08-29, in the document's order: the five ranges of the incident. */
export const incidentCidrs = [
  '108.175.56.0/22',
  '136.18.0.0/23',
  '108.175.48.0/22',
  '15.200.176.128/28',
  '15.200.28.240/28',
];

/** The same in numeric order. */
export const incidentCidrsInOrder = [
  '15.200.28.240/28',
  '15.200.176.128/28',
  '108.175.48.0/22',
  '108.175.56.0/22',
  '136.18.0.0/23',
];

/** Its IPv6 ranges, in numeric order. */
export const incidentIpv6Cidrs = [
  '2600:1f68:2000::/40',
  '2600:1fa0:2000::/40',
  '2600:1ff0:2000::/40',
  '2600:1ff8:2000::/40',
  '2600:1ff9:2000::/40',
  '2600:1ffa:2000::/40',
];

/** A document whose S3 entries in us-gov-west-1 are these, among a few others that stay. */
export function documentWith(
  syncToken: string,
  cidrs: readonly string[] = incidentCidrs,
  ipv6Cidrs: readonly string[] = incidentIpv6Cidrs.toReversed(),
): string {
  const entries = [
    ...entriesOf('AMAZON', 'us-gov-west-1', '108.175.56.0/22', '108.175.48.0/22', '52.94.248.224/28'),
    ...entriesOf('S3', 'us-gov-east-1', '108.175.52.0/22'),
    ...entriesOf('S3', 'us-gov-west-1', ...cidrs, ...ipv6Cidrs),
    ...entriesOf('S3', 'us-gov-east-1', '108.175.60.0/22', '2600:1fa0:5000::/40'),
    ...entriesOf('EC2', 'us-gov-west-1', '15.200.0.0/16', '52.222.0.0/17'),
    ...entriesOf('CLOUDFRONT', 'GLOBAL', '13.32.0.0/15', '2600:9000:3000::/36'),
    ...entriesOf('S3', 'us-west-2', '3.5.76.0/22', '52.92.128.0/17'),
  ];
  return documentBytes(entries, syncToken).toString();
}

/** The document of the incident. */
export const incident = documentWith('1724938990');

/** Its version without the list, as `hold_cidrs: 0` makes it for `s3Source`. */
export const incidentVersion = {
  syncToken: '1724938990',
  createDate: '2024-08-29-13-43-10',
  digest: 'sha256:6ea8a9a9954cb125151ef9b5adbaaef1d088d8f5a0cf950a9879894eccc09489',
};

/** The source of an operator who needs S3 in us-gov-west-1. */
export function s3Source(url: string, more: object = {}): object {
  return { regions: ['us-gov-west-1'], url, ...more };
}
