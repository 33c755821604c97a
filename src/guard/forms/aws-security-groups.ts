// What `aws ec2 describe-security-groups` and `aws ec2 describe-security-group-rules` print
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html, API_SecurityGroupRule.html).
import { plainName, UserError } from '../../errors.ts';
import { missingPrefixList } from '../aws-traffic.ts';
import { items, member, optionalItems, type Place, requireKnown, text, where } from '../json-place.ts';
import { allowAnything, allowAt, collectRules, type Direction, findRepeated, type Rule } from '../rule.ts';
import { calledBy, descriptive, isOfDirection, oneOf, outputForm, outputTraffic } from './aws-output.ts';

const groupMembers = [...descriptive, 'GroupId', 'GroupName', 'IpPermissions', 'IpPermissionsEgress'];
const trafficMembers = ['FromPort', 'IpProtocol', 'ToPort'];
const ruleDestinations = ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupInfo'];
const ruleMembers = [...descriptive, ...trafficMembers, ...ruleDestinations, 'GroupId', 'IsEgress'];

/** The lists of destinations in a permission: which member of an item is one, and what else an item may have. */
const destinationLists = {
  IpRanges: ['CidrIp', 'Description'],
  Ipv6Ranges: ['CidrIpv6', 'Description'],
  PrefixListIds: ['PrefixListId', 'Description'],
  UserIdGroupPairs: ['GroupId', 'GroupName', ...descriptive],
} as const;

/**
 * Groups by name or id. Nothing shows that bare permissions are those of the direction that is judged: the query says so.
 */
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
  bare: {
    isRule: (content) => 'IpProtocol' in content && !('IsEgress' in content),
    judge: (permissions, direction) => ({ read: () => readOneGroup(items(permissions), direction) }),
  },
});

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
    return [...groups].map(([id, group]) => ({
      names: [id],
      read: () => {
        const judged = group.filter((rule) => isOfDirection(member(rule, 'IsEgress'), direction));
        return { rules: judged.flatMap((rule) => readRule(rule, direction)) };
      },
    }));
  },
});

/** EC2 prints each protocol and port range once for a group. Where one stands twice, --query joined several groups. */
function readOneGroup(permissions: readonly Place[], direction: Direction): { rules: Rule[] } {
  const repeated = findRepeated(permissions, (permission) =>
    trafficMembers.map((name) => String(member(permission, name).value ?? -1).toLowerCase()).join(),
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
  requireKnown(permission, [...trafficMembers, ...Object.keys(destinationLists)], 'a permission');
  const allowTo = allowerOf(permission, direction);
  return Object.entries(destinationLists).flatMap(([list, members]) =>
    optionalItems(member(permission, list)).flatMap((item) => {
      requireKnown(item, members, list);
      return allowTo(members[0], member(item, members[0]));
    }),
  );
}

function readRule(rule: Place, direction: Direction): Rule[] {
  const allowTo = allowerOf(rule, direction);
  const [key, destination] = oneOf(rule, ruleDestinations, 'a rule');
  if (key !== 'ReferencedGroupInfo') return allowTo(key, destination);
  requireKnown(destination, [...descriptive, 'GroupId'], 'a referenced group');
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
