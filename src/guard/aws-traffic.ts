// What EC2's rules have in common in its API and in Terraform: protocol and ports, and prefix lists.
import { plainName } from '../errors.ts';
import { integer, isEmpty, type Place, text, unexpected } from './json-place.ts';
import { anyTraffic, type Doubt, type RuleTraffic } from './rule.ts';

/** The names that EC2 and Terraform's provider use for what is judged. */
const judgedProtocols: ReadonlyMap<string, string> = new Map([
  ['-1', 'all'],
  ['all', 'all'],
  ['6', 'tcp'],
  ['tcp', 'tcp'],
  ['17', 'udp'],
  ['udp', 'udp'],
]);

/** Names and numbers of other protocols: no rule for them is about what is judged. */
const otherProtocol =
  /^(icmp|icmpv6|ipv6-icmp|icmp6|igmp|ipip|ospf|vrrp|ah|esp|gre|sctp|1?\d{1,2}|2[0-4]\d|25[0-5])$/;

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
  const known = judgedProtocols.get(name) ?? otherProtocol.exec(name)?.[0];
  if (known !== undefined) return known;
  throw unexpected(place, 'tcp, udp, icmp, icmpv6, a protocol number, or "-1" for all of them');
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
