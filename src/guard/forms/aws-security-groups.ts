// What `aws ec2 describe-security-groups` and `aws ec2 describe-security-group-rules` print
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html, API_SecurityGroupRule.html).
import { plainName, UserError } from '../../errors.ts';
import { missingPrefixList } from '../aws-traffic.ts';
import type { Candidate, JsonForm } from '../form.ts';
import {
  isObject,
  items,
  member,
  optionalItems,
  type Place,
  requireKnown,
  text,
  where,
} from '../json-place.ts';
import { allowAnything, allowAt, collectRules, type Direction, type Rule } from '../rule.ts';
import { calledBy, findRepeated, isOfDirection, oneOf, outputForm, outputTraffic } from './aws-output.ts';

const groupMembers = [
  'Description',
  'GroupId',
  'GroupName',
  'IpPermissions',
  'IpPermissionsEgress',
  'OwnerId',
  'SecurityGroupArn',
  'Tags',
  'VpcId',
];
const ruleMembers = [
  'CidrIpv4',
  'CidrIpv6',
  'Description',
  'FromPort',
  'GroupId',
  'GroupOwnerId',
  'IpProtocol',
  'IsEgress',
  'PrefixListId',
  'ReferencedGroupInfo',
  'SecurityGroupRuleArn',
  'SecurityGroupRuleId',
  'Tags',
  'ToPort',
];
const referenceMembers = [
  'Description',
  'GroupId',
  'GroupName',
  'PeeringStatus',
  'UserId',
  'VpcId',
  'VpcPeeringConnectionId',
];

/** The lists of destinations in a permission: which member of an item is one, and what else an item may have. */
const destinationLists = {
  IpRanges: { key: 'CidrIp', others: ['Description'] },
  Ipv6Ranges: { key: 'CidrIpv6', others: ['Description'] },
  PrefixListIds: { key: 'PrefixListId', others: ['Description'] },
  UserIdGroupPairs: { key: 'GroupId', others: referenceMembers },
};
const permissionMembers = ['FromPort', 'IpProtocol', 'ToPort', ...Object.keys(destinationLists)];

/** Groups by name or id. */
export const awsSecurityGroups = outputForm({
  command: 'describe-security-groups',
  key: 'SecurityGroups',
  isItem: (content) =>
    'IpPermissionsEgress' in content || ('GroupId' in content && 'IpPermissions' in content),
  candidates: (groups, direction) =>
    groups.map((group) => {
      requireKnown(group, groupMembers, 'a security group');
      const permissions = member(group, direction === 'egress' ? 'IpPermissionsEgress' : 'IpPermissions');
      return {
        ...calledBy(group, 'GroupId', 'GroupName'),
        read: () => readPermissions(items(permissions), direction),
      };
    }),
});

/**
 * What --query leaves of the output: the permissions of one group, one of them, or a list of them for each group. Nothing
 * shows that they are those of egress: the query says so. One alone is no other rule than in the list: a group has no rule
 * that denies.
 */
export const awsPermissions: JsonForm = {
  name: 'the IpPermissionsEgress in it',
  recognises: (content) =>
    isPermission(content) || hasPermission(content) || listsOf(content).some(hasPermission),
  candidates: (place, direction) => {
    const groups = listsOf(place.value).length > 0 ? items(place) : [place];
    return {
      all: groups.map((group, index) => ({
        // Groups without names are called by their places.
        names: groups.length === 1 ? [] : [`[${index}]`],
        read: () => readOneGroup(isPermission(group.value) ? [group] : items(group), direction),
      })),
    };
  },
};

/** The rules of one group or several, whose ids are their names. */
export const awsSecurityGroupRules = outputForm({
  command: 'describe-security-group-rules',
  key: 'SecurityGroupRules',
  isItem: (content) => 'IsEgress' in content,
  candidates: (rules, direction) => {
    const groups = new Map<string, Place[]>();
    for (const rule of rules) {
      requireKnown(rule, ruleMembers, 'a security group rule');
      const id = text(member(rule, 'GroupId'));
      const group = groups.get(id) ?? [];
      groups.set(id, group);
      group.push(rule);
    }
    return [...groups].map(
      ([id, group]): Candidate => ({
        names: [id],
        read: () => {
          const judged = group.filter((rule) => isOfDirection(member(rule, 'IsEgress'), direction));
          return { rules: judged.flatMap((rule) => readRule(rule, direction)) };
        },
      }),
    );
  },
});

function isPermission(content: unknown): boolean {
  return isObject(content) && 'IpProtocol' in content && !('IsEgress' in content);
}

function hasPermission(content: unknown): boolean {
  return Array.isArray(content) && content.some(isPermission);
}

function listsOf(content: unknown): unknown[] {
  return Array.isArray(content) ? content.filter(Array.isArray) : [];
}

/** EC2 prints each protocol and port range once for a group. Where one stands twice, --query joined several groups. */
function readOneGroup(permissions: readonly Place[], direction: Direction): { rules: Rule[] } {
  const repeated = findRepeated(permissions, (permission) =>
    ['IpProtocol', 'FromPort', 'ToPort']
      .map((name) => String(member(permission, name).value ?? -1).toLowerCase())
      .join(),
  );
  if (repeated === undefined) return readPermissions(permissions, direction);
  throw new UserError(
    `${where(repeated)} has a protocol and ports that stood before, as one security group never has them: --query joined ` +
      "the permissions of several groups; print those of one, such as --query 'SecurityGroups[0].IpPermissionsEgress'",
  );
}

function readPermissions(permissions: readonly Place[], direction: Direction): { rules: Rule[] } {
  const file = permissions[0]?.file ?? '';
  return { rules: collectRules(file, permissions, (permission) => readPermission(permission, direction)) };
}

function readPermission(permission: Place, direction: Direction): Rule[] {
  requireKnown(permission, permissionMembers, 'a permission');
  const allowTo = allowerOf(permission, direction);
  return Object.entries(destinationLists).flatMap(([list, { key, others }]) =>
    optionalItems(member(permission, list)).flatMap((item) => {
      requireKnown(item, [key, ...others], list);
      return allowTo(key, member(item, key));
    }),
  );
}

function readRule(rule: Place, direction: Direction): Rule[] {
  const allowTo = allowerOf(rule, direction);
  const [key, destination] = oneOf(
    rule,
    ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupInfo'],
    'a rule',
  );
  if (key !== 'ReferencedGroupInfo') return allowTo(key, destination);
  requireKnown(destination, referenceMembers, 'a referenced group');
  return allowTo('GroupId', member(destination, 'GroupId'));
}

/**
 * What a permission or a rule allows to a destination, the member of a key: to a CIDR certainly. Which addresses a prefix
 * list or another group stands for this file does not hold.
 */
function allowerOf(rule: Place, direction: Direction): (key: string, destination: Place) => Rule[] {
  const traffic = outputTraffic(member(rule, 'IpProtocol'), member(rule, 'FromPort'), member(rule, 'ToPort'));
  const place = where(rule);
  return (key, destination) => {
    if (key === 'PrefixListId') return allowAnything(missingPrefixList(text(destination), place), traffic);
    if (key !== 'GroupId') return [allowAt(destination, traffic)];
    const way = direction === 'egress' ? 'to' : 'from';
    const group = plainName(text(destination));
    const reason = `allows traffic ${way} the members of the security group ${group}, whose addresses this file does not hold`;
    return allowAnything({ place, reason, wayOut: 'add rules for the CIDRs themselves' }, traffic);
  };
}
