// Which groups does a file hold, and which rules does each of them have?
import { isUnknown, member, type Place, unknownDoubt, where } from '../json-place.ts';
import { allowAnything, type Doubt } from '../rule.ts';
import { withDoubt } from './attributes.ts';
import { isConfigured } from './configuration.ts';
import { conflicting, identity } from './conflict.ts';
import { exclusiveDoubts } from './exclusive.ts';
import type { GroupType, MemberType, NumberedRule, OwnRules, PrefixLists } from './group-type.ts';
import { type Membership, membershipIn } from './membership.ts';
import { anyRule } from './network-acl.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** Rules that take effect together. */
export interface Group {
  /** What it may be called, its address first. */
  readonly names: readonly string[];
  /** The resource itself, where the file has it. */
  readonly resource: Resource | undefined;
  /** Rule resources that belong to it. */
  readonly members: readonly Resource[];
  /** Rule resources that may belong to it. */
  readonly possible: readonly Resource[];
}

/** The rules of a group in the order in which they decide. */
export interface GroupRules {
  readonly rules: readonly NumberedRule['rule'][];
  readonly asOf: string | undefined;
}

/** What the provider fills in is what it found when it last read it. */
const lastRefresh = 'as of the last refresh';

/**
 * The groups of one type. Where nothing tells the group of rule resources, the instances of one block make a group of
 * their own, provided that the block names the same one for all of them (no `each` or `count` in the expression), and
 * otherwise every instance does. The address of a rule resource is a name of the group that it belongs to.
 */
export function groupsOf(file: TerraformFile, type: GroupType): Group[] {
  const owners = ownersIn(file, type);
  const groups = new Map<string, { resource?: Resource; names: string[]; members: Resource[] }>();
  for (const owner of owners) {
    const { address, block, values } = owner;
    const names = [address, block, idOf(owner) ?? '', String(member(values, 'name').value ?? '')];
    groups.set(address, { resource: owner, names, members: [] });
  }
  const undecided = new Map<Resource, readonly Resource[] | 'any'>();
  const findMembership = membershipIn(file, owners);
  for (const resource of membersIn(file.resources, type)) {
    const membership = findMembership(resource, memberType(type, resource).link);
    if ('possible' in membership) undecided.set(resource, membership.possible);
    const key = groupKey(resource, membership);
    const group = groups.get(key) ?? { names: [key], members: [] };
    group.names.push(resource.address, resource.block);
    group.members.push(resource);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ resource, names, members }) => ({
    resource,
    names: [...new Set(names)].filter((name) => name !== ''),
    members,
    possible: possibleFor(resource, members, undecided),
  }));
}

/**
 * The rules of a group. Throws a UserError that names the place of whatever has another shape than the provider gives it.
 */
export function groupRules(
  file: TerraformFile,
  type: GroupType,
  group: Group,
  lists: PrefixLists,
): GroupRules {
  const read = (resource: Resource) => readMember(type, resource, lists);
  const members = group.members.map(read);
  const exclusive =
    group.resource === undefined ? [] : exclusiveDoubts(file, type, group.resource, group.members);
  const certain = group.members.flatMap((resource, index) =>
    doubted(members[index]?.rules ?? [], exclusive.find((item) => item.resource === resource)?.doubt),
  );
  const possible = group.possible.flatMap((resource) =>
    doubted(read(resource).rules, membershipDoubt(resource, memberType(type, resource), group)),
  );
  const base = baseRules(file, type, group, certain, lists);
  const all = [...base.rules, ...possible];
  const rules = type.isOrdered ? inOrder(withTies(all, group)) : all;
  const asOf = [base, ...members].map((own) => own.asOf).find((time) => time !== undefined);
  return { rules: rules.map(({ rule }) => rule), asOf: file.kind === 'state' ? lastRefresh : asOf };
}

/** The rules that stand in the group itself, together with its members. */
function baseRules(
  file: TerraformFile,
  type: GroupType,
  { resource, members }: Group,
  rules: readonly NumberedRule[],
  lists: PrefixLists,
): OwnRules {
  if (resource === undefined)
    return { rules: [...rules, ...(type.isOrdered ? anyRule(unseen(members)) : [])] };
  const attribute = member(resource.values, type.own);
  if (isConfigured(file, resource, type.own)) {
    const own = type.readOwn(resource, lists);
    if (members.length === 0) return { ...own, rules: doubted(own.rules, resource.doubt) };
    return { ...own, rules: conflicting(own.rules, rules, type.isOrdered, conflictDoubt(attribute)) };
  }
  if (isUnknown(attribute)) {
    // The provider takes away the rule that allows everything, which AWS makes with a group.
    if (members.length > 0) return { rules };
    return { rules: type.isOrdered ? anyRule(silentDoubt(attribute)) : unordered(silentDoubt(attribute)) };
  }
  const own = type.readOwn(resource, lists);
  const left = unexplained(
    own.rules,
    [...rules, ...rulesBefore(file, type, resource, lists)],
    type.isOrdered,
  );
  const hasMembers = members.length > 0 || left.length < own.rules.length;
  // What was denied may be gone since: that rule may have been a resource, too.
  const believed = left.map((item) =>
    item.rule.action === 'deny' && hasMembers ? (doubted([item], mirrorDoubt(attribute))[0] ?? item) : item,
  );
  const exclusive = exclusiveDoubts(file, type, resource, []).map(({ doubt }) => doubt)[0];
  return {
    rules: [...rules, ...doubted(believed, resource.doubt ?? exclusive)],
    asOf: left.length > 0 ? (own.asOf ?? lastRefresh) : undefined,
  };
}

/**
 * What the attribute of a group shows and its rule resources do not explain, those included that the plan removes: the
 * provider mirrors into the attribute whatever rules the group had at the last refresh.
 */
