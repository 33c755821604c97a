// What does a plan take away, and which objects are gone after it? (Rule 3 of form.ts.)
import { isUnknown, member, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { goneDoubt } from './doubts.ts';
import { type GroupType, type KeyedRule, onlyIds } from './group-type.ts';
import { type Changed, idOf, isDestroyed, type Resource, type TerraformFile } from './resources.ts';

/** Rules that a change takes out of a group. */
export interface Taken {
  /** Who takes them: its address, with the key of a former object. */
  readonly by: string;
  /** Where that stands, for messages. */
  readonly place: string;
  /** The id of the group. */
  readonly group: string;
  /** The keys of all rules that it has before. */
  readonly before: ReadonlySet<string>;
  /** The keys of those that it takes. */
  readonly keys: ReadonlySet<string>;
  /** It may take them after it has given them itself. */
  readonly isLast: boolean;
}

/** Everything that the plan takes out of groups of a type. */
function takenIn(file: TerraformFile, type: GroupType): Taken[] {
  return [
    ...file.changed.filter((item) => !item.isForgotten).flatMap((item) => takenBy(item, type)),
    ...file.resources.flatMap((item) => takenWith(file, item, type)),
  ];
}

/** A rule object that another address destroys by its id takes along what an update has made of it. */
function takenWith(file: TerraformFile, item: Resource, type: GroupType): Taken[] {
  const link = type.members.find((one) => one.type === item.type)?.link;
  if (link === undefined || destroyedDoubt(file, idOf(item), item.address) === undefined) return [];
  const keys = keysOf(readAll(item, type, item.values));
  const group = String(member(item.values, link).value ?? '');
  return [{ by: item.address, place: where(item.values), group, before: new Set(), keys, isLast: true }];
}

function takenBy(item: Changed, type: GroupType): Taken[] {
  const { actions, before, after } = item.change;
  if (actions.every((action) => action === 'no-op')) return [];
  const link = linkOf(item, type);
  if (link === undefined) return [];
  const group = String(member(before, link).value ?? '');
  const keys = keysOf(readAll(item, type, before));
  const isLast = item.isDeposed || (actions[0] === 'create' && isDestroyed(item));
  const stays = !isLast && after !== undefined && member(after, link).value === group;
  const given: ReadonlySet<string> = stays
    ? keysOf(readAll(item, type, after).filter(({ rule }) => rule.doubt === undefined))
    : new Set();
  const taken = new Set([...keys].filter((key) => !given.has(key)));
  return [{ by: item.address, place: where(before), group, before: keys, keys: taken, isLast }];
}

/** The attribute with the group's id: that of a rule resource, or the group's own. */
function linkOf({ type: name, isData }: Resource, type: GroupType): string | undefined {
  if (isData) return undefined;
  if (type.types.includes(name)) return 'id';
  return type.members.find((item) => item.type === name)?.link;
}

function readAll(item: Resource, type: GroupType, values: Resource['values']): readonly KeyedRule[] {
  const resource = { ...item, values };
  const found = type.members.find((one) => one.type === item.type);
  if (found !== undefined) {
    return found.isOfDirection(values) ? found.read(resource, onlyIds).rules : [];
  }
  const own = member(values, type.own(resource));
  return own.value === undefined || isUnknown(own) ? [] : type.readOwn(resource, onlyIds).rules;
}

function keysOf(rules: readonly KeyedRule[]): Set<string> {
  return new Set(rules.map(({ key }) => key).filter((key) => key !== ''));
}

/** Ids of objects that the plan destroys, with the addresses that do it. */
type GoneIds = ReadonlyMap<string, readonly Changed[]>;

const goneIn = new WeakMap<TerraformFile, GoneIds>();

function goneIds(file: TerraformFile): GoneIds {
  const known = goneIn.get(file);
  if (known !== undefined) return known;
  const gone = new Map<string, Changed[]>();
  for (const item of file.changed) {
    const id = idOf({ values: item.change.before });
    if (id !== undefined && isDestroyed(item)) gone.set(id, [...(gone.get(id) ?? []), item]);
  }
  goneIn.set(file, gone);
  return gone;
}

/** Why nothing is certain of an object, or in one, that the plan destroys under any address but `own`. */
export function destroyedDoubt(file: TerraformFile, id: string | undefined, own?: string): Doubt | undefined {
  const [by] = (goneIds(file).get(id ?? '') ?? []).filter((item) => item.isDeposed || item.address !== own);
  return by && goneDoubt(by.change.before);
}

/** The changes that take a rule of a key away, and those that had one of it before: found at once, for groups of many rules. */
export interface TakenByKey {
  readonly keys: ReadonlyMap<string, readonly Taken[]>;
  readonly before: ReadonlyMap<string, readonly Taken[]>;
}

const takenFrom = new WeakMap<TerraformFile, Map<GroupType, ReadonlyMap<string, readonly Taken[]>>>();

/** What the plan takes out of the group of an id; out of any group without one. */
export function takenOf(file: TerraformFile, type: GroupType, id: string | undefined): TakenByKey {
  const types = takenFrom.get(file) ?? new Map<GroupType, ReadonlyMap<string, readonly Taken[]>>();
  takenFrom.set(file, types);
  const byGroup = types.get(type) ?? indexed(takenIn(file, type), ({ group }) => [group]);
  types.set(type, byGroup);
  const taken = id === undefined ? [...byGroup.values()].flat() : (byGroup.get(id) ?? []);
  return { keys: indexed(taken, ({ keys }) => keys), before: indexed(taken, ({ before }) => before) };
}

function indexed(taken: readonly Taken[], keysOfOne: (one: Taken) => Iterable<string>): Map<string, Taken[]> {
  const found = new Map<string, Taken[]>();
  for (const one of taken) {
    for (const key of keysOfOne(one)) {
      const list = found.get(key);
      if (list === undefined) found.set(key, [one]);
      else list.push(one);
    }
  }
  return found;
}
