// What does a plan take away, and which objects are gone after it? (Rule 3 of docs/guard.md.)
import { member, type Place } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { doubtAt } from './doubts.ts';
import { blocksOf, type Holder, isGroup } from './group-types.ts';
import { type Context, isOfDirection, type KeyedRule, rulesIn } from './resource-rules.ts';
import { type Former, grouped, type Resource, type TerraformFile, takesFrom } from './resources.ts';

/** What the plan takes out of a group. */
export interface Taken {
  /** Why the rule of a key is not certain in a resource; undefined where no change takes it away from there. */
  readonly doubtOf: (key: string, resource: Resource) => Doubt | undefined;
  /** Whether resources at other addresses change. */
  readonly isByOthers: (resource: Resource) => boolean;
}

/** What the plan takes out of the group of an id; out of any group without one. */
export function takenIn(
  context: Context,
  former: readonly Holder<Former>[],
): (id: string | undefined) => Taken {
  const { type } = context;
  // Rules of Cloud Foundry's groups are known by no key, so nothing takes one of them.
  const changes = former.filter(
    (item) =>
      type.readOwn === undefined &&
      !item.actions.every((action) => action === 'no-op' || action === 'forget') &&
      isOfDirection(type, { ...item, values: item.before }),
  );
  const byGroup = grouped(changes, (item) => [groupIn(item, item.before), undefined]);
  const known = new Map<string | undefined, ReadonlyMap<string, readonly Former[]>>();
  return (id) => {
    const own = byGroup.get(id) ?? [];
    const takers = known.get(id) ?? grouped(own, (item) => keysTaken(context, item));
    known.set(id, takers);
    return {
      doubtOf: (key, { address }) => {
        const taker = takers.get(key)?.find((item) => takesFrom(item, address));
        return taker && doubtAt(taker.before, 'taken');
      },
      isByOthers: ({ address }) => own.some((item) => item.address !== address),
    };
  };
}

/** The keys of the rules that a change takes away. An update in place does not take those that it certainly has again. */
function keysTaken(context: Context, item: Holder<Former>): Set<string> {
  const { actions, before, after } = item;
  const isKept = actions.includes('update') && after && groupIn(item, after) === groupIn(item, before);
  const again = isKept ? rulesShown(context, item, after).filter(({ rule }) => rule.doubt === undefined) : [];
  const keys = new Set(rulesShown(context, item, before).map(({ key }) => key));
  for (const key of ['', ...again.map(({ key }) => key)]) keys.delete(key);
  return keys;
}

/** The rules in attributes of a resource, where they show any. */
function rulesShown(context: Context, item: Holder<Former>, values: Place): readonly KeyedRule[] {
  const shown = { ...item, values };
  return isGroup(shown) && blocksOf(shown).value === undefined ? [] : rulesIn(context, shown).rules;
}

/** The id of the group that attributes of a resource name; undefined while it is unknown. */
function groupIn({ source }: Holder, values: Place): string | undefined {
  const { value } = member(values, source.link);
  return value === undefined ? undefined : String(value);
}

/** Why nothing is certain of an object, or in one, that the plan destroys under another address than `own`. */
export function destroyedDoubt(file: TerraformFile, id: string | undefined, own?: string): Doubt | undefined {
  const gone = id === undefined ? [] : (file.gone.get(id) ?? []);
  const by = gone.find((item) => takesFrom(item, own));
  return by && doubtAt(by.before, 'gone');
}
