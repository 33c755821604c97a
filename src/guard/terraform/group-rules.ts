// Which rules does a group have, and how certain is each of them? (Rules 3 to 5 of form.ts.)
import { isUnknown, member } from '../json-place.ts';
import { allowAnything, type Doubt } from '../rule.ts';
import { byTarget, doubted } from './attributes.ts';
import { createdInstances, expressionOf, originOf, referencesIn, resourcesNamed } from './configuration.ts';
import {
  adopterDoubt,
  conflictDoubt,
  exclusiveDoubt,
  membershipDoubt,
  mirrorDoubt,
  silentDoubt,
  takenDoubt,
  tieDoubt,
  twinDoubt,
  unseenDoubt,
} from './doubts.ts';
import type { GroupType, KeyedRule, OwnRules, PrefixLists } from './group-type.ts';
import { type Group, isUnknownGroup, memberType, ownersIn } from './groups.ts';
import { anyEntry } from './network-acl.ts';
import { idOf, isCreated, type Resource, type TerraformFile } from './resources.ts';
import { destroyedDoubt, type TakenByKey, takenOf } from './taken.ts';

/** What the provider fills in is what it found when it last read it. */
export const lastRefresh = 'as of the last refresh';

/**
 * The rules of a group, in the order in which they decide. Throws a UserError that names the place of whatever has another shape than
 * the provider gives it.
 */
export function groupRules(file: TerraformFile, type: GroupType, group: Group, lists: PrefixLists): OwnRules {
  const taken = takenOf(file, type, isUnknownGroup(group) ? undefined : (group.id ?? ''));
  const members = group.members.map((resource) => readMember(file, type, resource, lists, taken));
  const memberRules = members.flatMap(({ rules }) => rules);
  const own = ownRules(file, type, group, memberRules, taken, lists);
  const possible = group
    .possible()
    .flatMap((resource) =>
      doubted(
        readMember(file, type, resource, lists, taken).rules,
        membershipDoubt(resource, memberType(type, resource).link, group.names[0]),
      ),
    );
  const together = [...own.rules, ...memberRules];
  const doubt = groupDoubt(file, type, group) ?? tieIn(type, group, [...together, ...possible]);
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
  if (owner === undefined) return { rules: type.isOrdered ? anyEntry(unseenDoubt(members[0])) : [] };
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
  const lost = loser && takenDoubt(loser.place);
  const gone = destroyedDoubt(file, idOf(resource), resource.address);
  const rules = own.rules.map((item) => lessTaken(item, resource, taken));
  return { ...own, rules: doubted(rules, resource.doubt ?? gone ?? lost) };
}

/** A rule as it is beside what other changes take, or its own change at last. */
function lessTaken(item: KeyedRule, { address }: Resource, taken: TakenByKey): KeyedRule {
  const by = taken.keys.get(item.key)?.find((one) => one.isLast || one.by !== address);
  return by === undefined ? item : (doubted([item], takenDoubt(by.place))[0] ?? item);
}

/** Why nothing of a group is certain: it is gone, or two write it. */
function groupDoubt(file: TerraformFile, type: GroupType, group: Group): Doubt | undefined {
  const { owner, id, members, twins } = group;
  const lost = destroyedDoubt(file, id, owner?.address) ?? owner?.doubt;
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
  return other && adopterDoubt(other);
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

function tieIn(type: GroupType, { names }: Group, rules: readonly KeyedRule[]): Doubt | undefined {
  const seen = new Map<string, string | undefined>();
  const double = rules.find(({ key, entry }) => {
    if (!type.isOrdered || key === '') return false;
    const isDouble = seen.has(key) && seen.get(key) !== entry;
    seen.set(key, entry);
    return isDouble;
  });
  return double && tieDoubt(names[0] ?? '', double.number);
}