function unexplained(
  own: readonly NumberedRule[],
  explaining: readonly NumberedRule[],
  isOrdered: boolean,
): NumberedRule[] {
  // Rules for what is no address differ in what they name, which their doubts say.
  const key = (item: NumberedRule) =>
    isOrdered ? String(item.number) : `${identity(item)} ${item.rule.doubt?.reason ?? ''}`;
  const explained = new Set(explaining.map(key));
  return own.filter((item) => !explained.has(key(item)));
}

/** The rules of the members that the group had before the plan. */
function rulesBefore(
  file: TerraformFile,
  type: GroupType,
  owner: Resource,
  lists: PrefixLists,
): NumberedRule[] {
  const id = idOf(owner);
  if (id === undefined) return [];
  return membersIn(file.before, type)
    .filter((resource) => member(resource.values, memberType(type, resource).link).value === id)
    .flatMap((resource) => readMember(type, resource, lists).rules);
}

function readMember(type: GroupType, resource: Resource, lists: PrefixLists): OwnRules {
  const own = memberType(type, resource).read(resource, lists);
  return { ...own, rules: doubted(own.rules, resource.doubt) };
}

/** Two rules of one number cannot both be there: the provider fails to create the second one, or replaces the first. */
function withTies(rules: readonly NumberedRule[], { names }: Group): NumberedRule[] {
  const byNumber = new Map<number, Set<string>>();
  for (const item of rules) {
    const known = byNumber.get(item.number);
    if (known === undefined) byNumber.set(item.number, new Set([identity(item)]));
    else known.add(identity(item));
  }
  return rules.flatMap((item) => {
    const { number } = item;
    if (number === 0 || byNumber.get(number)?.size === 1) return [item];
    return doubted([item], {
      place: names[0] ?? '',
      reason: `has several rules of the number ${number}, of which only one can be in effect`,
      wayOut: 'give every rule a number of its own',
    });
  });
}

function inOrder(rules: readonly NumberedRule[]): NumberedRule[] {
  return rules.toSorted((a, b) => a.number - b.number);
}

/** What may belong to a group beside its members. Rules that are judged by themselves, of no known group, have nothing beside them. */
function possibleFor(
  owner: Resource | undefined,
  members: readonly Resource[],
  undecided: ReadonlyMap<Resource, readonly Resource[] | 'any'>,
): Resource[] {
  if (undecided.size === 0 || members.some((one) => undecided.has(one))) return [];
  return [...undecided].flatMap(([resource, possible]) =>
    possible === 'any' || (owner !== undefined && possible.includes(owner)) ? [resource] : [],
  );
}

function groupKey(resource: Resource, membership: Membership): string {
  if ('id' in membership) return membership.id;
  if ('certain' in membership) return membership.certain.address;
  return membership.isSameForAll ? resource.block : resource.address;
}

function ownersIn(file: TerraformFile, type: GroupType): Resource[] {
  const owners = file.resources.filter(
    ({ type: name, isDeposed }) => type.types.includes(name) && !isDeposed,
  );
  // A group that is forgotten while another is created in its place has the same address, and comes after it.
  const firsts = new Map(owners.toReversed().map((owner) => [owner.address, owner]));
  return owners.filter((owner) => firsts.get(owner.address) === owner);
}

function membersIn(resources: readonly Resource[], type: GroupType): Resource[] {
  return resources.filter((resource) =>
    type.members.some((item) => item.type === resource.type && item.isEgress(resource.values)),
  );
}

function memberType(type: GroupType, resource: Resource): MemberType {
  const found = type.members.find((item) => item.type === resource.type);
  if (found === undefined) throw new Error(`${resource.type} is no member of ${type.types.join(' or ')}`);
  return found;
}

function idOf({ values }: Resource): string | undefined {
  const { value } = member(values, 'id');
  return typeof value === 'string' ? value : undefined;
}

function doubted(rules: readonly NumberedRule[], doubt: Doubt | undefined): NumberedRule[] {
  if (doubt === undefined) return [...rules];
  return rules.map(({ number, rule }) => ({ number, rule: withDoubt([rule], doubt)[0] ?? rule }));
}

function unordered(doubt: Doubt): NumberedRule[] {
  return allowAnything(doubt).map((rule) => ({ rule, number: 0 }));
}

function membershipDoubt({ values }: Resource, { link }: MemberType, { names }: Group): Doubt {
  const { place, reason } = unknownDoubt(member(values, link));
  return {
    place,
    reason: `${reason}, so this plan does not show whether that rule belongs to ${names[0]}`,
    wayOut: 'check the state after the apply, or name the rule itself with params.address',
  };
}

function conflictDoubt(attribute: Place): Doubt {
  return {
    place: where(attribute),
    reason: 'is configured, and rules of this group are resources of their own: these overwrite each other',
    wayOut: 'use one of the two ways for all rules of the group',
  };
}

function mirrorDoubt(attribute: Place): Doubt {
  return {
    place: where(attribute),
    reason: 'shows what there was at the last refresh, which may be gone since',
    wayOut: 'refresh the state (terraform apply -refresh-only) and check it again',
  };
}

function silentDoubt(attribute: Place): Doubt {
  const { place, reason } = unknownDoubt(attribute);
  return {
    place,
    reason: `${reason}, and the configuration does not show what sets it`,
    wayOut: 'check the state after the apply',
  };
}

/** A rule decides only when none of the rules of lower numbers does, and these stand in the ACL. */
function unseen([first]: readonly Resource[]): Doubt {
  return {
    place: first === undefined ? '' : where(first.values),
    reason: 'belongs to a network ACL that this file does not show, and rules before it decide first',
    wayOut: 'judge a file that holds the ACL with all of its rules',
  };
}
