// What does the code say, as far as a plan shows it: which blocks are there, and what does an attribute refer to? (Rule 2 of
// docs/guard.md.)
import { isObject, items, member } from '../json-place.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** A managed resource in the code. */
export interface Block {
  /** Without keys: `module.net.aws_security_group.app`. */
  readonly address: string;
  readonly type: string;
  readonly expressions: unknown;
  /** Whether neither it nor a module on the way to it shows `count` or `for_each`, so that there must be one instance. */
  readonly isSingle: boolean;
}

/** The blocks of a module of the configuration and, recursively, of the modules that it calls. */
export function blocksIn(module: unknown, prefix = '', isOnce = true): Block[] {
  const resources = valueAt(module, 'resources');
  const all = Array.isArray(resources) ? resources : [];
  const own = all
    .filter((item) => valueAt(item, 'mode') !== 'data')
    .map((item) => ({
      address: `${prefix}${valueAt(item, 'address')}`,
      type: String(valueAt(item, 'type')),
      expressions: valueAt(item, 'expressions'),
      isSingle: isOnce && isSingle(item),
    }));
  const called = Object.entries(valueAt(module, 'module_calls') ?? {}).flatMap(([name, call]) =>
    blocksIn(valueAt(call, 'module'), `${prefix}module.${name}.`, isOnce && isSingle(call)),
  );
  return [...own, ...called];
}

/** OpenTofu leaves these out where they refer to nothing, so that only instances tell. */
function isSingle(block: unknown): boolean {
  const keys = ['count_expression', 'for_each_expression', 'enabled_expression'];
  return keys.every((key) => valueAt(block, key) === undefined);
}

/** `module.net["a.b"].aws_security_group.app[0]` without its keys. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

/** The member of what may be an object. */
export function valueAt(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** An attribute of a resource, or, as `inner`, an attribute in the blocks that it consists of. */
export interface Attribute {
  readonly resource: Resource;
  readonly attribute: string;
  readonly inner?: string;
}

/** The expression of an attribute of a resource, or the array of its nested blocks; undefined when the configuration has none. */
export function expressionOf(file: TerraformFile, { block }: Resource, attribute: string): unknown {
  return valueAt(file.configuration.get(withoutKeys(block))?.expressions, attribute);
}

/** The names that an expression refers to, each by what it starts with too; none where it is not shown. */
export function referencesIn(
  file: TerraformFile,
  { resource, attribute, inner }: Attribute,
): readonly string[] {
  const expression = expressionOf(file, resource, attribute);
  const parts = Array.isArray(expression)
    ? expression.map((block) => valueAt(block, inner ?? ''))
    : [expression];
  return parts.flatMap((part) => {
    const list = valueAt(part, 'references');
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  });
}

/** The address of what an expression in a resource's module names. */
export function addressIn({ module }: Resource, name: string): string {
  return module === '' ? name : `${module}.${name}`;
}

/**
 * Rule 2: the `count` resources whose `.id` is all that an attribute's expression refers to, if these are all that is unknown in
 * it; undefined where they are not exactly that many of the targets, or the expression refers to anything else.
 */
export function createdInstances<R extends Resource>(
  file: TerraformFile,
  naming: Attribute,
  count: number,
  targets: readonly R[],
): readonly R[] | undefined {
  if (naming.inner !== undefined && !isSure(file, naming, count)) return undefined;
  const references = referencesIn(file, naming);
  const ids = references.filter((name) => name.endsWith('.id')).map((name) => name.slice(0, -'.id'.length));
  // `a.b.id` is listed with `a.b`, and `a.b[0].id` with `a.b[0]` and `a.b`.
  const explained = new Set(ids.flatMap((name) => [`${name}.id`, name, withoutKeys(name)]));
  if (!references.every((name) => explained.has(name))) return undefined;
  const addresses = new Set(ids.map((name) => addressIn(naming.resource, name)));
  const named = targets.filter(
    ({ address, isCreated, values }) =>
      addresses.has(address) && isCreated && member(values, 'id').unknown === true,
  );
  return addresses.size === count && named.length === count ? named : undefined;
}

/**
 * Whether the value has exactly `count` unknown parts, and no more blocks than the configuration shows. With more, `dynamic`
 * blocks, which the configuration leaves out, make some of them. Which block belongs to which expression is not known: a set has
 * another order, and one expression may make several blocks.
 */
function isSure(file: TerraformFile, { resource, attribute }: Attribute, count: number): boolean {
  const expression = expressionOf(file, resource, attribute);
  const blocks = member(resource.values, attribute);
  const shown = Array.isArray(expression) ? expression.length : 1;
  return items(blocks).length <= shown && countUnknown(blocks.unknown) === count;
}

/** How many parts of an attribute, or what is within it, are unknown until apply. */
function countUnknown(unknown: unknown): number {
  if (unknown === true) return 1;
  if (typeof unknown !== 'object' || unknown === null) return 0;
  return Object.values(unknown).reduce<number>((sum, item) => sum + countUnknown(item), 0);
}
