// Which groups does a file hold, and which rule resources belong to each? (Rules 1 and 2 of form.ts.)
import { isUnknown, member } from '../json-place.ts';
import { createdInstances, expressionOf, referencesIn, resourcesNamed } from './configuration.ts';
import type { GroupType, MemberType } from './group-type.ts';
import { idOf, type Resource, type TerraformFile } from './resources.ts';

/** Rules that take effect together. */
export interface Group {
  /** What it may be called, its address first. */
  readonly names: readonly string[];
  /** Undefined where it is unknown. */
  readonly id: string | undefined;
  /** The resource or data source itself, where the file has it. */
  readonly owner: Resource | undefined;
  /** Other resources that claim to be the same group. */
  readonly twins: readonly Resource[];
  /** Rule resources that belong to it. */
  readonly members: readonly Resource[];
  /** Rule resources that may belong to it. */
  readonly possible: () => readonly Resource[];
}

interface OpenGroup extends Omit<Group, 'possible'> {
  readonly names: string[];
  readonly twins: Resource[];
  readonly members: Resource[];
}

/**
 * The groups of one type. Where nothing tells the group of rule resources, the instances of one block make a group of
 * their own, provided that the expression is the same for all of them (no `each` or `count` in it), and otherwise every instance
 * does: the group of these may be any. The address of a rule resource is a name of the group that it belongs to.
 */
export function groupsOf(file: TerraformFile, type: GroupType): Group[] {
  const groups: OpenGroup[] = [];
  const index = new Map<unknown, OpenGroup[]>();
  const add = (group: OpenGroup, ...keys: unknown[]) => {
    groups.push(group);
    for (const key of keys) index.set(key, [...(index.get(key) ?? []), group]);
    return [group];
  };
  const owners = ownersIn(file, type);
  for (const owner of owners) {
    const id = idOf(owner);
    const names = [owner.address, owner.block, id ?? '', String(member(owner.values, 'name').value ?? '')];
    const [twin] = (id !== undefined && index.get(id)) || [];
    if (twin !== undefined) twin.twins.push(owner);
    const twins = twin?.owner === undefined ? [] : [twin.owner];
    add({ names, id, owner, twins, members: [] }, owner, ...(id === undefined ? [] : [id]));
  }
  const localNames = new Set(owners.flatMap((one) => namesOf(one).map((name) => `${one.module} ${name}`)));
  const open: { member: Resource; mayBe: (owner: Resource | undefined) => boolean }[] = [];
  for (const resource of membersIn(file.resources, type)) {
    const home = homeOf(file, resource, memberType(type, resource).link, owners, localNames);
    const key = home.owner ?? home.id ?? `unknown: ${home.key}`;
    const empty = { names: [home.key], id: home.id, owner: undefined, twins: [], members: [] };
    for (const group of index.get(key) ?? add(empty, key)) {
      group.members.push(resource);
      group.names.push(resource.address, resource.block);
    }
    if (home.id === undefined && home.owner === undefined)
      open.push({ member: resource, mayBe: type.isOrdered && !home.isSure ? () => true : home.mayBe });
  }
  return groups.map((group) => ({
    ...group,
    names: [...new Set(group.names)].filter((name) => name !== ''),
    possible: () =>
      isUnknownGroup(group) ? [] : open.filter(({ mayBe }) => mayBe(group.owner)).map((item) => item.member),
  }));
}

/** Which group a rule resource belongs to: by its id, or, while that is unknown, by rule 2. */
function homeOf(
  file: TerraformFile,
  resource: Resource,
  link: string,
  owners: readonly Resource[],
  localNames: ReadonlySet<string>,
) {
  const place = member(resource.values, link);
  if (!isUnknown(place)) {
    const id = String(place.value ?? '');
    return { id, key: id };
  }
  const references = referencesIn(expressionOf(file, resource, link));
  const named = createdInstances(resourcesNamed(references), resource.module, owners);
  const [owner] = named ?? [];
  if (owner !== undefined && named?.length === 1) return { owner, key: owner.address };
  const isSameForAll = references?.every((name) => !/^(?:each|count)\./.test(name)) === true;
  const key = isSameForAll ? resource.block : resource.address;
  const kept = keptId(file, resource, references, owners);
  if (kept !== undefined)
    return { key, mayBe: (owner: Resource | undefined) => owner === kept, isSure: true };
  return { key, mayBe: possibleHomes(references, resource, localNames) };
}

/**
 * The group whose id a terraform_data keeps: where an expression refers to its output and nothing else, and its input is a known id and
 * refers to that one group by `.id`. It is rule 2 over one step more, and tells only which groups have nothing to fear of this rule.
 */
function keptId(
  file: TerraformFile,
  { module }: Resource,
  references: readonly string[] | undefined,
  owners: readonly Resource[],
): Resource | undefined {
  const local = references?.find((name) => /^terraform_data\.[^.]+$/.test(name));
  if (local === undefined || references?.length !== 2 || !references.includes(`${local}.output`))
    return undefined;
  const keeper = file.resources.find((one) => one.module === module && one.local === local);
  const named = keeper && resourcesNamed(referencesIn(expressionOf(file, keeper, 'input')));
  if (keeper === undefined || named?.length !== 1) return undefined;
  const { value } = member(keeper.values, 'input');
  return owners.find(
    (one) =>
      one.module === module && one.local === named[0] && idOf(one) !== undefined && idOf(one) === value,
  );
}

/**
 * Tells which groups an expression may pick, where it names nothing but groups of its module and keys: else any. Where a rule can only
 * add, that tells which groups have nothing to expect of it.
 */
function possibleHomes(
  references: readonly string[] | undefined,
  { module }: Resource,
  localNames: ReadonlySet<string>,
): (owner: Resource | undefined) => boolean {
  const names = new Set((references ?? []).filter((name) => !/^(?:each|count)\./.test(name)));
  const isOfGroups = names.size > 0 && [...names].every((name) => localNames.has(`${module} ${name}`));
  if (!isOfGroups) return () => true;
  return (owner) => owner?.module === module && namesOf(owner).some((name) => names.has(name));
}

/** What an expression in its module calls a group. */
function namesOf({ local, type, name }: Resource): readonly string[] {
  return [local, `${type}.${name}`].flatMap((address) => [address, `${address}.id`]);
}

/** Whether nothing tells which group it is. */
export function isUnknownGroup({ id, owner }: Pick<Group, 'id' | 'owner'>): boolean {
  return id === undefined && owner === undefined;
}

/** The groups themselves, each address once, and data sources that show one. */
export function ownersIn(file: TerraformFile, type: GroupType): Resource[] {
  const managed = file.resources.filter(
    ({ type: name, isDeposed }) => type.types.includes(name) && !isDeposed,
  );
  // A group that is forgotten while another is created in its place has the same address, and comes after it.
  const firsts = new Map(managed.toReversed().map((owner) => [owner.address, owner]));
  const data = file.dataSources.filter(({ type: name }) => type.dataTypes.includes(name));
  return [...managed.filter((owner) => firsts.get(owner.address) === owner), ...data];
}

function membersIn(resources: readonly Resource[], type: GroupType): Resource[] {
  return resources.filter((resource) =>
    type.members.some((item) => item.type === resource.type && item.isOfDirection(resource.values)),
  );
}

/** How to read a rule resource. */
export function memberType(type: GroupType, resource: Resource): MemberType {
  const found = type.members.find((item) => item.type === resource.type);
  if (found === undefined) throw new Error(`${resource.type} is no member of ${type.types.join(' or ')}`);
  return found;
}
