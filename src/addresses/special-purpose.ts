// Addresses that are not globally reachable, by IANA's registries: rules for them can be right nowhere but in one's own network.
import { type AddressRange, subtractRanges } from './address-range.ts';
import { type Cidr, parseNetwork } from './cidr.ts';

/**
 * Blocks that the registries call not globally reachable, in numeric order, without those that lie in another of them:
 * https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry, as of 2025-10; and the multicast blocks of
 * https://www.iana.org/assignments/multicast-addresses and https://www.iana.org/assignments/ipv6-multicast-addresses,
 * which no connection has as its destination.
 */
const blocks: readonly (readonly [cidr: string, name: string, reachable?: readonly string[]])[] = [
  ['0.0.0.0/8', 'this network, RFC 791'],
  ['10.0.0.0/8', 'private use, RFC 1918'],
  ['100.64.0.0/10', 'shared address space, RFC 6598'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['169.254.0.0/16', 'link local, RFC 3927'],
  ['172.16.0.0/12', 'private use, RFC 1918'],
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890', ['192.0.0.9/32', '192.0.0.10/32']],
  ['192.0.2.0/24', 'documentation, RFC 5737'],
  ['192.168.0.0/16', 'private use, RFC 1918'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['198.51.100.0/24', 'documentation, RFC 5737'],
  ['203.0.113.0/24', 'documentation, RFC 5737'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['240.0.0.0/4', 'reserved, RFC 1112'],
  ['::/128', 'the unspecified address, RFC 4291'],
  ['::1/128', 'loopback, RFC 4291'],
  ['::ffff:0:0/96', 'IPv4-mapped, RFC 4291'],
  ['64:ff9b:1::/48', 'IPv4-IPv6 translation, RFC 8215'],
  ['100::/64', 'discard only, RFC 6666'],
  ['100:0:0:1::/64', 'dummy prefix, RFC 9780'],
  [
    '2001::/23',
    'IETF protocol assignments, RFC 2928',
    // Teredo and the first ORCHID have neither answer in the registry.
    [
      '2001::/32',
      '2001:1::1/128',
      '2001:1::2/128',
      '2001:1::3/128',
      '2001:3::/32',
      '2001:4:112::/48',
      '2001:10::/28',
      '2001:20::/28',
      '2001:30::/28',
    ],
  ],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['3fff::/20', 'documentation, RFC 9637'],
  ['5f00::/16', 'segment routing, RFC 9602'],
  ['fc00::/7', 'unique local, RFC 4193'],
  ['fe80::/10', 'link local, RFC 4291'],
  ['ff00::/8', 'multicast, RFC 4291'],
];

/** A CIDR with addresses that are not globally reachable, and what they are for. */
export interface SpecialPurpose {
  readonly cidr: Cidr;
  /** `reserved, RFC 1112` */
  readonly purpose: string;
}

interface SpecialRange extends AddressRange {
  readonly purpose: string;
}

let ranges: readonly SpecialRange[] | undefined;

/** The CIDRs of which some or all addresses are not globally reachable. `cidrs` must be in numeric order, IPv4 first. */
export function findSpecialPurpose(cidrs: readonly Cidr[]): SpecialPurpose[] {
  ranges ??= blocks.flatMap(rangesOf);
  const found: SpecialPurpose[] = [];
  let index = 0;
  for (const cidr of cidrs) {
    while (isBefore(ranges[index], cidr)) index++;
    const range = ranges[index];
    if (range !== undefined && range.family === cidr.family && range.first <= cidr.last) {
      found.push({ cidr, purpose: range.purpose });
    }
  }
  return found;
}

function rangesOf([block, purpose, reachable = []]: (typeof blocks)[number]): SpecialRange[] {
  return subtractRanges(networkOf(block), reachable.map(networkOf)).map((range) => ({ ...range, purpose }));
}

function networkOf(text: string): Cidr {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`${text} is no network`);
  return network;
}

/** Whether all of the range comes before the CIDR in numeric order; false when there is none. */
function isBefore(range: AddressRange | undefined, cidr: Cidr): boolean {
  if (range === undefined) return false;
  return range.family < cidr.family || (range.family === cidr.family && range.last < cidr.first);
}
