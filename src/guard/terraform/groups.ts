// Which groups does a file hold, and which rules does each of them have? (The rules of form.ts, but for what an expression names.)
import { isUnknown, member, type Place, unknownDoubt, where } from '../json-place.ts';
import { allowAnything, type Doubt } from '../rule.ts';
import { byTarget, doubted } from './attributes.ts';
import { createdInstances, expressionOf, originOf, referencesIn, resourcesNamed } from './configuration.ts';
import type { GroupType, KeyedRule, MemberType, OwnRules, PrefixLists } from './group-type.ts';
import { anyEntry } from './network-acl.ts';
import { idOf, isCreated, type Resource, type TerraformFile } from './resources.ts';
import { goneDoubt, goneIds, indexTaken, type TakenByKey, takenDoubt, takenIn } from './taken.ts';

/** Rules that take effect together. */
export interface Group {
  /** What it may be called, its address first. */
  readonly names: readonly string[];
  /** Undefined where it is unknown. */
  readonly id: string | undefined;
  /** The resource or data source itself, where the file has it. */
  readonly owner: Resource | undefined;
  /** Other resources that claim to be the same group. */
  readonly twins: readonly Resource[];
  /** Rule resources that belong to it. */
  readonly members: readonly Resource[];
  /** Rule resources that may belong to it. */
  readonly possible: readonly Resource[];
}

type OpenGroup = {
  -readonly [Key in keyof Group]: Group[Key] extends readonly (infer Item)[] ? Item[] : Group[Key];
};

/** What the provider fills in is what it found when it last read it. */
export const lastRefresh = 'as of the last refresh';

/**
 * The groups of one type. Where nothing tells the group of rule resources, the instances of one block make a group of
 * their own, provided that the expression is the same for all of them (no `each` or `count` in it), and otherwise every instance
 * does: the group of these may be any. The address of a rule resource is a name of the group that it belongs to.
 */
export function groupsOf(file: TerraformFile, type: GroupType): Group[] {
  const groups: OpenGroup[] = [];
  for (const owner of ownersIn(file, type)) {
    const id = idOf(owner);
    const names = [owner.address, owner.block, id ?? '', String(member(owner.values, 'name').value ?? '')];
    const twin = groups.find((group) => id !== undefined && group.id === id);
    if (twin !== undefined) twin.twins.push(owner);
    groups.push({
      names,
      id,
      owner,
      twins: twin?.owner === undefined ? [] : [twin.owner],
      members: [],
      possible: [],
    });
  }
  const owners = groups.flatMap(({ owner }) => owner ?? []);
  const open: { member: Resource; homes: readonly Resource[] | undefined }[] = [];
  for (const resource of membersIn(file.resources, type)) {
    const { link } = memberType(type, resource);
    const home = homeOf(file, resource, link, owners);
    const found = groups.filter(({ id, owner, names }) =>
      home.owner !== undefined
        ? owner === home.owner
        : home.id !== undefined
          ? id === home.id
          : owner === undefined && names[0] === home.key,
    );
    if (found.length === 0) {
      const group: OpenGroup = {
        names: [home.key],
        id: home.id,
        owner: undefined,
        twins: [],
        members: [],
        possible: [],
      };
      groups.push(group);
      found.push(group);
    }
    for (const group of found) {
      group.members.push(resource);
      group.names.push(resource.address, resource.block);
    }
    if (home.id === undefined && home.owner === undefined)
      open.push({ member: resource, homes: type.isOrdered && !home.isSure ? undefined : home.possible });
  }
  return groups.map((group) => ({
    ...group,
    names: [...new Set(group.names)].filter((name) => name !== ''),
    possible: isUnknownGroup(group)
      ? []
      : open
          .filter(({ homes }) => homes === undefined || homes.some((home) => home === group.owner))
          .map((item) => item.member),
  }));
}

/** Which group a rule resource belongs to: by its id, or, while that is unknown, by rule 2. */
function homeOf(file: TerraformFile, resource: Resource, link: string, owners: readonly Resource[]) {
  const place = member(resource.values, link);
  if (!isUnknown(place)) {
    const id = String(place.value ?? '');
    return { id, key: id };
  }
  const references = referencesIn(expressionOf(file, resource, link));
  const named = createdInstances(resourcesNamed(references), resource.module, owners);
  const [owner] = named ?? [];
  if (owner !== undefined && named?.length === 1) return { owner, key: owner.address };
  const isSameForAll = references?.every((name) => !/^(?:each|count)\./.test(name)) === true;
  const key = isSameForAll ? resource.block : resource.address;
  const kept = keptId(file, resource, references, owners);
  if (kept !== undefined) return { key, possible: [kept], isSure: true };
  return { key, possible: possibleHomes(references, resource, owners) };
}

