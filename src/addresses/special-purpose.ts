// Addresses that no public service has: private, reserved, multicast. AWS has published some: 252.0.0.0/10 in 2020, fc01::/32
// in 2018.
import { type Cidr, parseNetwork } from './cidr.ts';

const blocks: readonly (readonly [cidr: string, purpose: string])[] = [
  ['0.0.0.0/8', 'this network, RFC 791'],
  ['10.0.0.0/8', 'private use, RFC 1918'],
  ['100.64.0.0/10', 'shared address space, RFC 6598'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['169.254.0.0/16', 'link local, RFC 3927'],
  ['172.16.0.0/12', 'private use, RFC 1918'],
  ['192.168.0.0/16', 'private use, RFC 1918'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['240.0.0.0/4', 'reserved, RFC 1112'],
  ['::/16', 'reserved, RFC 4291'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['fc00::/7', 'unique local, RFC 4193'],
  ['fe80::/10', 'link local, RFC 4291'],
  ['ff00::/8', 'multicast, RFC 4291'],
];

/** The CIDRs with such addresses in them, each with the first purpose: `252.0.0.0/10 (reserved, RFC 1112)`. */
export function findSpecialPurpose(cidrs: readonly Cidr[]): string[] {
  const ranges = blocks.map(([block, purpose]) => ({ block: parseNetwork(block), purpose }));
  return cidrs.flatMap((cidr) => {
    const found = ranges.find(
      ({ block }) => block?.family === cidr.family && block.first <= cidr.last && cidr.first <= block.last,
    );
    return found === undefined ? [] : [`${cidr.text} (${found.purpose})`];
  });
}
