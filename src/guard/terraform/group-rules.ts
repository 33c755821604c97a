// Which rules does a group have, and how certain is each of them? (Rules 3 to 5 of form.ts.)
import { isUnknown, member, unknownDoubt } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { doubted } from './attributes.ts';
import { createdInstances, originOf } from './configuration.ts';
import {
  adopterDoubt,
  conflictDoubt,
  exclusiveDoubt,
  membershipDoubt,
  mirrorDoubt,
  takenDoubt,
  tieDoubt,
  twinDoubt,
  unseenDoubt,
} from './doubts.ts';
import type { GroupType, KeyedRule, OwnRules, PrefixLists } from './group-type.ts';
import { type Group, isUnknownGroup, memberType, ownersIn } from './groups.ts';
import { idIn, isCreated, isDestroyed, type Resource, type TerraformFile } from './resources.ts';
import { destroyedDoubt, type Taken, type Taker, takenIn } from './taken.ts';

/** What the provider fills in is what it found when it last read it. */
const lastRefresh = 'as of the last refresh';

/**
 * Reads the rules of groups of a type, in the order in which they decide. Throws a UserError that names the place of whatever has
 * another shape than the provider gives it.
 */
export function rulesReader(
  file: TerraformFile,
  type: GroupType,
  lists: PrefixLists,
): (group: Group) => OwnRules {
  const takenFrom = takenIn(file, type);
  const writers: Writers = {
    owners: ownersIn(file, type).filter(({ isData }) => !isData),
    keepers: file.resources.filter((resource) => resource.type === type.exclusive),
  };
  return (group) => {
    const taken = takenFrom(isUnknownGroup(group) ? undefined : (group.id ?? ''));
    const read = (resource: Resource) => readMember(file, type, resource, lists, taken);
    const members = group.members.map(read);
    const memberRules = members.flatMap(({ rules }) => rules);
    const own = ownRules(file, type, group, memberRules, taken, lists);
    const possible = group.possible().flatMap((resource) => {
      const doubt = membershipDoubt(resource, memberType(type, resource).link, group.names[0]);
      return doubted(read(resource).rules, doubt);
    });
    const together = [...own.rules, ...memberRules];
    const doubt = groupDoubt(file, type, group, writers) ?? tieIn(type, group, [...together, ...possible]);
    const rules = [...doubted(together, doubt), ...possible];
    const asOf = [own, ...members].find((one) => one.asOf !== undefined)?.asOf;
    return {
      rules: type.isOrdered ? rules.toSorted((a, b) => a.number - b.number) : rules,
      asOf: file.kind === 'state' ? lastRefresh : asOf,
    };
  };
}

/** The rules that stand in the group itself. */
function ownRules(
  file: TerraformFile,
  type: GroupType,
  { owner, members }: Group,
  memberRules: readonly KeyedRule[],
  taken: Taken,
  lists: PrefixLists,
): OwnRules {
  if (owner === undefined) return { rules: type.isOrdered ? type.anything(unseenDoubt(members[0])) : [] };
  const attribute = member(owner.values, type.own(owner));
  const origin = originOf(file, type, owner);
  // A new group has no rules but those that the code sets: the provider takes away the one that AWS makes with it.
  if (origin === 'unset') return { rules: members.length > 0 ? [] : type.anything(unknownDoubt(attribute)) };
  const own = type.readOwn(owner, lists);
  if (origin === 'configured')
    return { ...own, rules: own.rules.map((item) => lessTaken(item, owner, taken)) };
  const isTaken = ({ key }: Pick<KeyedRule, 'key'>) => others(key, taken, owner).length > 0;
  const isAlone = members.length === 0 && ![...taken.keys()].some((key) => isTaken({ key }));
  if (isAlone) return { rules: own.rules, asOf: own.asOf ?? lastRefresh };
  const explained = new Set(memberRules.map(identity));
  const left = own.rules.filter((item) => !explained.has(identity(item)) && !isTaken(item));
  return { rules: doubted(left, mirrorDoubt(attribute)), asOf: left.length > 0 ? lastRefresh : own.asOf };
}

function identity({ key, rule: { range, action, protocol, ports } }: KeyedRule): string {
  const { family, first, last } = range;
  return JSON.stringify([key, action, family, String(first), String(last), protocol, ports]);
}

