// What does a plan's configuration say of an attribute: is it set, and which one resource does it refer to? (Rule 2 of form.ts.)
import { isObject, member } from '../json-place.ts';
import { withoutKeys } from './completeness.ts';
import type { GroupType } from './group-type.ts';
import { isCreated, type Resource, type TerraformFile } from './resources.ts';

/** An attribute of a resource, or, as `inner`, an attribute in the blocks that it consists of. */
export interface Attribute {
  readonly resource: Resource;
  readonly attribute: string;
  readonly inner?: string;
}

/** Where the rules in a resource's attribute come from. */
export type Origin =
  /** The code sets it, with what the plan shows. */
  | 'configured'
  /** The provider copied into it what it found at the last refresh. */
  | 'mirrored'
  /** A new resource, and nothing shows that the code sets it. */
  | 'unset';

/**
 * Tells whether the code sets the attribute of a group that the provider fills in otherwise. The format leaves out `dynamic` blocks, but what they set
 * is seen by its effect: an attribute that nobody sets keeps its value, and is unknown in a new object.
 */
export function originOf(file: TerraformFile, type: GroupType, owner: Resource): Origin {
  if (!type.isMirrored) return 'configured';
  const { before, values } = owner;
  if (file.kind === 'state' || owner.isData || owner.isForgotten) return 'mirrored';
  const attribute = type.own(owner);
  const expression = expressionOf(file, owner, attribute);
  const isNew = isCreated(owner) || before === undefined;
  const { value, unknown } = member(values, attribute);
  if (isNew && unknown === true) return expression === undefined ? 'unset' : 'configured';
  if (isNew || unknown === true || expression !== undefined) return 'configured';
  return JSON.stringify(member(before, attribute).value) === JSON.stringify(value)
    ? 'mirrored'
    : 'configured';
}

/** The expression of an attribute of a resource, or the array of its nested blocks; undefined when the configuration has none. */
export function expressionOf(file: TerraformFile, resource: Resource, attribute: string): unknown {
  const { module, type, name } = resource;
  const resources = get(moduleConfig(file, module), 'resources');
  const address = `${type}.${name}`;
  const found = Array.isArray(resources) ? blocksIn(resources).get(address) : undefined;
  return get(get(found, 'expressions'), attribute);
}

/** The blocks of a module's resources by address, for thousands of look-ups. */
const blocks = new WeakMap<readonly unknown[], ReadonlyMap<unknown, unknown>>();

function blocksIn(resources: readonly unknown[]): ReadonlyMap<unknown, unknown> {
  const managed = () => resources.filter((item) => get(item, 'mode') !== 'data');
  const known = blocks.get(resources) ?? new Map(managed().map((item) => [get(item, 'address'), item]));
  blocks.set(resources, known);
  return known;
}

/**
 * The names that an expression refers to; undefined when it is not shown. An attribute of nested blocks takes the names of all of them,
 * or, as `inner`, of that attribute in each of them.
 */
export function referencesIn(expression: unknown, inner?: string): readonly string[] | undefined {
  if (Array.isArray(expression)) {
    const all = expression.map(
      (block) => referencesIn(inner === undefined ? block : get(block, inner)) ?? [],
    );
    return all.flat();
  }
  const list = get(expression, 'references');
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : undefined;
}

const resourceId =
  /^((?!(?:data|var|local|module|each|count|path|terraform|self)\.)[a-z]\w*\.[\w-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?)\.id$/;

/**
 * Rule 2: the resources whose `.id` is all that an attribute's expression refers to. Each is that one of the targets, if it is one which
 * the plan creates, so that its id is unknown; none where the expression refers to anything else.
 */
export function createdInstances(
  file: TerraformFile,
  { resource, attribute, inner }: Attribute,
  targets: readonly Resource[],
): readonly (Resource | undefined)[] {
  const named = resourcesNamed(referencesIn(expressionOf(file, resource, attribute), inner) ?? []);
  const isMeant = ({ module, local, isData }: Resource, address: string) =>
    module === resource.module && local === address && !isData;
  return named.map((address) =>
    targets.find(
      (one) => isMeant(one, address) && isCreated(one) && member(one.values, 'id').unknown === true,
    ),
  );
}

/** `a.b.id` is listed with `a.b`, and `a.b[0].id` with `a.b[0]` and `a.b`. */
function resourcesNamed(references: readonly string[]): readonly string[] {
  const named = new Set(references.flatMap((reference) => resourceId.exec(reference)?.[1] ?? []));
  const explained = new Set(
    [...named].flatMap((address) => [`${address}.id`, address, withoutKeys(address)]),
  );
  return references.every((reference) => explained.has(reference)) ? [...named] : [];
}

/** How many parts of an attribute, or what is within it, are unknown until apply. */
export function countUnknown(unknown: unknown): number {
  if (unknown === true) return 1;
  if (typeof unknown !== 'object' || unknown === null) return 0;
  return Object.values(unknown).reduce<number>((sum, item) => sum + countUnknown(item), 0);
}

function moduleConfig({ configuration }: TerraformFile, module: string): unknown {
  const steps = withoutKeys(module).split('.');
  const calls = steps.filter((_, index) => index % 2 === 1);
  return calls.reduce(
    (parent, call) => get(get(get(parent, 'module_calls'), call), 'module'),
    get(configuration?.value, 'root_module'),
  );
}

function get(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
