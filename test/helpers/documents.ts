// Documents in AWS's form, made of real prefixes.
import type { Prefix } from '../../src/ip-ranges/document.ts';

export interface DocumentParts {
  readonly syncToken?: unknown;
  readonly createDate?: unknown;
  readonly prefixes?: unknown;
  readonly ipv6_prefixes?: unknown;
}

/** A document as AWS lays it out: two spaces, no newline at the end. */
export function renderDocument(parts: DocumentParts): string {
  const defaults = {
    syncToken: '1724938990',
    createDate: '2024-08-29-13-43-10',
    prefixes: [],
    ipv6_prefixes: [],
  };
  return JSON.stringify({ ...defaults, ...parts }, undefined, 2);
}

/** Entries of one service in one region. */
export function ipv4(service: string, region: string, ...cidrs: string[]): Prefix[] {
  return cidrs.map((ip_prefix) => ({ ip_prefix, region, service, network_border_group: region }));
}

/** The same for IPv6. */
export function ipv6(service: string, region: string, ...cidrs: string[]): Prefix[] {
  return cidrs.map((ipv6_prefix) => ({ ipv6_prefix, region, service, network_border_group: region }));
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

const others = {
  prefixes: [
    ...ipv4('AMAZON', 'us-gov-west-1', '108.175.56.0/22', '108.175.48.0/22', '52.94.248.224/28'),
    ...ipv4('S3', 'us-gov-east-1', '108.175.52.0/22', '108.175.60.0/22'),
    ...ipv4('EC2', 'us-gov-west-1', '15.200.0.0/16', '52.222.0.0/17'),
    ...ipv4('CLOUDFRONT', 'GLOBAL', '13.32.0.0/15'),
    ...ipv4('S3', 'us-west-2', '3.5.76.0/22', '52.92.128.0/17'),
  ],
  ipv6_prefixes: [
    ...ipv6('S3', 'us-gov-east-1', '2600:1fa0:5000::/40'),
    ...ipv6('CLOUDFRONT', 'GLOBAL', '2600:9000:3000::/36'),
  ],
};

/** A document whose S3 entries in us-gov-west-1 are these, among a few others that stay. */
export function documentWith(
  syncToken: string,
  cidrs: readonly string[] = incidentCidrs,
  ipv6Cidrs: readonly string[] = incidentIpv6Cidrs.toReversed(),
): string {
  const createDate = new Date(Number(syncToken) * 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-');
  return renderDocument({
    syncToken,
    createDate,
    prefixes: [
      ...others.prefixes.slice(0, 4),
      ...ipv4('S3', 'us-gov-west-1', ...cidrs),
      ...others.prefixes.slice(4),
    ],
    ipv6_prefixes: [...ipv6('S3', 'us-gov-west-1', ...ipv6Cidrs), ...others.ipv6_prefixes],
  });
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
