// Which groups does a file hold, and which rule resources belong to each? (Rules 1 and 2 of form.ts.)
import { isUnknown, member } from '../json-place.ts';
import { createdInstances, expressionOf, referencesIn } from './configuration.ts';
import type { GroupType, MemberType } from './group-type.ts';
import { idIn, type Resource, type TerraformFile } from './resources.ts';

/** Rules that take effect together. */
export interface Group {
  /** What it may be called, its address first. */
  readonly names: readonly string[];
  /** Undefined where it is unknown. */
  readonly id: string | undefined;
  /** The resource or data source itself, where the file has it. */
  readonly owner: Resource | undefined;
  /** Other resources and data sources of the same id. */
  readonly twins: readonly Resource[];
  /** Rule resources that belong to it. */
  readonly members: readonly Resource[];
  /** Rule resources that may belong to it. */
  readonly possible: () => readonly Resource[];
}

interface OpenGroup extends Omit<Group, 'possible'> {
  readonly names: string[];
  owner: Resource | undefined;
  readonly twins: Resource[];
  readonly members: Resource[];
}

/** Where a rule resource belongs: to the group of an id, of a resource, or while nothing tells that, to one of a name of its own. */
interface Home {
  readonly key: string | Resource;
  readonly id?: string;
  readonly name: string;
  /** Which groups it may belong to while nothing tells. */
  readonly mayBe?: (owner: Resource | undefined) => boolean;
}

/**
 * The groups of one type. Where nothing tells the group of rule resources, the instances of one block make a group of
 * their own, provided that the expression is the same for all of them (no `each` or `count` in it), and otherwise every instance
 * does: the group of these may be any. The address of a rule resource is a name of the group that it belongs to.
 */
export function groupsOf(file: TerraformFile, type: GroupType): Group[] {
  const groups = new Map<Home['key'], OpenGroup>();
  const groupAt = (key: Home['key'], id: string | undefined, name: string) => {
    const group = groups.get(key) ?? { names: [name], id, owner: undefined, twins: [], members: [] };
    groups.set(key, group);
    return group;
  };
  const owners = ownersIn(file, type);
  for (const owner of owners) {
    const id = idIn(owner.values);
    const group = groupAt(id ?? owner, id, owner.address);
    if (group.owner === undefined) group.owner = owner;
    else group.twins.push(owner);
    group.names.push(owner.address, owner.block, id ?? '', String(member(owner.values, 'name').value ?? ''));
  }
  const localNames = new Set(owners.flatMap((one) => namesOf(one).map((name) => `${one.module} ${name}`)));
  // Instances of one block have one expression, so they may be of the same groups.
  const open = new Map<string, { members: Resource[]; mayBe: NonNullable<Home['mayBe']> }>();
  for (const resource of membersIn(file, type)) {
    const { key, id, name, mayBe } = homeOf(file, type, resource, owners, localNames);
    const group = groupAt(key, id, name);
    group.members.push(resource);
    group.names.push(resource.address, resource.block);
    if (mayBe === undefined) continue;
    const block = open.get(resource.block) ?? { members: [], mayBe };
    open.set(resource.block, block);
    block.members.push(resource);
  }
  return [...groups.values()].map((group) => ({
    ...group,
    names: [...new Set(group.names)].filter((name) => name !== ''),
    possible: () =>
      isUnknownGroup(group)
        ? []
        : [...open.values()].filter(({ mayBe }) => mayBe(group.owner)).flatMap(({ members }) => members),
  }));
}

/** Which group a rule resource belongs to: by its id, or, while that is unknown, by rule 2. */
function homeOf(
  file: TerraformFile,
  type: GroupType,
  resource: Resource,
  owners: readonly Resource[],
  localNames: ReadonlySet<string>,
): Home {
  const { link } = memberType(type, resource);
  const place = member(resource.values, link);
  if (!isUnknown(place)) {
    const id = String(place.value ?? '');
    return { key: id, id, name: id };
  }
  const references = referencesIn(expressionOf(file, resource, link));
  const named = createdInstances(file, { resource, attribute: link }, owners);
  if (named.length === 1 && named[0] !== undefined) return { key: named[0], name: named[0].address };
  const isSameForAll = references?.every((name) => !/^(?:each|count)\./.test(name)) === true;
  const name = isSameForAll ? resource.block : resource.address;
  const kept = keptId(file, resource, references, owners);
  const isAny = type.isOrdered && kept === undefined;
  return {
    key: `unknown: ${name}`,
    name,
    mayBe: (one) =>
      kept === undefined ? isAny || mayName(references, resource, localNames, one) : one === kept,
  };
}

/**
 * The group whose id a terraform_data keeps: its input is that id, and an expression refers to its output and nothing else. It tells
 * only which groups have nothing to fear of this rule.
 */
function keptId(
  file: TerraformFile,
  { module }: Resource,
  references: readonly string[] | undefined,
  owners: readonly Resource[],
): Resource | undefined {
  const keeper = references?.find((name) => /^terraform_data\.[^.]+$/.test(name));
  if (references?.length !== 2 || !references.includes(`${keeper}.output`)) return undefined;
  const found = file.resources.find((one) => one.module === module && one.local === keeper);
  const id = found && member(found.values, 'input').value;
  return id === undefined ? undefined : owners.find((one) => idIn(one.values) === id);
}

/**
 * Whether an expression may pick a group, where it names nothing but groups of its module and keys: else it may be any. Where a rule can
 * only add, that tells which groups have nothing to expect of it.
 */
function mayName(
  references: readonly string[] | undefined,
  { module }: Resource,
  localNames: ReadonlySet<string>,
  owner: Resource | undefined,
): boolean {
  const names = (references ?? []).filter((name) => !/^(?:each|count)\./.test(name));
  const isOfGroups = names.length > 0 && names.every((name) => localNames.has(`${module} ${name}`));
  return !isOfGroups || (owner?.module === module && namesOf(owner).some((name) => names.includes(name)));
}

/** What an expression in its module calls a group. */
function namesOf({ local, type, name }: Resource): readonly string[] {
  return [local, `${type}.${name}`].flatMap((address) => [address, `${address}.id`]);
}

/** Whether nothing tells which group it is. */
export function isUnknownGroup({ id, owner }: Pick<Group, 'id' | 'owner'>): boolean {
  return id === undefined && owner === undefined;
}

/** The groups themselves, and data sources that show one. */
export function ownersIn(file: TerraformFile, type: GroupType): Resource[] {
  return [
    ...file.resources.filter((item) => type.types.includes(item.type) && !item.isDeposed),
    ...file.dataSources.filter((item) => type.dataTypes.includes(item.type)),
  ];
}

function membersIn({ resources }: TerraformFile, type: GroupType): Resource[] {
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
