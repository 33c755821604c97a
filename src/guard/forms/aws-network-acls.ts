// What `aws ec2 describe-network-acls` prints
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html).
import { UserError } from '../../errors.ts';
import { statelessRemark } from '../aws-traffic.ts';
import type { JsonForm, RuleList } from '../form.ts';
import {
  integer,
  isEmpty,
  isObject,
  items,
  member,
  type Place,
  requireKnown,
  text,
  unexpected,
  where,
} from '../json-place.ts';
import { allowAt, type Direction, type Rule } from '../rule.ts';
import { findRepeated, isOfDirection, oneOf, outputForm, outputTraffic } from './aws-output.ts';

const aclMembers = ['Associations', 'Entries', 'IsDefault', 'NetworkAclId', 'OwnerId', 'Tags', 'VpcId'];
const entryMembers = [
  'CidrBlock',
  'Egress',
  'IcmpTypeCode',
  'Ipv6CidrBlock',
  'PortRange',
  'Protocol',
  'RuleAction',
  'RuleNumber',
];

const output = outputForm({
  command: 'describe-network-acls',
  key: 'NetworkAcls',
  isItem: (content) => 'NetworkAclId' in content && 'Entries' in content,
  candidates: (acls, direction) =>
    acls.map((acl) => {
      requireKnown(acl, aclMembers, 'a network ACL');
      const read = () => readEntries(member(acl, 'Entries'), direction);
      return { names: [text(member(acl, 'NetworkAclId'))], isOrdered: true, read };
    }),
});

/** The output; with --query also the entries of one ACL. */
export const awsNetworkAcls: JsonForm = {
  ...output,
  recognises: (content) => isEntry(content) || isEntries(content) || output.recognises(content),
  candidates: (place, direction) => {
    if (isEntries(place.value)) {
      return { all: [{ names: [], isOrdered: true, read: () => readEntries(place, direction) }] };
    }
    if (!isEntry(place.value)) return output.candidates(place, direction);
    // Unlike a rule of a security group, one entry says nothing without those before it.
    throw new UserError(
      `${where(place)} is one entry of a network ACL, and an entry with a lower number may deny what it allows; use all of them, ` +
        "such as --query 'NetworkAcls[0].Entries'",
    );
  },
};

function isEntries(content: unknown): boolean {
  return Array.isArray(content) && content.some(isEntry);
}

function isEntry(content: unknown): boolean {
  return isObject(content) && 'RuleNumber' in content;
}

/** The entries of the direction in the order of their numbers, in which the first one that matches decides. */
function readEntries(list: Place, direction: Direction): RuleList {
  const entries = items(list)
    .filter((entry) => {
      requireKnown(entry, entryMembers, 'an entry of a network ACL');
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
  const [, cidr] = oneOf(entry, ['CidrBlock', 'Ipv6CidrBlock'], 'an entry');
  const rule = allowAt(cidr, traffic);
  return { number: integer(place, 1, 32768), place, rule: { ...rule, action: action.value } };
}
