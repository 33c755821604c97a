// Which entries do the prefix lists hold that a rule names?
import { missingPrefixList } from '../aws-traffic.ts';
import { isEmpty, isUnknown, items, member, type Place, text, where } from '../json-place.ts';
import { allowAnything, type Doubt } from '../rule.ts';
import { withDoubt } from './attributes.ts';
import { references } from './configuration.ts';
import type { ListNaming, ListRules, PrefixLists } from './group-type.ts';
import { groupRules, groupsOf } from './groups.ts';
import { onlyOrigin } from './membership.ts';
import { dataRules, isPrefixListData, prefixListType } from './prefix-list.ts';
import { candidatesOf, type Origins, originsOf } from './references.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** Lists that a rule names: some for certain, others possibly. */
interface Named {
  readonly certain: readonly Resource[];
  readonly possible: readonly Resource[];
  /** It may name any other list besides. */
  readonly isOpen: boolean;
}

/** Looks up the lists in a file: those that it manages or has read, by their ids, or while these are unknown, by reference. */
export function prefixListsIn(file: TerraformFile): PrefixLists {
  const groups = groupsOf(file, prefixListType);
  const data = file.dataSources.filter(isPrefixListData);
  const targets = [...groups.flatMap(({ resource }) => resource ?? []), ...data];
  const known = new Map<Resource | string, ListRules>();

  const rulesOf = (target: Resource): ListRules => {
    const read = known.get(target) ?? readList(target);
    known.set(target, read);
    return read;
  };
  const readList = (target: Resource): ListRules => {
    const group = groups.find(({ resource }) => resource === target);
    if (group !== undefined) return groupRules(file, prefixListType, group, noLists);
    return { rules: dataRules(target), asOf: undefined };
  };
  const rulesById = (id: string, place: Place): ListRules => {
    const target = targets.find(({ values }) => member(values, 'id').value === id);
    if (target !== undefined) return rulesOf(target);
    // Entries of a list that the file does not have are in it, but nobody can say what else is.
    const entries = groups.find(({ resource, names }) => resource === undefined && names[0] === id);
    const missing = allowAnything(missingPrefixList(id, where(place)));
    if (entries === undefined) return { rules: missing, asOf: undefined };
    const { rules, asOf } = groupRules(file, prefixListType, entries, noLists);
    return { rules: [...rules, ...missing], asOf };
  };

  return (naming) => {
    const ids = naming.places.flatMap((place) => knownIds(place));
    const open = naming.places.find(hasUnknown);
    const found = ids.map((id) => rulesById(text(id), id));
    if (open === undefined) return join(found);
    const texts = new Set(ids.map(({ value }) => value));
    const { certain, possible, isOpen } = namedBy(file, naming, targets, texts);
    const doubt = openDoubt(open, targets);
    return join([
      ...found,
      ...certain.map(rulesOf),
      ...possible.map(rulesOf).map(({ rules, asOf }) => ({ rules: withDoubt(rules, doubt), asOf })),
      { rules: isOpen || naming.hasHidden === true ? allowAnything(doubt) : [], asOf: undefined },
    ]);
  };
}

const noLists: PrefixLists = () => ({ rules: [], asOf: undefined });

function join(found: readonly ListRules[]): ListRules {
  return {
    rules: found.flatMap(({ rules }) => rules),
    asOf: found.map(({ asOf }) => asOf).find((asOf) => asOf !== undefined),
  };
}

function knownIds(place: Place): Place[] {
  if (isUnknown(place) || isEmpty(place)) return [];
  return (Array.isArray(place.value) ? items(place) : [place]).filter((id) => !isUnknown(id) && !isEmpty(id));
}

function hasUnknown(place: Place): boolean {
  if (isUnknown(place)) return true;
  return Array.isArray(place.value) && items(place).some(isUnknown);
}

/** What an unknown id, or list of ids, names by the references of its expression; `ids` are known beside it. */
function namedBy(
  file: TerraformFile,
  { resource, attribute, isOne }: ListNaming,
  targets: readonly Resource[],
  ids: ReadonlySet<unknown>,
): Named {
  const names = attribute === undefined ? undefined : references(file, resource, attribute);
  const origins = originsOf(file, resource, names, targets);
  const candidates = candidatesOf(origins);
  // Only an unknown id makes a value unknown.
  const fresh = { ...origins, ...withUnknownId(origins) };
  const only = onlyOrigin(file, resource, fresh);
  if (isOne) {
    if (only !== undefined) return { certain: [only], possible: [], isOpen: false };
    return { certain: [], possible: candidates, isOpen: origins.isOpen || candidates.length === 0 };
  }
  const isPlain =
    !origins.isOpen && !origins.isIndirect && origins.keys.length === 0 && origins.blocks.length === 0;
  if (isPlain && candidates.length > 0) {
    const elsewhere = ({ values }: Resource) => ids.has(member(values, 'id').value);
    return { certain: candidates.filter((item) => !elsewhere(item)), possible: [], isOpen: false };
  }
  const single =
    fresh.direct.length === 1 && fresh.blocks.length === 0 && !fresh.isUnsure && !fresh.isIndirect;
  const certain = only === undefined ? (single ? fresh.direct : []) : [only];
  return {
    certain,
    possible: candidates.filter((item) => !certain.includes(item)),
    isOpen: origins.isOpen || candidates.length === 0,
  };
}

function withUnknownId({ direct, blocks }: Origins): Pick<Origins, 'direct' | 'blocks'> {
  const isFresh = ({ values }: Resource) => isUnknown(member(values, 'id'));
  return {
    direct: [...new Set(direct.filter(isFresh))],
    blocks: blocks.map((block) => block.filter(isFresh)).filter((block) => block.length > 0),
  };
}

function openDoubt(place: Place, targets: readonly Resource[]): Doubt {
  const [example] = targets;
  const such = example === undefined ? '' : ` (such as ${example.address})`;
  return {
    place: where(place),
    reason: 'is known only after apply, and the configuration does not decide which prefix lists it names',
    wayOut: `judge the prefix list itself with params.address${such}, or check the state after the apply`,
  };
}
