// Which rules does a group have, and how certain is each of them? (Rules 3 to 5 of docs/guard.md.)
import { member, unknownDoubt } from '../json-place.ts';
import { type Doubt, findRepeated } from '../rule.ts';
import { expressionOf } from './configuration.ts';
import { afterApply, doubtAt } from './doubts.ts';
import { blocksOf, type Holder, holdersIn, isGroup } from './group-types.ts';
import { groupsOf, isUnknownGroup, type Parts } from './groups.ts';
import {
  anything,
  type Context,
  doubted,
  joined,
  type KeyedRule,
  type OwnRules,
  rulesIn,
  targetOf,
} from './resource-rules.ts';
import { idIn } from './resources.ts';
import { destroyedDoubt, type Taken, takenIn } from './taken.ts';

/** Rules that take effect together. */
export interface Group extends Parts {
  /** Its rules, in the order in which they decide. Throws a UserError that names the place of what has another shape. */
  readonly read: () => OwnRules;
}

/** What the provider fills in is what it found when it last read it. */
const lastRefresh = 'as of the last refresh';

/** The groups of a type, with what their rules are after the plan. */
export function readGroups(context: Context): Group[] {
  const former = holdersIn(context.type, context.file.former);
  const takenFrom = takenIn(context, former);
  const groups = groupsOf(context.file, context.type);
  const others = [...groups.flatMap(({ owner, twins }) => [owner ?? [], twins].flat()), ...former].filter(
    (item) => isGroup(item) && !item.isData,
  );
  return groups.map((group) => {
    const read = () => {
      const taken = takenFrom(isUnknownGroup(group) ? undefined : (group.id ?? ''));
      return readGroup(context, group, taken, others);
    };
    let known: OwnRules | undefined;
    return { ...group, read: () => (known ??= read()) };
  });
}

function readGroup(context: Context, group: Parts, taken: Taken, others: readonly Holder[]): OwnRules {
  const { file, type } = context;
  const members = joined(group.members.map((resource) => memberRules(context, resource, taken)));
  const own = ownRules(context, group, members.rules, taken);
  const possible = group.possible().flatMap((resource) => {
    const link = unknownDoubt(member(resource.values, resource.source.link));
    const reason = `${link.reason}, so this plan does not show whether that rule belongs to ${group.names[0]}`;
    const wayOut = `${afterApply}, or name the rule itself with params.address`;
    return doubted(memberRules(context, resource, taken).rules, { ...link, reason, wayOut });
  });
  const together = [...own.rules, ...members.rules];
  const doubt = groupDoubt(context, group, others) ?? tieIn(context, group, [...together, ...possible]);
  const rules = [...doubted(together, doubt), ...possible];
  // The lower number decides. What has none may come before all.
  return {
    rules: type.isOrdered ? rules.toSorted((a, b) => Number(a.key) - Number(b.key)) : rules,
    asOf: file.kind === 'state' ? lastRefresh : joined([own, members]).asOf,
  };
}

/** The rules of a resource, less what other changes take. What another resource takes cannot be updated any more. */
function memberRules(context: Context, resource: Holder, taken: Taken): OwnRules {
  const { actions, before, doubt } = resource;
  const isUpdated = actions.includes('update') && before !== undefined;
  const former = isUpdated ? rulesIn(context, { ...resource, values: before }).rules : [];
  const [lost] = former.flatMap(({ key }) => taken.doubtOf(key, resource) ?? []);
  const own = rulesIn(context, resource);
  return { ...own, rules: doubted(lessTaken(own.rules, resource, taken), doubt ?? lost) };
}

function lessTaken(rules: readonly KeyedRule[], resource: Holder, taken: Taken): KeyedRule[] {
  return rules.flatMap((item) => doubted([item], taken.doubtOf(item.key, resource)));
}

