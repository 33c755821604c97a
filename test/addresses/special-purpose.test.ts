import test from 'ava';
import { type Cidr, compareCidrs, parseNetwork } from '../../src/addresses/cidr.ts';
import { findSpecialPurpose } from '../../src/addresses/special-purpose.ts';

/** CIDRs, and what is said of them; nothing of those that everyone can reach. */
const cases: [cidr: string, purpose?: string][] = [
  ['0.0.0.0/0', 'this network, RFC 791'],
  ['1.0.0.0/8'],
  ['9.0.0.0/8'],
  ['10.1.2.0/24', 'private use, RFC 1918'],
  ['11.0.0.0/8'],
  ['52.94.248.224/28'],
  ['100.63.0.0/16'],
  ['100.64.0.0/10', 'shared address space, RFC 6598'],
  ['100.128.0.0/9'],
  ['172.15.0.0/16'],
  ['172.31.255.0/24', 'private use, RFC 1918'],
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890'],
  ['192.0.0.9/32'],
  ['192.0.0.10/32'],
  ['192.0.0.8/31', 'IETF protocol assignments, RFC 6890'],
  ['192.0.1.0/24'],
  ['192.31.196.0/24'],
  ['192.52.193.0/24'],
  ['198.17.255.255/32'],
  ['198.19.255.255/32', 'benchmarking, RFC 2544'],
  ['223.255.255.0/24'],
  ['239.0.0.0/8', 'multicast, RFC 5771'],
  ['252.0.0.0/10', 'reserved, RFC 1112'],
  ['255.255.255.255/32', 'reserved, RFC 1112'],
  ['::1/128', 'loopback, RFC 4291'],
  ['64:ff9b::/96'],
  ['64:ff9b:1::/48', 'IPv4-IPv6 translation, RFC 8215'],
  ['2001::/32'],
  ['2001:1::1/128'],
  ['2001:2::/48', 'IETF protocol assignments, RFC 2928'],
  ['2001:4:112::/48'],
  ['2001:4:113::/48', 'IETF protocol assignments, RFC 2928'],
  ['2001:20::/28'],
  ['2001:200::/23'],
  ['2001:db8:1::/48', 'documentation, RFC 3849'],
  ['2400:6500:0:9::1/128'],
  ['2600:1fa0:2000::/40'],
  ['2a05:d000::/25'],
  ['3fff:fff::/32', 'documentation, RFC 9637'],
  ['fc01::/32', 'unique local, RFC 4193'],
  ['fe80::/64', 'link local, RFC 4291'],
];

const cidrOf = (text: string) => parseNetwork(text) as Cidr;

for (const [text, purpose] of cases) {
  test(`findSpecialPurpose() says of ${text}: ${purpose ?? 'nothing'}`, (t) => {
    t.deepEqual(
      findSpecialPurpose([cidrOf(text)]).map((found) => found.purpose),
      purpose === undefined ? [] : [purpose],
    );
  });
}

test('findSpecialPurpose() finds in a list what it finds alone, nested CIDRs among it', (t) => {
  const list = cases.map(([text]) => cidrOf(text)).sort(compareCidrs);
  t.deepEqual(
    findSpecialPurpose(list),
    list.flatMap((cidr) => findSpecialPurpose([cidr])),
  );
  t.deepEqual(findSpecialPurpose([]), []);
});
