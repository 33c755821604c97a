// What EC2's rules have in common in its API and in Terraform: protocol and ports, and prefix lists.
import { plainName } from '../errors.ts';
import { integer, isEmpty, type Place, text, unexpected } from './json-place.ts';
import { anyTraffic, type Doubt, type RuleTraffic } from './rule.ts';

/** Names that EC2 and Terraform's provider use for protocols, by which ones of them mean the same here. */
const protocols: ReadonlyMap<string, string> = new Map([
  ['-1', 'all'],
  ['all', 'all'],
  ['1', 'icmp'],
  ['icmp', 'icmp'],
  ['6', 'tcp'],
  ['tcp', 'tcp'],
  ['17', 'udp'],
  ['udp', 'udp'],
  ['58', 'icmpv6'],
  ['icmpv6', 'icmpv6'],
  ['ipv6-icmp', 'icmpv6'],
  ['icmp6', 'icmpv6'],
  ['igmp', '2'],
  ['ipip', '94'],
  ['ospf', '89'],
  ['vrrp', '112'],
  ['ah', '51'],
  ['esp', '50'],
  ['gre', '47'],
  ['sctp', '132'],
]);

/**
 * The traffic of a permission (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html): ports
 * count for tcp and udp, and -1 stands for every protocol and port. Throws a UserError that names the place.
 */
export function awsTraffic(protocol: Place, fromPort: Place, toPort: Place): RuleTraffic {
  const name = readProtocol(protocol);
  if (name === 'all') return anyTraffic;
  if (name !== 'tcp' && name !== 'udp') return { protocol: name, ports: undefined };
  const first = integer(fromPort, 0, 65535);
  const last = integer(toPort, 0, 65535);
  if (first > last) throw unexpected(toPort, `a port that is not below ${first}, where the range starts,`);
  return { protocol: name, ports: [{ first, last }] };
}

function readProtocol(place: Place): string {
  const written = isEmpty(place) ? '' : text(place).toLowerCase();
  // EC2 and the provider read 006 as 6.
  const name = /^\d+$/.test(written) ? String(Number(written)) : written;
  const known = protocols.get(name) ?? (/^\d{1,3}$/.test(name) && Number(name) < 256 ? name : undefined);
  if (known === undefined) {
    throw unexpected(place, 'tcp, udp, icmp, icmpv6, a protocol number, or "-1" for all of them');
  }
  return known;
}

/** What keeps a rule possible that names a prefix list whose entries are not at hand. `place` is where the rule names it. */
export function missingPrefixList(id: string, place: string): Doubt {
  return {
    place,
    reason: `names the prefix list ${plainName(id)}, whose entries this file does not hold`,
    wayOut: `check them with aws ec2 get-managed-prefix-list-entries --prefix-list-id ${plainName(id)}`,
  };
}

/** What is said of every network ACL: it keeps no state, so the rules for what comes back decide as much. */
export const statelessRemark =
  'a network ACL keeps no state: the replies need rules of their own in the other direction, which are not judged here';
