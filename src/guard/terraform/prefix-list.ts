// Which addresses does a prefix list hold, by its resource, its entries or its data source, and which lists does a rule name?
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_managed_prefix_list
import { missingPrefixList } from '../aws-traffic.ts';
import {
  isUnknown,
  items,
  itemsOrNull,
  member,
  type Place,
  text,
  unexpected,
  unknownDoubt,
  where,
} from '../json-place.ts';
import { allowAnything, allowAt, type Doubt, mostRules, type Rule, tooManyRules } from '../rule.ts';
import { strangeAttribute, withDoubt } from './attributes.ts';
import { type Attribute, countUnknown, createdInstances, expressionOf } from './configuration.ts';
import { rulesReader } from './group-rules.ts';
import {
  type GroupType,
  joined,
  type KeyedRule,
  knownIds,
  type OwnRules,
  onlyIds,
  type PrefixLists,
  unkeyed,
} from './group-type.ts';
import { type Group, groupsOf } from './groups.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** Rules made of lists' entries: each rule that names a list has all of them, and is read up to three times. */
const mostHandedOut = 4 * mostRules;

export const prefixListType: GroupType = {
  types: ['aws_ec2_managed_prefix_list'],
  dataTypes: ['aws_ec2_managed_prefix_list', 'aws_prefix_list'],
  own: ({ isData, type }) => (!isData ? 'entry' : type === 'aws_prefix_list' ? 'cidr_blocks' : 'entries'),
  isMirrored: true,
  isOrdered: false,
  readOwn: (owner) => {
    const list = member(owner.values, prefixListType.own(owner));
    if (isUnknown(list)) return { rules: prefixListType.anything(unknownDoubt(list)) };
    const isPlain = owner.isData && owner.type === 'aws_prefix_list';
    const rules = itemsOrNull(list).flatMap((item) => (isPlain ? cidrRule(item) : entryRules(item)));
    return { rules: rules.map(byAddress) };
  },
  anything: (doubt) => allowAnything(doubt).map(unkeyed),
  members: [
    {
      type: 'aws_ec2_managed_prefix_list_entry',
      link: 'prefix_list_id',
      isOfDirection: () => true,
      read: ({ values }) => ({ rules: entryRules(values).map(byAddress) }),
    },
  ],
  adopting: [],
};

/** Whether only AWS can change a list. */
export function isManagedByAws({ isData, type, values }: Resource): boolean {
  return isData && (type === 'aws_prefix_list' || member(values, 'owner_id').value === 'AWS');
}

/** Looks up the lists in a file: by their ids, or while these are unknown, by what the configuration refers to. */
export function prefixListsIn(file: TerraformFile): PrefixLists {
  const groups = groupsOf(file, prefixListType);
  const read = rulesReader(file, prefixListType, onlyIds);
  const known = new Map<Group, OwnRules>();
  const rulesOf = (group: Group): OwnRules => {
    const rules = known.get(group) ?? read(group);
    known.set(group, rules);
    return rules;
  };
  const byId = new Map(groups.map((group) => [group.id, group]));
  let handedOut = 0;
  const rulesById = (place: Place): OwnRules => {
    const id = text(place);
    if (!/^[\w-]+$/.test(id)) throw unexpected(place, 'the id of a prefix list');
    const group = byId.get(id);
    const found = group === undefined ? { rules: [] } : rulesOf(group);
    // Entries of a list that the file does not have are in it, but nobody can say what else is.
    const missing = missingPrefixList(id, where(place));
    const rest = group?.owner === undefined ? prefixListType.anything(missing) : [];
    return { ...found, rules: [...found.rules, ...rest].map((item) => ({ ...item, key: id })) };
  };
  const rulesNamed: PrefixLists = (place, naming) => {
    const ids = knownIds(place).map(rulesById);
    const unknown = unknownIds(place);
    if (unknown === 0) return joined(ids);
    const named = namedLists(file, naming, unknown, groups);
    const open = { rules: prefixListType.anything(openDoubt(place, groups)) };
    return joined([...ids, ...(named?.map(rulesOf) ?? [open])]);
  };
  return (place, naming) => {
    const found = rulesNamed(place, naming);
    handedOut += found.rules.length;
    if (handedOut > mostHandedOut) throw tooManyRules(place.file);
    return found;
  };
}

/** Lists that an unknown id, or `unknown` elements of a list of ids, are for certain, by rule 2. */
function namedLists(
  file: TerraformFile,
  naming: Attribute,
  unknown: number,
  groups: readonly Group[],
): readonly Group[] | undefined {
  if (naming.inner !== undefined && !isSure(file, naming)) return undefined;
  const targets = createdInstances(
    file,
    naming,
    groups.flatMap(({ owner }) => owner ?? []),
  );
  const named = targets.flatMap(
    (one) => groups.find(({ owner }) => one !== undefined && owner === one) ?? [],
  );
  return targets.length === unknown && named.length === unknown ? named : undefined;
}

/**
 * Whether what an expression names is the one unknown place in the attribute. Blocks of a set stand in another order than in the
 * configuration, and one expression may stand for several. `dynamic` blocks are not shown there: a value with more blocks has some.
 */
function isSure(file: TerraformFile, { resource, attribute }: Attribute): boolean {
  const expression = expressionOf(file, resource, attribute);
  const blocks = member(resource.values, attribute);
  const count = items(blocks).length;
  if (!Array.isArray(expression)) return count === 1 && countUnknown(blocks.unknown) === 1;
  const isAlone = count === 1 && expression.length === 1;
  return isAlone || (count <= expression.length && countUnknown(blocks.unknown) === 1);
}

/** How many ids are unknown. A list that is unknown as a whole counts as one: more could be there, or fewer. */
function unknownIds(place: Place): number {
  if (isUnknown(place)) return 1;
  return Array.isArray(place.value) ? items(place).filter(isUnknown).length : 0;
}

function openDoubt(place: Place, groups: readonly Group[]): Doubt {
  const [example] = groups;
  const such = example === undefined ? '' : ` (such as ${example.names[0]})`;
  return {
    place: where(place),
    reason: 'is known only after apply, and the configuration does not decide which prefix lists it names',
    wayOut: `judge the prefix list itself with params.address${such}, or check the state after the apply`,
  };
}

function entryRules(entry: Place): Rule[] {
  if (isUnknown(entry)) return allowAnything(unknownDoubt(entry));
  const strange = strangeAttribute(entry);
  return cidrRule(member(entry, 'cidr')).map((rule) => withDoubt(rule, strange));
}

function cidrRule(cidr: Place): Rule[] {
  return isUnknown(cidr) ? allowAnything(unknownDoubt(cidr)) : [allowAt(cidr)];
}

function byAddress(rule: Rule): KeyedRule {
  const { family, first, last } = rule.range;
  return { ...unkeyed(rule), key: rule.at === undefined ? '' : `${family} ${first}-${last}` };
}