/**
 * The group whose id a terraform_data keeps: where an expression refers to its output and nothing else, and its input is a known id and
 * refers to that one group by `.id`. It is rule 2 over one step more, and tells only which groups have nothing to fear of this rule.
 */
function keptId(
  file: TerraformFile,
  { module }: Resource,
  references: readonly string[] | undefined,
  owners: readonly Resource[],
): Resource | undefined {
  const keeper = file.resources.find(
    (one) =>
      one.type === 'terraform_data' &&
      one.module === module &&
      references?.length === 2 &&
      references.includes(`${one.local}.output`) &&
      references.includes(one.local),
  );
  const named = keeper && resourcesNamed(referencesIn(expressionOf(file, keeper, 'input')));
  if (keeper === undefined || named?.length !== 1) return undefined;
  const { value } = member(keeper.values, 'input');
  return owners.find(
    (one) =>
      one.module === module && one.local === named[0] && idOf(one) !== undefined && idOf(one) === value,
  );
}

/**
 * The groups that an expression may pick from, where it names nothing but groups and keys; undefined for any. A pass never rests on it:
 * where a rule can only add, it tells which groups have nothing to expect of this one.
 */
function possibleHomes(
  references: readonly string[] | undefined,
  { module }: Resource,
  owners: readonly Resource[],
): readonly Resource[] | undefined {
  const names = (references ?? []).filter((name) => !/^(?:each|count)\./.test(name));
  const homes = names.map((name) =>
    owners.filter(
      (owner) =>
        owner.module === module &&
        [owner.local, `${owner.type}.${owner.name}`].some(
          (local) => name === local || name === `${local}.id`,
        ),
    ),
  );
  return homes.length > 0 && homes.every((found) => found.length > 0) ? homes.flat() : undefined;
}

function isUnknownGroup({ id, owner }: Pick<Group, 'id' | 'owner'>): boolean {
  return id === undefined && owner === undefined;
}

/**
 * The rules of a group, in the order in which they decide. Throws a UserError that names the place of whatever has another shape than
 * the provider gives it.
 */
export function groupRules(file: TerraformFile, type: GroupType, group: Group, lists: PrefixLists): OwnRules {
  const taken = indexTaken(
    takenIn(file, type).filter((item) => isUnknownGroup(group) || item.group === group.id),
  );
  const members = group.members.map((resource) => readMember(file, type, resource, lists, taken));
  const memberRules = members.flatMap(({ rules }) => rules);
  const own = ownRules(file, type, group, memberRules, taken, lists);
  const possible = group.possible.flatMap((resource) =>
    doubted(
      readMember(file, type, resource, lists, taken).rules,
      membershipDoubt(resource, memberType(type, resource), group),
    ),
  );
  const together = [...own.rules, ...memberRules];
  const doubt = groupDoubt(file, type, group) ?? tieDoubt(type, group, [...together, ...possible]);
  const rules = [...doubted(together, doubt), ...possible];
  const asOf = [own, ...members].map((one) => one.asOf).find((time) => time !== undefined);
  return {
    rules: type.isOrdered ? rules.toSorted((a, b) => a.number - b.number) : rules,
    asOf: file.kind === 'state' ? lastRefresh : asOf,
  };
}

