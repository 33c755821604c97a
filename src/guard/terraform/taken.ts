// What does a plan take away, and which objects are gone after it? (Rule 3 of form.ts.)
import { isUnknown, member, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
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
export function takenIn(file: TerraformFile, type: GroupType): Taken[] {
  const gone = goneIds(file);
  return [
    ...file.changed.filter((item) => !item.isForgotten).flatMap((item) => takenBy(item, type)),
    ...file.resources.flatMap((item) => takenWith(item, type, gone)),
  ];
}

/** A rule object that another address destroys by its id takes along what an update has made of it. */
function takenWith(item: Resource, type: GroupType, gone: GoneIds): Taken[] {
  const link = type.members.find((one) => one.type === item.type)?.link;
  if (link === undefined || goneDoubt(gone, idOf(item), item.address) === undefined) return [];
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
export type GoneIds = ReadonlyMap<string, readonly Changed[]>;

const goneIn = new WeakMap<TerraformFile, GoneIds>();

export function goneIds(file: TerraformFile): GoneIds {
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
export function goneDoubt(gone: GoneIds, id: string | undefined, own?: string): Doubt | undefined {
  const [by] = (gone.get(id ?? '') ?? []).filter((item) => item.isDeposed || item.address !== own);
  if (by === undefined || id === undefined) return undefined;
  return {
    place: where(by.change.before),
    reason: 'is the same object, and this plan destroys it there',
    wayOut: 'check the state after the apply',
  };
}

/** Why a rule is not certain that a change takes away. */
export function takenDoubt({ place }: Taken): Doubt {
  return {
    place,
    reason:
      'takes such a rule out of the group, and AWS does not tell it from the same rule of another resource',
    wayOut: 'apply that first and plan again, or check the state after the apply',
  };
}

/** The changes that take a rule of a key away, and those that had one of it before: found at once, for groups of many rules. */
export interface TakenByKey {
  readonly keys: ReadonlyMap<string, readonly Taken[]>;
  readonly before: ReadonlyMap<string, readonly Taken[]>;
}

export function indexTaken(taken: readonly Taken[]): TakenByKey {
  const index = (keysOfOne: (one: Taken) => ReadonlySet<string>) => {
    const found = new Map<string, Taken[]>();
    for (const one of taken) {
      for (const key of keysOfOne(one)) {
        const list = found.get(key);
        if (list === undefined) found.set(key, [one]);
        else list.push(one);
      }
    }
    return found;
  };
  return { keys: index(({ keys }) => keys), before: index(({ before }) => before) };
}
