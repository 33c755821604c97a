// Which groups does a file hold, and which rule resources belong to each? (Rules 1 and 2 of docs/guard.md.)
import { isUnknown, member } from '../json-place.ts';
import { addressIn, createdInstances, referencesIn, withoutKeys } from './configuration.ts';
import { type GroupType, type Holder, holdersIn, isGroup } from './group-types.ts';
import { isOfDirection } from './resource-rules.ts';
import { grouped, idIn, type Resource, type TerraformFile } from './resources.ts';

/** The resources whose rules take effect together. */
export interface Parts {
  /** What they may be called, the address of the group first. */
  readonly names: readonly string[];
  /** The id of the group; undefined where it is unknown. */
  readonly id: string | undefined;
  /** The group itself, or the data source that shows it, where the file has it. */
  readonly owner: Holder | undefined;
  /** Other resources and data sources of the same id. */
  readonly twins: readonly Holder[];
  /** Rule resources that belong to it. */
  readonly members: readonly Holder[];
  /** Rule resources that may belong to it. */
  readonly possible: () => readonly Holder[];
  /** A resource that may remove every rule from it that it does not list. */
  readonly keeper: Resource | undefined;
}

/** The groups, by ids or as resources, one of which something belongs to; undefined where it may be any. */
type Homes = readonly (string | Holder)[] | undefined;

/** The groups of one type. The address of a rule resource is a name of the group that it belongs to. */
export function groupsOf(file: TerraformFile, type: GroupType): Parts[] {
  const holders = holdersIn(type, file.resources);
  // What a data source shows of a resource beside it is no other one.
  const owners = holders
    .filter((item) => isGroup(item) && !item.isDeposed)
    .toSorted((a, b) => Number(a.isData) - Number(b.isData));
  const members = holders.filter((item) => !isGroup(item) && isOfDirection(type, item));
  const ownerEntries = owners.map((owner) => {
    const { address, block, values } = owner;
    const id = idIn(values);
    const names = [address, block, id ?? '', String(member(values, 'name').value ?? '')];
    return { key: id ?? owner, id, owner, member: undefined, names };
  });
  const entries = [...ownerEntries, ...members.map((member) => memberEntry(file, member, owners))];
  const groups = [...grouped(entries, ({ key }) => [key]).values()].map((all) => {
    const [owner, ...twins] = all.flatMap((entry) => entry.owner ?? []);
    const names = [...new Set(all.flatMap((entry) => entry.names))].filter((name) => name !== '');
    return { names, id: all[0]?.id, owner, twins, members: all.flatMap(({ member }) => member ?? []) };
  });
  const unknown = groups.filter(isUnknownGroup).flatMap(({ members }) => members);
  // Instances of one block have one expression, so they may belong to the same groups.
  const open = [...grouped(unknown, ({ block }) => [block]).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ resources: [first, ...others], homes: homesOf(file, type, first, owners) }],
  );
  const exclusive = file.resources
    .filter((item) => item.type === type.exclusive && !item.isForgotten)
    .map((resource) => ({ resource, homes: homeOf(file, resource, 'security_group_id', owners) }));
  return groups.map((group) => {
    const isUnknown = isUnknownGroup(group);
    const own = [group.id, group.owner, ...group.twins];
    const mayBeIn = ({ homes }: { homes: Homes }) =>
      isUnknown || homes === undefined || homes.some((home) => own.includes(home));
    return {
      ...group,
      possible: () => (isUnknown ? [] : open.filter(mayBeIn).flatMap(({ resources }) => resources)),
      keeper: exclusive.find(mayBeIn)?.resource,
    };
  });
}

/** Whether nothing tells which group it is. */
export function isUnknownGroup({ id, owner }: Pick<Parts, 'id' | 'owner'>): boolean {
  return id === undefined && owner === undefined;
}

/**
 * Where a rule resource belongs: to the group of an id, of a resource, or to one of its own. Where nothing tells the group, the
 * instances of one block have one together, provided that the expression is the same for all of them (no `each` or `count` in
 * it).
 */
function memberEntry(file: TerraformFile, member: Holder, owners: readonly Holder[]) {
  const { address, block, source } = member;
  const [home] = homeOf(file, member, source.link, owners) ?? [];
  const id = typeof home === 'string' ? home : undefined;
  const references = referencesIn(file, { resource: member, attribute: source.link });
  const isSameForAll = references.length > 0 && !references.some((name) => /^(?:each|count)\./.test(name));
  const name = isSameForAll ? block : address;
  const names = [id ?? name, address, block];
  return { key: home ?? `unknown: ${name}`, id, owner: undefined, member, names };
}

/** The group that an attribute names: by its id, or, while that is unknown, by rule 2. */
function homeOf(
  file: TerraformFile,
  resource: Resource,
  attribute: string,
  owners: readonly Holder[],
): Homes {
  const link = member(resource.values, attribute);
  if (!isUnknown(link)) return [String(link.value ?? '')];
  return createdInstances(file, { resource, attribute }, 1, owners);
}

/**
 * The groups that a rule resource may belong to whose group is unknown; undefined for any. If its expression names only the
 * output of a `terraform_data`, these are the groups of the id that this keeps. If it names only groups of its module and keys,
 * they are these, except in an ACL, where the rule could deny.
 */
function homesOf(file: TerraformFile, type: GroupType, resource: Holder, owners: readonly Holder[]): Homes {
  const references = referencesIn(file, { resource, attribute: resource.source.link });
  const keeper = references.find((name) => /^terraform_data\.[^.]+$/.test(name));
  if (references.length === 2 && references.includes(`${keeper}.output`)) {
    const kept = file.resources.find(({ address }) => address === addressIn(resource, keeper ?? ''));
    const id = kept && member(kept.values, 'input').value;
    const homes = owners.filter(({ values }) => id !== undefined && idIn(values) === id);
    return homes.length > 0 ? homes : undefined;
  }
  const named = references.filter((name) => !/^(?:each|count)\./.test(name));
  const blocks = new Set(named.map((name) => addressIn(resource, withoutKeys(name).replace(/\.id$/, ''))));
  const homes = owners.filter(({ block }) => blocks.has(block));
  const isOfGroups = new Set(homes.map(({ block }) => block)).size === blocks.size;
  return homes.length > 0 && isOfGroups && !type.isOrdered ? homes : undefined;
}
