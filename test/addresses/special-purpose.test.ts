import test from 'ava';
import { type Cidr, parseNetwork } from '../../src/addresses/cidr.ts';
import { findSpecialPurpose } from '../../src/addresses/special-purpose.ts';

/** CIDRs, and what is said of them; nothing of those that a service can be at. */
const cases: [cidr: string, purpose?: string][] = [
  ['0.0.0.0/0', 'this network, RFC 791'],
  ['1.0.0.0/8'],
  ['9.0.0.0/8'],
  ['10.1.2.0/24', 'private use, RFC 1918'],
  ['11.0.0.0/8'],
  ['52.94.248.224/28'],
  ['100.63.0.0/16'],
  ['100.127.255.255/32', 'shared address space, RFC 6598'],
  ['100.128.0.0/9'],
  ['172.15.0.0/16'],
  ['172.31.255.0/24', 'private use, RFC 1918'],
  ['172.32.0.0/11'],
  ['223.255.255.0/24'],
  ['239.0.0.0/8', 'multicast, RFC 5771'],
  ['252.0.0.0/10', 'reserved, RFC 1112'],
  ['255.255.255.255/32', 'reserved, RFC 1112'],
  ['::1/128', 'reserved, RFC 4291'],
  ['64:ff9b::/96'],
  ['2001:db7::/32'],
  ['2001:db8:1::/48', 'documentation, RFC 3849'],
  ['2400:6500:0:9::1/128'],
  ['2600:1fa0:2000::/40'],
  ['fc01::/32', 'unique local, RFC 4193'],
  ['fe80::/64', 'link local, RFC 4291'],
  ['ff02::/16', 'multicast, RFC 4291'],
];

const cidrOf = (text: string) => parseNetwork(text) as Cidr;

test('findSpecialPurpose() finds what is private, reserved or multicast, and nothing else', (t) => {
  for (const [text, purpose] of cases) {
    t.is(findSpecialPurpose([cidrOf(text)])[0]?.purpose, purpose, text);
  }
  const all = cases.map(([text]) => cidrOf(text));
  t.is(findSpecialPurpose(all).length, cases.filter(([, purpose]) => purpose !== undefined).length);
});
