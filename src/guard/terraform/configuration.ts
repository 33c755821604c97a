// What a plan's configuration tells of a resource's attribute: whether it is set, and what it refers to.
import { isObject, type JsonObject, member } from '../json-place.ts';
import type { Resource, TerraformFile } from './resources.ts';

/**
 * Whether a plan shows that the configuration sets an attribute, and not only the provider. The format leaves out
 * `dynamic` blocks, but what they set is seen by its effect: an attribute that nobody sets keeps its value, and is
 * unknown when the resource is created.
 */
export function isConfigured(file: TerraformFile, resource: Resource, attribute: string): boolean {
  if (expressionsOf(file, resource)?.[attribute] !== undefined) return true;
  const { before } = resource;
  const { value, unknown } = member(resource.values, attribute);
  if (before === undefined || unknown === true || value === undefined) return false;
  return !isObject(before) || JSON.stringify(before[attribute]) !== JSON.stringify(value);
}

/**
 * What an attribute's expression refers to, within the module of the resource: `aws_security_group.app.id` and
 * `aws_security_group.app` for the first of the two. Undefined when the configuration does not tell.
 */
export function references(
  file: TerraformFile,
  resource: Resource,
  attribute: string,
): readonly string[] | undefined {
  const expression = expressionsOf(file, resource)?.[attribute];
  const list = isObject(expression) ? expression['references'] : undefined;
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : undefined;
}

/**
 * The one of `targets` whose id an attribute is set to: its expression refers to that resource's `id`, which must be in
 * the same module, and to nothing else. An index that is computed names no certain instance.
 */
export function referenced<T extends Resource>(
  file: TerraformFile,
  resource: Resource,
  attribute: string,
  targets: readonly T[],
): T | undefined {
  const [first, ...others] = references(file, resource, attribute) ?? [];
  if (first === undefined || !others.every((other) => first.startsWith(other))) return undefined;
  return targets.find(({ module, local }) => module === resource.module && `${local}.id` === first);
}

function expressionsOf(
  { configuration }: TerraformFile,
  { module, type, name }: Resource,
): JsonObject | undefined {
  const steps = module.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '').split('.');
  const calls = steps.filter((_, index) => index % 2 === 1);
  const config = calls.reduce(
    (parent, call) => get(get(get(parent, 'module_calls'), call), 'module'),
    get(configuration?.value, 'root_module'),
  );
  const resources = get(config, 'resources');
  const resource: unknown = Array.isArray(resources)
    ? resources.find((item) => get(item, 'address') === `${type}.${name}`)
    : undefined;
  const expressions = get(resource, 'expressions');
  return isObject(expressions) ? expressions : undefined;
}

function get(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}
