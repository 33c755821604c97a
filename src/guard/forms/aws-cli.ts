// What `aws ec2 describe-security-groups` and `aws ec2 get-managed-prefix-list-entries` print.
import { UserError } from '../../errors.ts';
import { awsTraffic, missingPrefixList } from '../aws-traffic.ts';
import type { Candidate, Candidates, JsonForm, RuleList } from '../form.ts';
import { isEmpty, isObject, items, member, type Place, text, where } from '../json-place.ts';
import { allow, allowAnything, parseDestination, type Rule } from '../rule.ts';

/** `aws ec2 describe-security-groups`; with --query also its list, or one group of it. */
export const awsSecurityGroups: JsonForm = {
  name: '`aws ec2 describe-security-groups`',
  recognises: (content) => isGroup(content) || isGroupList(content) || isListIn(content, 'SecurityGroups'),
  candidates: (place) => {
    if (isGroup(place.value)) return { all: [readGroup(place)] };
    return { all: groupsOf(place).map(readGroup) };
  },
};

/** `aws ec2 get-managed-prefix-list-entries`: entries without the name of their list. */
export const awsPrefixList: JsonForm = {
  name: '`aws ec2 get-managed-prefix-list-entries`',
  recognises: (content) => isListIn(content, 'Entries'),
  candidates: readEntries,
};

function readEntries(place: Place): Candidates {
  requireAllPages(place);
  const entries = member(place, 'Entries');
  const read = (): RuleList => ({
    rules: items(entries).map((entry) => allowCidr(member(entry, 'Cidr'))),
    isWithoutPorts: true,
  });
  return { all: [{ names: [], read }] };
}

function groupsOf(place: Place): Place[] {
  if (Array.isArray(place.value)) return items(place);
  requireAllPages(place);
  return items(member(place, 'SecurityGroups'));
}

function readGroup(group: Place): Candidate {
  const names = [member(group, 'GroupId'), member(group, 'GroupName')].filter((name) => !isEmpty(name));
  const permissions = member(group, 'IpPermissionsEgress');
  return {
    names: names.map(text),
    read: () => ({ rules: items(permissions).flatMap(readPermission) }),
  };
}

function readPermission(permission: Place): Rule[] {
  const traffic = awsTraffic(
    member(permission, 'IpProtocol'),
    member(permission, 'FromPort'),
    member(permission, 'ToPort'),
  );
  const cidrs = [
    ...optionalItems(member(permission, 'IpRanges')).map((range) => member(range, 'CidrIp')),
    ...optionalItems(member(permission, 'Ipv6Ranges')).map((range) => member(range, 'CidrIpv6')),
  ];
  const lists = optionalItems(member(permission, 'PrefixListIds')).map((list) =>
    member(list, 'PrefixListId'),
  );
  return [
    ...cidrs.map((cidr) => allow(parseDestination(text(cidr), where(cidr)), traffic)),
    ...lists.flatMap((list) => allowAnything(missingPrefixList(text(list), where(permission)), traffic)),
  ];
}

function allowCidr(cidr: Place): Rule {
  return allow(parseDestination(text(cidr), where(cidr)));
}

/** Throws a UserError when the output was cut, as --max-items and --no-paginate do. */
function requireAllPages(place: Place): void {
  const token = member(place, 'NextToken');
  if (isEmpty(token)) return;
  throw new UserError(
    `${where(token)} is there, so this is not the whole output; run the command without --max-items and --no-paginate`,
  );
}

function optionalItems(place: Place): Place[] {
  return isEmpty(place) ? [] : items(place);
}

function isGroup(content: unknown): boolean {
  return isObject(content) && 'IpPermissionsEgress' in content;
}

function isListIn(content: unknown, key: string): boolean {
  const list = isObject(content) ? content[key] : undefined;
  return Array.isArray(list) && (list.length === 0 || list.some(isObject));
}

function isGroupList(content: unknown): boolean {
  return Array.isArray(content) && content.some(isGroup);
}
