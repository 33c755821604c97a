// What does a plan's configuration say of a resource, of an attribute of it, of a module?
import { isObject, type JsonObject, member } from '../json-place.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** Whether the configuration sets an attribute; undefined where the file does not have the resource's configuration. */
export function isSet(file: TerraformFile, resource: Resource, attribute: string): boolean | undefined {
  const expressions = get(resourceConfig(file, resource), 'expressions');
  if (resourceConfig(file, resource) === undefined) return undefined;
  return get(expressions, attribute) !== undefined;
}

/**
 * Whether a plan shows that the configuration sets an attribute, and not only the provider. The format leaves out
 * `dynamic` blocks, but what they set is seen by its effect: an attribute that nobody sets keeps its value, and is
 * unknown when the resource is created.
 */
export function isConfigured(file: TerraformFile, resource: Resource, attribute: string): boolean {
  if (isSet(file, resource, attribute) === true) return true;
  const { before } = resource;
  const { value, unknown } = member(resource.values, attribute);
  if (before === undefined || unknown === true || value === undefined) return false;
  return !isObject(before) || JSON.stringify(before[attribute]) !== JSON.stringify(value);
}

/**
 * What an attribute's expression refers to, within the module of the resource: `aws_security_group.app.id` and
 * `aws_security_group.app` for the first of the two. Undefined when the configuration does not say.
 */
export function references(
  file: TerraformFile,
  resource: Resource,
  attribute: string,
): readonly string[] | undefined {
  const expression = get(get(resourceConfig(file, resource), 'expressions'), attribute);
  return expression === undefined ? undefined : referencesIn(expression);
}

/** The expressions of a resource's nested blocks of one type, without those of `dynamic` ones; undefined where an expression sets the attribute. */
export function nestedBlocks(
  file: TerraformFile,
  resource: Resource,
  attribute: string,
): readonly JsonObject[] | undefined {
  const blocks = get(get(resourceConfig(file, resource), 'expressions'), attribute);
  return Array.isArray(blocks) ? blocks.filter(isObject) : undefined;
}

/** The expression of a resource's `for_each`: its constant value, or what it refers to. */
export function forEach(file: TerraformFile, resource: Resource): JsonObject | undefined {
  const expression = get(resourceConfig(file, resource), 'for_each_expression');
  return isObject(expression) ? expression : undefined;
}

/** A reference, and the module instance in which it is to be understood. */
export interface Scoped {
  readonly module: string;
  readonly references: readonly string[];
}

/** What the argument of a module's variable refers to, in the module that calls it. */
export function argument(file: TerraformFile, module: string, variable: string): Scoped | undefined {
  const step = /^(?:(.*)\.)?module\.([\w-]+)(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?$/.exec(module);
  if (step === null) return undefined;
  const [, parent = '', call = ''] = step;
  const calls = get(moduleConfig(file, parent), 'module_calls');
  const expression = get(get(get(calls, call), 'expressions'), variable);
  return expression === undefined ? undefined : { module: parent, references: referencesIn(expression) };
}

/** What an output of a child module refers to, in that module. `child` is its address within `module`. */
export function output(file: TerraformFile, module: string, child: string, name: string): Scoped | undefined {
  const inside = module === '' ? child : `${module}.${child}`;
  const expression = get(get(get(moduleConfig(file, inside), 'outputs'), name), 'expression');
  return expression === undefined ? undefined : { module: inside, references: referencesIn(expression) };
}

/** What the input of a terraform_data refers to, whose output is the same value. `block` is its address within the module. */
export function dataInput(file: TerraformFile, module: string, block: string): Scoped | undefined {
  const expression = get(get(configOf(file, module, block), 'expressions'), 'input');
  return expression === undefined ? undefined : { module, references: referencesIn(expression) };
}

/** References of an expression, and of those in nested blocks. */
function referencesIn(expression: unknown): string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesIn);
  if (!isObject(expression)) return [];
  const list = expression['references'];
  if (Array.isArray(list)) return list.filter((item) => typeof item === 'string');
  if ('constant_value' in expression) return [];
  return Object.values(expression).flatMap(referencesIn);
}

function resourceConfig(file: TerraformFile, { module, type, name }: Resource): JsonObject | undefined {
  return configOf(file, module, `${type}.${name}`);
}

function configOf(file: TerraformFile, module: string, block: string): JsonObject | undefined {
  const resources = get(moduleConfig(file, module), 'resources');
  const found: unknown = Array.isArray(resources)
    ? resources.find((item) => get(item, 'address') === block)
    : undefined;
  return isObject(found) ? found : undefined;
}

function moduleConfig({ configuration }: TerraformFile, module: string): unknown {
  const steps = module.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '').split('.');
  const calls = steps.filter((_, index) => index % 2 === 1);
  return calls.reduce(
    (parent, call) => get(get(get(parent, 'module_calls'), call), 'module'),
    get(configuration?.value, 'root_module'),
  );
}

function get(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