function readMember(
  file: TerraformFile,
  type: GroupType,
  resource: Resource,
  lists: PrefixLists,
  taken: Taken,
): OwnRules {
  const { read } = memberType(type, resource);
  const own = read(resource, lists);
  const { actions, before } = resource;
  // An object that another resource takes cannot be updated any more.
  const isUpdated = actions.includes('update') && before !== undefined;
  const lost = (isUpdated ? read({ ...resource, values: before }, lists).rules : []).flatMap(({ key }) =>
    others(key, taken, resource),
  )[0];
  const gone = destroyedDoubt(file, idIn(resource.values), resource.address);
  const rules = own.rules.map((item) => lessTaken(item, resource, taken));
  return { ...own, rules: doubted(rules, resource.doubt ?? gone ?? (lost && takenDoubt(lost.place))) };
}

/** Changes of other resources that have the rule of a key. */
function others(key: string, taken: Taken, { address }: Resource): Taker[] {
  return (taken.get(key) ?? []).filter(({ by }) => by !== address);
}

/** A rule as it is beside what other changes take, or its own change at last. */
function lessTaken(item: KeyedRule, { address }: Resource, taken: Taken): KeyedRule {
  const takers = taken.get(item.key) ?? [];
  const taker = takers.find(({ by, again, isLast }) => !again.has(item.key) && (isLast || by !== address));
  return taker === undefined ? item : (doubted([item], takenDoubt(taker.place))[0] ?? item);
}

/** What else may write a group: resources that are groups, and the exclusive ones. */
interface Writers {
  readonly owners: readonly Resource[];
  readonly keepers: readonly Resource[];
}

/** Why nothing of a group is certain: it is gone, or two write it. */
function groupDoubt(
  file: TerraformFile,
  type: GroupType,
  group: Group,
  { owners, keepers }: Writers,
): Doubt | undefined {
  const { owner, id, members, twins } = group;
  const lost = destroyedDoubt(file, id, owner?.address) ?? owner?.doubt;
  if (lost !== undefined) return lost;
  const twin = twins.find(isWriter) ?? double(members.filter(isWriter), ({ values }) => idIn(values));
  if (twin !== undefined) return twinDoubt(twin);
  if (owner !== undefined && members.length > 0 && isWritten(file, type, owner))
    return conflictDoubt(member(owner.values, type.own(owner)));
  const keeper = keepers.find((resource) => mayKeep(file, resource, group));
  if (keeper !== undefined) return exclusiveDoubt(keeper);
  return owner === undefined ? strangerDoubt(file, type, group, owners) : type.doubt?.(file, owner);
}

function isWriter({ isData, isForgotten }: Resource): boolean {
  return !isData && !isForgotten;
}

/** The first item with a key that another one before it has. */
function double<T>(all: readonly T[], keyOf: (item: T) => string | undefined): T | undefined {
  const seen = new Set<string>();
  return all.find((item) => {
    const key = keyOf(item) ?? '';
    const isDouble = seen.has(key);
    if (key !== '') seen.add(key);
    return isDouble;
  });
}

/** Why rules of a group that the file does not show are not certain: some resource may be that group. */
function strangerDoubt(
  file: TerraformFile,
  type: GroupType,
  group: Group,
  owners: readonly Resource[],
): Doubt | undefined {
  const adopter = owners.find((one) => type.adopting.includes(one.type) && isCreated(one));
  if (adopter !== undefined || !isUnknownGroup(group)) return adopter && adopterDoubt(adopter);
  const other =
    owners.find((one) => isWritten(file, type, one)) ??
    file.former.find((item) => type.types.includes(item.type) && isDestroyed(item));
  return other && adopterDoubt(other);
}

function isWritten(file: TerraformFile, type: GroupType, owner: Resource): boolean {
  return originOf(file, type, owner) === 'configured';
}

/** Whether an exclusive resource may be one for a group. */
function mayKeep(file: TerraformFile, keeper: Resource, { owner, id }: Group): boolean {
  if (keeper.isForgotten) return false;
  const link = member(keeper.values, 'security_group_id');
  if (!isUnknown(link)) return id === undefined ? owner === undefined : link.value === id;
  const named = createdInstances(
    file,
    { resource: keeper, attribute: 'security_group_id' },
    owner === undefined ? [] : [owner],
  );
  return named.length !== 1 || named[0] !== undefined;
}

/** Two entries of an ACL cannot have one number. */
function tieIn(type: GroupType, { names }: Group, rules: readonly KeyedRule[]): Doubt | undefined {
  const tie = type.isOrdered ? double(rules, ({ key }) => key) : undefined;
  return tie && tieDoubt(names[0] ?? '', tie.number);
}
