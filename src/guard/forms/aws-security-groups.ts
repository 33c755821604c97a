// What `aws ec2 describe-security-groups` prints
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html).
import { UserError } from '../../errors.ts';
import { missingPrefixList } from '../aws-traffic.ts';
import type { Candidate, JsonForm, RuleList } from '../form.ts';
import { isObject, items, member, type Place, requireKnown, text, where } from '../json-place.ts';
import { allowAnything, allowAt, collectRules, type Direction, type Rule } from '../rule.ts';
import {
  calledBy,
  type Items,
  isOutput,
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

const groups: Items = {
  key: 'SecurityGroups',
  isItem: (content) =>
    'IpPermissionsEgress' in content || ('GroupId' in content && 'IpPermissions' in content),
};

/** The output; with --query also its list, or one group of it. */
export const awsSecurityGroups: JsonForm = {
  name: 'aws ec2 describe-security-groups',
  recognises: (content) => isOutput(content, groups),
  candidates: (place, direction) => ({
    all: outputItems(place, groups).map((group) => readGroup(group, direction)),
  }),
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
  candidates: (place, direction) => {
    const lists = Array.isArray(place.value) ? items(place) : [];
    const isOne = !lists.some(({ value }) => Array.isArray(value));
    const groups = isOne ? [place] : lists;
    return {
      all: groups.map((group, index) => ({
        // Groups without names are called by their places.
        names: groups.length === 1 ? [] : [`[${index}]`],
        read: () => {
          const permissions = isPermission(group.value) ? [group] : items(group);
          requireOneGroup(permissions);
          return readPermissions(permissions, direction);
        },
      })),
    };
  },
};

function readGroup(group: Place, direction: Direction): Candidate {
  requireKnown(group, groupMembers, 'a security group');
  const permissions = member(group, direction === 'egress' ? 'IpPermissionsEgress' : 'IpPermissions');
  return {
    ...calledBy(group, 'GroupId', 'GroupName'),
    read: () => readPermissions(items(permissions), direction),
  };
}

function readPermissions(permissions: readonly Place[], direction: Direction): RuleList {
  const file = permissions[0]?.file ?? '';
  return { rules: collectRules(file, permissions, (permission) => readPermission(permission, direction)) };
}

/** EC2 prints each protocol and port range once for a group. Where one stands twice, --query joined several groups. */
function requireOneGroup(permissions: readonly Place[]): void {
  const seen = new Set<string>();
  for (const permission of permissions) {
    const key = ['IpProtocol', 'FromPort', 'ToPort']
      .map((name) => String(member(permission, name).value ?? -1).toLowerCase())
      .join();
    if (seen.has(key)) {
      throw new UserError(
        `${where(permission)} has a protocol and ports that stood before, as one security group never has them: --query joined ` +
          "the permissions of several groups; print those of one, such as --query 'SecurityGroups[0].IpPermissionsEgress'",
      );
    }
    seen.add(key);
  }
}

function readPermission(permission: Place, direction: Direction): Rule[] {
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
    ...cidrs.map((cidr) => allowAt(cidr, traffic)),
    ...lists.flatMap((list) => allowAnything(missingPrefixList(text(list), where(permission)), traffic)),
    ...groups.flatMap((group) => allowAnything(referencedGroup(text(group), permission, direction), traffic)),
  ];
}

function isPermission(content: unknown): boolean {
  return isObject(content) && 'IpProtocol' in content && !('IsEgress' in content);
}

function isPermissionList(content: unknown): boolean {
  return Array.isArray(content) && content.some(isPermission);
}