/** The rules that stand in the group itself. */
function ownRules(
  context: Context,
  { owner, members }: Parts,
  memberRules: readonly KeyedRule[],
  taken: Taken,
): OwnRules {
  const { type } = context;
  const [first] = members;
  if (owner === undefined) {
    return { rules: type.isOrdered && first ? anything(type, doubtAt(first.values, 'unseen')) : [] };
  }
  const origin = originOf(context, owner);
  // A new group has no rules but those that the code sets: the provider takes away the one that AWS makes with it.
  if (origin === 'unset') return { rules: first ? [] : anything(type, unknownDoubt(blocksOf(owner))) };
  const own = rulesIn(context, owner);
  if (origin === 'configured') return { ...own, rules: lessTaken(own.rules, owner, taken) };
  if (first === undefined && !taken.isByOthers(owner)) return { ...own, asOf: own.asOf ?? lastRefresh };
  const identity = ({ key, rule }: KeyedRule) => `${key} ${rule.action} ${targetOf(rule)}`;
  const explained = new Set(memberRules.map(identity));
  const left = own.rules.filter(
    (item) => !explained.has(identity(item)) && taken.doubtOf(item.key, owner) === undefined,
  );
  const doubt = doubtAt(blocksOf(owner), 'mirror');
  return { rules: doubted(left, doubt), asOf: left.length > 0 ? lastRefresh : own.asOf };
}

/**
 * Where the rules in a group's attribute come from: `configured` by the code, `mirrored` by the provider, which copied into it
 * what it found at the last refresh, or `unset` in a new group, where nothing shows that the code sets it. The format leaves out
 * `dynamic` blocks, but what they set is seen by its effect: an attribute that nobody sets keeps its value, and is unknown in a
 * new object.
 */
function originOf(context: Context, owner: Holder): 'configured' | 'mirrored' | 'unset' {
  const { file, type } = context;
  if (type.readOwn !== undefined) return 'configured';
  if (file.kind === 'state' || owner.isData || owner.isForgotten) return 'mirrored';
  const { before } = owner;
  if (expressionOf(file, owner, owner.source.blocks ?? '') !== undefined) return 'configured';
  const { value, unknown } = blocksOf(owner);
  if (owner.isCreated || before === undefined) return unknown === true ? 'unset' : 'configured';
  const isSame = JSON.stringify(blocksOf({ ...owner, values: before }).value) === JSON.stringify(value);
  return isSame && unknown !== true ? 'mirrored' : 'configured';
}

/** Why nothing of a group is certain: it is gone, or two write it. */
function groupDoubt(context: Context, group: Parts, others: readonly Holder[]): Doubt | undefined {
  const { file, type } = context;
  const { owner, id, members, twins, keeper } = group;
  const isWriter = ({ isData, isForgotten }: Holder) => !isData && !isForgotten;
  const twin = twins.find(isWriter) ?? findRepeated(members.filter(isWriter), ({ values }) => idIn(values));
  const isConflict = owner !== undefined && members.length > 0 && originOf(context, owner) === 'configured';
  const [gone] = members.flatMap(
    ({ values, before = values, isCreated, address }) =>
      destroyedDoubt(file, idIn(isCreated ? values : before), address) ?? [],
  );
  return (
    destroyedDoubt(file, id, owner?.address) ??
    owner?.doubt ??
    (twin && doubtAt(twin.values, 'twin')) ??
    gone ??
    (isConflict ? doubtAt(blocksOf(owner), 'conflict') : undefined) ??
    (keeper && doubtAt(keeper.values, 'exclusive')) ??
    (owner === undefined ? strangerDoubt(context, group, others) : type.doubt?.(file, owner))
  );
}

/**
 * Why rules of a group that the file does not show are not certain: some resource may be that group. `aws_default_…` takes over,
 * when it is created, a group that AWS made, and empties it.
 */
function strangerDoubt(context: Context, group: Parts, others: readonly Holder[]): Doubt | undefined {
  const isUnknown = isUnknownGroup(group);
  const other = others.find(
    (one) =>
      (one.isCreated && one.type.startsWith('aws_default_')) ||
      (isUnknown && (one.isDestroyed || originOf(context, one) === 'configured')),
  );
  return other && doubtAt(other.values, 'adopter');
}

/** Two entries of an ACL cannot have one number: the provider fails to create the second one, or replaces the first. */
function tieIn({ type }: Context, { names }: Parts, rules: readonly KeyedRule[]): Doubt | undefined {
  const tie = type.isOrdered ? findRepeated(rules, ({ key }) => key) : undefined;
  return (
    tie && {
      place: names[0] ?? '',
      reason: `has several rules of the number ${tie.key}, of which only one can be in effect`,
      wayOut: 'give every rule a number of its own',
    }
  );
}
