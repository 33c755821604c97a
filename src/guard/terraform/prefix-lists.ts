// Which prefix lists does a rule name, and what do they hold? (Rules 1 and 2 of docs/guard.md.)
import { missingPrefixList } from '../aws-traffic.ts';
import { isEmpty, isUnknown, items, type Place, text, unexpected, where } from '../json-place.ts';
import { mostRules, tooManyRules } from '../rule.ts';
import { createdInstances } from './configuration.ts';
import { readGroups } from './group-rules.ts';
import { prefixListType } from './group-types.ts';
import { anything, joined, type OwnRules, type PrefixLists } from './resource-rules.ts';
import type { TerraformFile } from './resources.ts';

/** Rules made of lists' entries: each rule that names a list has all of them, and is read up to five times. */
const mostHandedOut = 6 * mostRules;

/** Looks up the lists in a file: by their ids, or while these are unknown, by what the configuration refers to. */
export function prefixListsIn(file: TerraformFile): PrefixLists {
  const type = prefixListType('egress');
  const groups = readGroups({ file, type, lists: () => ({ rules: [] }) });
  const byId = new Map(groups.map((group) => [group.id, group]));
  const byOwner = new Map(groups.map((group) => [group.owner, group]));
  const owners = groups.flatMap(({ owner }) => owner ?? []);
  const example = groups[0] === undefined ? '' : ` (such as ${groups[0].names[0]})`;
  let handedOut = 0;
  const rulesById = (place: Place): OwnRules => {
    const id = text(place);
    if (!/^[\w-]+$/.test(id)) throw unexpected(place, 'the id of a prefix list');
    const group = byId.get(id);
    const found = group === undefined ? { rules: [] } : group.read();
    // Entries of a list that the file does not have are in it, but nobody can say what else is.
    const missing = missingPrefixList(id, where(place));
    const rest = group?.owner === undefined ? anything(type, missing) : [];
    return { ...found, rules: [...found.rules, ...rest].map((item) => ({ ...item, key: id })) };
  };
  return (place, naming) => {
    const all = !isUnknown(place) && Array.isArray(place.value) ? items(place) : [place];
    const unknown = all.filter(isUnknown).length;
    const named = unknown === 0 ? [] : createdInstances(file, naming, unknown, owners);
    const open = {
      place: where(place),
      reason: 'is known only after apply, and the configuration does not decide which prefix lists it names',
      wayOut: `judge the prefix list itself with params.address${example}, or check the state after the apply`,
    };
    const found = joined([
      ...all.filter((id) => !isUnknown(id) && !isEmpty(id)).map(rulesById),
      ...(named?.flatMap((one) => byOwner.get(one)?.read() ?? []) ?? [{ rules: anything(type, open) }]),
    ]);
    handedOut += found.rules.length;
    if (handedOut > mostHandedOut) throw tooManyRules(place.file);
    return found;
  };
}
