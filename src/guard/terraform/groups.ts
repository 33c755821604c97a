// Puts together what Terraform spreads over resources: a group, and the rules that are resources of their own.
import { UserError } from '../../errors.ts';
import { member, textOrNull, where } from '../json-place.ts';
import { isConfigured, referenced, references } from './configuration.ts';
import type { GroupType, MemberType, NumberedRule, PrefixListRules } from './group-type.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** Rules that take effect together. */
export interface Group {
  /** What it may be called, its address first. */
  readonly names: readonly string[];
  /** The resource itself, where the file has it. */
  readonly resource: Resource | undefined;
  readonly members: readonly Resource[];
}

/**
 * The groups of one type. A rule resource belongs to the group that it names by its id, or, while that is unknown, by
 * referring to the id of a resource in the same module and to nothing else. Where neither tells the group, the
 * instances of one block make one, provided that the block names the same one for all of them (no `each` or `count` in
 * the expression), and otherwise every instance does: what belongs together is never guessed. The address of a rule
 * resource is a name of its group.
 */
export function groupsOf(file: TerraformFile, type: GroupType): Group[] {
  const owners = file.resources.filter((resource) => resource.type === type.type);
  const groups = new Map<string, { resource?: Resource; names: string[]; members: Resource[] }>();
  for (const owner of owners) {
    const { address, block, values } = owner;
    const names = [address, block, idOf(owner) ?? '', String(member(values, 'name').value ?? '')];
    groups.set(address, { resource: owner, names, members: [] });
  }
  for (const resource of membersIn(file.resources, type)) {
    const key = groupKey(file, resource, linkOf(type, resource), owners);
    const group = groups.get(key) ?? { names: [key], members: [] };
    group.names.push(resource.address, resource.block);
    group.members.push(resource);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ resource, names, members }) => ({
    resource,
    names: [...new Set(names)].filter((name) => name !== ''),
    members,
  }));
}

/**
 * The rules of a group in the order in which they decide. Throws a UserError that tells
 * the place of whatever is unknown until apply or has another shape than the provider gives it.
 */
export function groupRules(
  file: TerraformFile,
  type: GroupType,
  group: Group,
  lists: PrefixListRules,
): NumberedRule[] {
  const { resource, members } = group;
  const rules = members.flatMap((item) => memberType(type, item).read(item, lists));
  if (resource === undefined) return inOrder(rules);
  if (isConfigured(file, resource, type.own)) return inOrder([...rules, ...type.readOwn(resource, lists)]);
  requireKnownMembers(file, type, resource);
  const before = membersBefore(file, type, resource);
  if (members.length + before.length === 0) return inOrder(type.readOwn(resource, lists));

  // The provider mirrors into the attribute whatever rules the group had at the last refresh, those of rule resources
  // included, and also those that are gone since. So nothing that it allows is believed; what it denies is, unless
  // it mirrors a rule resource.
  const mirrored = isUnknown(resource, type.own) ? [] : type.readOwn(resource, lists);
  const numbers = new Set([...rules, ...before].map(({ number }) => number));
  const denies = mirrored.filter(({ rule, number }) => rule.action === 'deny' && !numbers.has(number));
  return inOrder([...rules, ...denies]);
}

function inOrder(rules: readonly NumberedRule[]): NumberedRule[] {
  return rules.toSorted((a, b) => a.number - b.number);
}

function groupKey(
  file: TerraformFile,
  resource: Resource,
  link: string,
  owners: readonly Resource[],
): string {
  const id = member(resource.values, link);
  if (id.unknown !== true) {
    const known = textOrNull(id) ?? '';
    return owners.find((owner) => idOf(owner) === known)?.address ?? known;
  }
  const owner = referenced(file, resource, link, owners);
  if (owner !== undefined) return owner.address;
  const isSameForAll = references(file, resource, link)?.every((name) => !/^(each|count)\./.test(name));
  return isSameForAll ? resource.block : resource.address;
}

/** Throws a UserError when a rule resource may turn out to belong to a group that has no id yet either. */
function requireKnownMembers(file: TerraformFile, type: GroupType, owner: Resource): void {
  if (idOf(owner) !== undefined) return;
  const owners = file.resources.filter((resource) => resource.type === type.type);
  for (const resource of membersIn(file.resources, type)) {
    const link = linkOf(type, resource);
    const id = member(resource.values, link);
    if (id.unknown !== true || referenced(file, resource, link, owners) !== undefined) continue;
    throw new UserError(
      `${where(id)} is known only after apply, so this plan cannot show whether that rule belongs to ${owner.address}; ` +
        'check the state after the apply, or name the rule itself with params.address',
    );
  }
}

/** What the members that the group had before the plan say, as far as it can be read. */
function membersBefore(file: TerraformFile, type: GroupType, owner: Resource): { number: number }[] {
  const id = idOf(owner);
  return membersIn(file.before, type)
    .filter((resource) => id !== undefined && member(resource.values, linkOf(type, resource)).value === id)
    .map(({ values }) => ({ number: Number(member(values, 'rule_number').value ?? 0) }));
}

function membersIn(resources: readonly Resource[], type: GroupType): Resource[] {
  return resources.filter((resource) =>
    type.members.some((item) => item.type === resource.type && item.isEgress(resource.values)),
  );
}

function linkOf(type: GroupType, resource: Resource): string {
  return memberType(type, resource).link;
}

function memberType(type: GroupType, resource: Resource): MemberType {
  const found = type.members.find((item) => item.type === resource.type);
  if (found === undefined) throw new Error(`${resource.type} is no member of ${type.type}`);
  return found;
}

function idOf({ values }: Resource): string | undefined {
  const { value } = member(values, 'id');
  return typeof value === 'string' ? value : undefined;
}

function isUnknown({ values }: Resource, attribute: string): boolean {
  return member(values, attribute).unknown === true;
}
