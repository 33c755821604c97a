// What `aws ec2 describe-security-groups` prints
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html).
import { missingPrefixList } from '../aws-traffic.ts';
import type { Candidate, JsonForm } from '../form.ts';
import { isObject, items, member, type Place, text, where } from '../json-place.ts';
import { requireKnown } from '../known-members.ts';
import { allow, allowAnything, parseDestination, type Rule } from '../rule.ts';
import {
  type Items,
  isOutput,
  namesOf,
  optionalItems,
  outputItems,
  outputTraffic,
  referencedGroup,
} from './aws-output.ts';

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
const permissionMembers = [
  'FromPort',
  'IpProtocol',
  'IpRanges',
  'Ipv6Ranges',
  'PrefixListIds',
  'ToPort',
  'UserIdGroupPairs',
];
const pairMembers = [
  'Description',
  'GroupId',
  'GroupName',
  'PeeringStatus',
  'UserId',
  'VpcId',
  'VpcPeeringConnectionId',
];

const groups: Items = { key: 'SecurityGroups', isItem: (content) => 'IpPermissionsEgress' in content };

/** The output; with --query also its list, or one group of it. */
export const awsSecurityGroups: JsonForm = {
  name: 'aws ec2 describe-security-groups',
  recognises: (content) => isOutput(content, groups),
  candidates: (place) => ({ all: outputItems(place, groups).map(readGroup) }),
};

/**
 * What --query leaves of the output: the permissions of one group, one of them, or a list of them for each group. Nothing
 * shows that they are those of egress: the query says so. One alone is no other rule than in the list: a group has no rule
 * that denies.
 */
export const awsPermissions: JsonForm = {
  name: 'the IpPermissionsEgress in it',
  recognises: (content) =>
    isPermission(content) ||
    (Array.isArray(content) && (content.some(isPermission) || content.some(isPermissionList))),
  candidates: (place) => {
    if (isPermission(place.value))
      return { all: [{ names: [], read: () => ({ rules: readPermission(place) }) }] };
    const lists = items(place);
    if (!lists.some(({ value }) => Array.isArray(value))) return { all: [permissionsCandidate(place, [])] };
    const isOnly = lists.length === 1;
    // Groups without names are called by their places.
    return { all: lists.map((list, index) => permissionsCandidate(list, isOnly ? [] : [`[${index}]`])) };
  },
};

function readGroup(group: Place): Candidate {
  requireKnown(group, groupMembers, 'a security group');
  return permissionsCandidate(member(group, 'IpPermissionsEgress'), namesOf(group, ['GroupId', 'GroupName']));
}

function permissionsCandidate(permissions: Place, names: readonly string[]): Candidate {
  return { names, read: () => ({ rules: items(permissions).flatMap(readPermission) }) };
}

function readPermission(permission: Place): Rule[] {
  requireKnown(permission, permissionMembers, 'a permission');
  const traffic = outputTraffic(
    member(permission, 'IpProtocol'),
    member(permission, 'FromPort'),
    member(permission, 'ToPort'),
  );
  const parts = (list: string, known: readonly string[], key: string) =>
    optionalItems(member(permission, list)).map((part) => {
      requireKnown(part, known, list);
      return member(part, key);
    });
  const cidrs = [
    ...parts('IpRanges', ['CidrIp', 'Description'], 'CidrIp'),
    ...parts('Ipv6Ranges', ['CidrIpv6', 'Description'], 'CidrIpv6'),
  ];
  const lists = parts('PrefixListIds', ['Description', 'PrefixListId'], 'PrefixListId');
  const groups = parts('UserIdGroupPairs', pairMembers, 'GroupId');
  return [
    ...cidrs.map((cidr) => allow(parseDestination(text(cidr), where(cidr)), traffic)),
    ...lists.flatMap((list) => allowAnything(missingPrefixList(text(list), where(permission)), traffic)),
    ...groups.flatMap((group) => allowAnything(referencedGroup(text(group), permission), traffic)),
  ];
}

function isPermission(content: unknown): boolean {
  return isObject(content) && 'IpProtocol' in content && !('IsEgress' in content);
}

function isPermissionList(content: unknown): boolean {
  return Array.isArray(content) && content.some(isPermission);
}
