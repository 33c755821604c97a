// What does a plan take away, and which objects are gone after it? (Rule 3 of form.ts.)
import { isUnknown, member, type Place, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { goneDoubt } from './doubts.ts';
import { type GroupType, type KeyedRule, onlyIds } from './group-type.ts';
import { type Former, grouped, idIn, isDestroyed, type Resource, type TerraformFile } from './resources.ts';

/** A change of what has rules in a group. */
export interface Taker {
  /** The address of what is changed. */
  readonly by: string;
  /** Where that stands, for messages. */
  readonly place: string;
  /** The keys of the rules that it has. */
  readonly keys: ReadonlySet<string>;
  /** The keys of those of them that it gives back. */
  readonly again: ReadonlySet<string>;
  /** It may take them after it has given them itself. */
  readonly isLast: boolean;
}

/** Who has the rule of a key. */
export type Taken = ReadonlyMap<string, readonly Taker[]>;

/** What the plan takes out of the group of an id; out of any group without one. */
export function takenIn(file: TerraformFile, type: GroupType): (id: string | undefined) => Taken {
  const changes = file.former.filter((item) => !item.actions.includes('forget') && linkOf(item, type));
  const byGroup = grouped(changes, (item) => [groupOf(item.before, item, type), undefined]);
  const known = new Map<string | undefined, Taken>();
  return (id) => {
    const read = () => (byGroup.get(id) ?? []).flatMap((item) => takerIn(file, type, item));
    const taken = known.get(id) ?? grouped(read(), ({ keys }) => keys);
    known.set(id, taken);
    return taken;
  };
}

function takerIn(file: TerraformFile, type: GroupType, item: Former): Taker[] {
  const { actions, before, after, address } = item;
  // An object that another address destroys takes along what this one makes of it.
  const isGone = destroyedDoubt(file, idIn(before), address) !== undefined;
  if (!isGone && actions.every((action) => action === 'no-op')) return [];
  const isLast = isGone || item.isDeposed || (actions[0] === 'create' && isDestroyed(item));
  const keys = keysOf(readAll(item, type, before));
  const stays = after !== undefined && groupOf(after, item, type) === groupOf(before, item, type);
  const given = stays ? readAll(item, type, after) : [];
  if (isGone) for (const key of keysOf(given)) keys.add(key);
  const again = keysOf(isLast ? [] : given.filter(({ rule }) => rule.doubt === undefined));
  return [{ by: address, place: where(before), keys, again, isLast }];
}

/** The id of the group; undefined while it is unknown. */
function groupOf(values: Place, item: Resource, type: GroupType): string | undefined {
  const { value } = member(values, linkOf(item, type) ?? '');
  return value === undefined ? undefined : String(value);
}

/** The attribute with the group's id: that of a rule resource, or the group's own. */
function linkOf({ type: name }: Resource, type: GroupType): string | undefined {
  if (type.members.length > 0 && type.types.includes(name)) return 'id';
  return type.members.find((item) => item.type === name)?.link;
}

function readAll(item: Resource, type: GroupType, values: Resource['values']): readonly KeyedRule[] {
  const resource = { ...item, values };
  const found = type.members.find((one) => one.type === item.type);
  if (found !== undefined) return found.isOfDirection(values) ? found.read(resource, onlyIds).rules : [];
  const own = member(values, type.own(resource));
  return own.value === undefined || isUnknown(own) ? [] : type.readOwn(resource, onlyIds).rules;
}

function keysOf(rules: readonly KeyedRule[]): Set<string> {
  return new Set(rules.map(({ key }) => key).filter((key) => key !== ''));
}

/** Why nothing is certain of an object, or in one, that the plan destroys under any address but `own`. */
export function destroyedDoubt(file: TerraformFile, id: string | undefined, own?: string): Doubt | undefined {
  const gone = id === undefined ? [] : (file.gone.get(id) ?? []);
  const by = gone.find((item) => item.isDeposed || item.address !== own);
  return by && goneDoubt(by.before);
}