/** The rules that stand in the group itself. */
function ownRules(
  file: TerraformFile,
  type: GroupType,
  { owner, members, twins }: Group,
  memberRules: readonly KeyedRule[],
  taken: TakenByKey,
  lists: PrefixLists,
): OwnRules {
  if (owner === undefined) return { rules: type.isOrdered ? anyEntry(unseen(members)) : [] };
  const attribute = member(owner.values, type.own(owner));
  const origin = originOf(file, owner, type.own(owner));
  if (origin === 'unset') {
    // The provider takes away the rule that allows everything, which AWS makes with a group.
    if (members.length > 0) return { rules: [] };
    const doubt = silentDoubt(attribute);
    return { rules: type.isOrdered ? anyEntry(doubt) : allowAnything(doubt).map(byTarget) };
  }
  const own = type.readOwn(owner, lists);
  if (origin === 'configured')
    return { ...own, rules: own.rules.map((item) => lessTaken(item, owner, taken)) };
  const others = [...taken.before.values(), ...taken.keys.values()]
    .flat()
    .filter(({ by }) => by !== owner.address);
  if (members.length === 0 && others.length === 0 && twins.length === 0) {
    return { rules: own.rules, asOf: own.asOf ?? lastRefresh };
  }
  const explained = new Set(memberRules.map(identity));
  const isTaken = ({ key }: KeyedRule) =>
    origin === 'mirrored' && (taken.before.get(key) ?? []).some(({ by }) => by !== owner.address);
  const left = own.rules.filter((item) => !explained.has(identity(item)) && !isTaken(item));
  return { rules: doubted(left, mirrorDoubt(attribute)), asOf: left.length > 0 ? lastRefresh : own.asOf };
}

function identity({ key, rule: { range, action, protocol, ports } }: KeyedRule): string {
  return JSON.stringify([
    key,
    action,
    range.family,
    String(range.first),
    String(range.last),
    protocol,
    ports,
  ]);
}

function readMember(
  file: TerraformFile,
  type: GroupType,
  resource: Resource,
  lists: PrefixLists,
  taken: TakenByKey,
): OwnRules {
  const { read } = memberType(type, resource);
  const own = read(resource, lists);
  const { change } = resource;
  // An object that another resource takes cannot be updated any more.
  const isUpdated = change?.actions.includes('update') === true;
  const before = isUpdated && change?.before ? read({ ...resource, values: change.before }, lists).rules : [];
  const loser = before
    .flatMap(({ key }) => taken.before.get(key) ?? [])
    .find(({ by }) => by !== resource.address);
  const lost = loser && takenDoubt(loser);
  const gone = goneDoubt(goneIds(file), idOf(resource), resource.address);
  const rules = own.rules.map((item) => lessTaken(item, resource, taken));
  return { ...own, rules: doubted(rules, resource.doubt ?? gone ?? lost) };
}

/** A rule as it is beside what other changes take, or its own change at last. */
function lessTaken(item: KeyedRule, { address }: Resource, taken: TakenByKey): KeyedRule {
  const by = taken.keys.get(item.key)?.find((one) => one.isLast || one.by !== address);
  return by === undefined ? item : (doubted([item], takenDoubt(by))[0] ?? item);
}

/** Why nothing of a group is certain: it is gone, or two write it. */
function groupDoubt(file: TerraformFile, type: GroupType, group: Group): Doubt | undefined {
  const { owner, id, members, twins } = group;
  const gone = goneIds(file);
  const lost = goneDoubt(gone, id, owner?.address) ?? owner?.doubt;
  if (lost !== undefined) return lost;
  const managedTwin = twins.find(({ isData }) => !isData);
  if (managedTwin !== undefined && owner?.isData === false) return twinDoubt(managedTwin);
  const seen = new Set<string>();
  const double = members.find((one) => {
    const memberId = idOf(one);
    const isDouble = memberId !== undefined && seen.has(memberId);
    seen.add(memberId ?? '');
    return isDouble;
  });
  if (double !== undefined) return twinDoubt(double);
  if (owner !== undefined && members.length > 0 && isWritten(file, type, owner))
    return conflictDoubt(member(owner.values, type.own(owner)));
  const keeper = file.resources.find(
    (resource) => resource.type === type.exclusive && mayKeep(file, resource, group),
  );
  if (keeper !== undefined) return exclusiveDoubt(keeper);
  if (owner !== undefined) return undefined;
  return strangerDoubt(file, type, group);
}

/** Why rules of a group that the file does not show are not certain: some resource may be that group. */
function strangerDoubt(file: TerraformFile, type: GroupType, group: Group): Doubt | undefined {
  const owners = ownersIn(file, type).filter(({ isData }) => !isData);
  const adopter = owners.find((one) => type.adopting.includes(one.type) && isCreated(one));
  const writer = isUnknownGroup(group) ? owners.find((one) => isWritten(file, type, one)) : undefined;
  const destroyed = isUnknownGroup(group)
    ? file.changed.find(
        ({ type: name, change }) => type.types.includes(name) && change.actions.includes('delete'),
      )
    : undefined;
  const other = adopter ?? writer ?? destroyed;
  if (other === undefined) return undefined;
  return {
    place: where(other.values),
    reason: 'may be the group that these rules belong to, and then it takes them away',
    wayOut: 'check the state after the apply',
  };
}

