// What `aws ec2 describe-network-acls` prints
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html).
import { statelessRemark } from '../aws-traffic.ts';
import type { Candidate, RuleList } from '../form.ts';
import {
  integer,
  isEmpty,
  items,
  member,
  type Place,
  requireKnown,
  text,
  unexpected,
} from '../json-place.ts';
import { allowAt, type Direction, findRepeated, type Rule } from '../rule.ts';
import { descriptive, isOfDirection, oneOf, outputForm, outputTraffic } from './aws-output.ts';

const aclMembers = [...descriptive, 'Associations', 'Entries', 'IsDefault', 'NetworkAclId'];
const destinations = ['CidrBlock', 'Ipv6CidrBlock'];
const decisive = ['Egress', 'IcmpTypeCode', 'PortRange', 'Protocol', 'RuleAction', 'RuleNumber'];

/** ACLs by id. */
export const awsNetworkAcls = outputForm({
  command: 'describe-network-acls',
  key: 'NetworkAcls',
  isItem: (content) => 'NetworkAclId' in content && 'Entries' in content,
  candidates: (acls, direction) =>
    acls.map((acl) => {
      requireKnown(acl, aclMembers, 'a network ACL');
      return { names: [text(member(acl, 'NetworkAclId'))], ...judge(member(acl, 'Entries'), direction) };
    }),
  bare: { isRule: (content) => 'RuleNumber' in content, judge },
});

function judge(entries: Place, direction: Direction): Omit<Candidate, 'names'> {
  return { isOrdered: true, read: () => readEntries(entries, direction) };
}

/** The entries of the direction in the order of their numbers, in which the first one that matches decides. */
function readEntries(list: Place, direction: Direction): RuleList {
  const entries = items(list)
    .filter((entry) => {
      requireKnown(entry, [...destinations, ...decisive], 'an entry of a network ACL');
      return isOfDirection(member(entry, 'Egress'), direction);
    })
    .map(readEntry);
  const repeated = findRepeated(entries, ({ number }) => number);
  if (repeated !== undefined) {
    throw unexpected(repeated.place, `a number that no other ${direction} entry has`);
  }
  const rules = entries.toSorted((a, b) => a.number - b.number).map(({ rule }) => rule);
  return { rules, remarks: [statelessRemark] };
}

function readEntry(entry: Place): { readonly number: number; readonly place: Place; readonly rule: Rule } {
  const place = member(entry, 'RuleNumber');
  const ports = member(entry, 'PortRange');
  const port = (key: string) => (isEmpty(ports) ? ports : member(ports, key));
  if (!isEmpty(ports)) requireKnown(ports, ['From', 'To'], 'a port range');
  const traffic = outputTraffic(member(entry, 'Protocol'), port('From'), port('To'));
  const action = member(entry, 'RuleAction');
  if (action.value !== 'allow' && action.value !== 'deny') throw unexpected(action, '"allow" or "deny"');
  const [, cidr] = oneOf(entry, destinations, 'an entry');
  const rule = allowAt(cidr, traffic);
  return { number: integer(place, 1, 32768), place, rule: { ...rule, action: action.value } };
}