function isWritten(file: TerraformFile, type: GroupType, owner: Resource): boolean {
  return ['configured', 'either'].includes(originOf(file, owner, type.own(owner)));
}

/** Whether an exclusive resource may be one for a group. */
function mayKeep(file: TerraformFile, keeper: Resource, { owner, id }: Group): boolean {
  if (keeper.isForgotten) return false;
  const link = member(keeper.values, 'security_group_id');
  if (!isUnknown(link)) return id === undefined ? owner === undefined : link.value === id;
  const named = resourcesNamed(referencesIn(expressionOf(file, keeper, 'security_group_id')));
  const owners = owner === undefined ? [] : [owner];
  return (
    named?.length !== 1 || owner === undefined || createdInstances(named, keeper.module, owners) !== undefined
  );
}

/** Two rules of one number cannot both be there: the provider fails to create the second one, or replaces the first. */
function tieDoubt(type: GroupType, { names }: Group, rules: readonly KeyedRule[]): Doubt | undefined {
  if (!type.isOrdered) return undefined;
  const seen = new Map<string, string>();
  for (const item of rules) {
    if (item.key === '') continue;
    const known = seen.get(item.key);
    if (known !== undefined && known !== item.entry) {
      return {
        place: names[0] ?? '',
        reason: `has several rules of the number ${item.number}, of which only one can be in effect`,
        wayOut: 'give every rule a number of its own',
      };
    }
    seen.set(item.key, item.entry ?? '');
  }
  return undefined;
}

function ownersIn(file: TerraformFile, type: GroupType): Resource[] {
  const managed = file.resources.filter(
    ({ type: name, isDeposed }) => type.types.includes(name) && !isDeposed,
  );
  // A group that is forgotten while another is created in its place has the same address, and comes after it.
  const firsts = new Map(managed.toReversed().map((owner) => [owner.address, owner]));
  const data = file.dataSources.filter(({ type: name }) => type.dataTypes.includes(name));
  return [...managed.filter((owner) => firsts.get(owner.address) === owner), ...data];
}

function membersIn(resources: readonly Resource[], type: GroupType): Resource[] {
  return resources.filter((resource) =>
    type.members.some((item) => item.type === resource.type && item.isOfDirection(resource.values)),
  );
}

function memberType(type: GroupType, resource: Resource): MemberType {
  const found = type.members.find((item) => item.type === resource.type);
  if (found === undefined) throw new Error(`${resource.type} is no member of ${type.types.join(' or ')}`);
  return found;
}

function membershipDoubt({ values }: Resource, { link }: MemberType, { names }: Group): Doubt {
  const { place, reason } = unknownDoubt(member(values, link));
  return {
    place,
    reason: `${reason}, so this plan does not show whether that rule belongs to ${names[0]}`,
    wayOut: 'check the state after the apply, or name the rule itself with params.address',
  };
}

function twinDoubt({ values }: Resource): Doubt {
  return {
    place: where(values),
    reason: 'is the same object as another resource: each may undo what the other writes',
    wayOut: 'keep one of the two',
  };
}

function conflictDoubt(attribute: Place): Doubt {
  return {
    place: where(attribute),
    reason: 'is configured, and rules of this group are resources of their own: these overwrite each other',
    wayOut: 'use one of the two ways for all rules of the group',
  };
}

function exclusiveDoubt({ values }: Resource): Doubt {
  return {
    place: where(values),
    reason: 'removes every rule that it does not list',
    wayOut: 'ask AWS after the apply (aws ec2 describe-security-groups), and judge that',
  };
}

function mirrorDoubt(attribute: Place): Doubt {
  return {
    place: where(attribute),
    reason:
      'shows what there was at the last refresh, and rules of this group are resources of their own, so it may be gone since',
    wayOut:
      'refresh the state (terraform apply -refresh-only) and manage all rules in one way, or judge what AWS shows of it',
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
