// Which resources does a plan leave in effect, or a state hold, and with which attributes?
// (https://developer.hashicorp.com/terraform/internals/json-format)
import { UserError } from '../../errors.ts';
import { isEmpty, isObject, items, member, type Place, text, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { requireWhole } from './completeness.ts';

/** An instance of a resource or data source. */
export interface Resource {
  /** `module.net["a"].aws_security_group.app[0]` */
  readonly address: string;
  /** The module instance that it is in: `module.net["a"]`; empty for the root module. */
  readonly module: string;
  /** The address within its module: `aws_security_group.app[0]`. */
  readonly local: string;
  /** The address of the block that it is an instance of: `module.net["a"].aws_security_group.app`. */
  readonly block: string;
  /** The key of the instance, where the block has `for_each` or `count`. */
  readonly key: string | number | undefined;
  readonly type: string;
  readonly name: string;
  /** Its attributes, with those that are unknown until apply. */
  readonly values: Place;
  /** In a plan its attributes before; null when the plan creates it. */
  readonly before?: unknown;
  /** A former object of the resource, which waits for its destruction. */
  readonly isDeposed: boolean;
  /** Why it may not be in effect as it stands there. */
  readonly doubt: Doubt | undefined;
}

/** A resource that a plan leaves to nobody: it is destroyed, or stays without being managed any longer. */
export interface Gone {
  readonly resource: Resource;
  readonly how: 'destroys' | 'forgets';
}

/** A plan or a state, as far as the guard reads it. */
export interface TerraformFile {
  readonly kind: 'plan' | 'state';
  /** Managed resources, as the plan leaves them or the state has them, those included that the plan forgets. */
  readonly resources: readonly Resource[];
  /** Managed resources as they are before the plan, those included that it destroys. None in a state. */
  readonly before: readonly Resource[];
  readonly gone: readonly Gone[];
  readonly dataSources: readonly Resource[];
  /** The configuration of a plan; absent in a state. */
  readonly configuration: Place | undefined;
}

/**
 * Reads a plan or a state. Throws a UserError for a major version of the format that is not known, which Terraform asks
 * readers to reject, for a plan that failed or leaves resources out, and for another shape.
 */
export function readTerraform(place: Place): TerraformFile {
  const version = text(member(place, 'format_version'));
  if (!/^[01]\./.test(version)) {
    throw new UserError(
      `${where(place)} has format_version ${version}, which this release does not know; it reads 0.x and 1.x`,
    );
  }
  if (isEmpty(member(place, 'planned_values'))) return readState(member(place, 'values'));
  requireWhole(place);
  return isRefreshOnly(place) ? readState(member(member(place, 'prior_state'), 'values')) : readPlan(place);
}

/**
 * A plan of -refresh-only changes nothing, so it has no resource_changes at all: what it is about is the state that it
 * read. Any other plan has an entry for every resource, those that stay as they are included.
 */
function isRefreshOnly(plan: Place): boolean {
  return isEmpty(member(plan, 'resource_changes')) && !isEmpty(member(plan, 'prior_state'));
}

function readState(values: Place): TerraformFile {
  const all = readValues(values, new Map());
  return { kind: 'state', ...split(all), before: [], gone: [], configuration: undefined };
}

function readPlan(place: Place): TerraformFile {
  const all = optionalItems(member(place, 'resource_changes'));
  const entries = all.filter((entry) => !isDeposed(entry));
  const changes = new Map(entries.map((entry) => [addressOf(entry), member(entry, 'change')]));
  const { resources, dataSources } = split(readValues(member(place, 'planned_values'), changes));
  const prior = member(place, 'prior_state');
  // Data sources that were read while planning are in the prior state only.
  const read = isEmpty(prior) ? [] : split(readValues(member(prior, 'values'), new Map())).dataSources;
  const gone = entries.filter(isManaged).flatMap(readGone);
  const forgotten = gone.flatMap(({ how, resource }) => (how === 'forgets' ? [resource] : []));
  return {
    kind: 'plan',
    resources: [...resources, ...forgotten],
    before: all.filter(isManaged).flatMap(readBefore),
    gone,
    dataSources: [...dataSources, ...read],
    configuration: member(place, 'configuration'),
  };
}

/** What a plan says of resources by their addresses: the places of their `change`. */
type Changes = ReadonlyMap<string, Place>;

interface Instance extends Resource {
  readonly isManaged: boolean;
}

function split(all: readonly Instance[]): Pick<TerraformFile, 'resources' | 'dataSources'> {
  return {
    resources: all.filter((resource) => resource.isManaged),
    dataSources: all.filter((resource) => !resource.isManaged),
  };
}

/** Every resource of the root module and, recursively, its child modules. An empty state has no values. */
function readValues(values: Place, changes: Changes): Instance[] {
  if (isEmpty(values)) return [];
  const root = member(values, 'root_module');
  return isEmpty(root) ? [] : readModule(root, changes);
}

function readModule(module: Place, changes: Changes): Instance[] {
  const own = optionalItems(member(module, 'resources'))
    // An entry without values is something that the plan does not decide on.
    .filter((entry) => isObject(member(entry, 'values').value))
    .map((entry) => readInstance(entry, member(module, 'address'), changes));
  const children = optionalItems(member(module, 'child_modules'));
  return [...own, ...children.flatMap((child) => readModule(child, changes))];
}

function readInstance(entry: Place, module: Place, changes: Changes): Instance {
  const address = addressOf(entry);
  const change = changes.get(address);
  const values = {
    file: entry.file,
    path: address,
    value: member(entry, 'values').value,
    unknown: change && member(change, 'after_unknown').value,
  };
  const before = change && member(change, 'before').value;
  return { ...readResource(entry, module, values), before, isManaged: isManaged(entry) };
}

/** What a plan forgets, alone or while it creates another in its place, or destroys without one. */
function readGone(entry: Place): Gone[] {
  const actions = items(member(member(entry, 'change'), 'actions')).map(text);
  const isForgotten = actions.includes('forget');
  const isDestroyed = actions.length === 1 && actions[0] === 'delete';
  if (!isForgotten && !isDestroyed) return [];
  return readBefore(entry).map((resource) => ({ resource, how: isForgotten ? 'forgets' : 'destroys' }));
}

function readBefore(entry: Place): Resource[] {
  const before = member(member(entry, 'change'), 'before');
  if (!isObject(before.value)) return [];
  const values = { file: entry.file, path: addressOf(entry), value: before.value };
  return [readResource(entry, member(entry, 'module_address'), values)];
}

function readResource(entry: Place, modulePlace: Place, values: Place): Resource {
  const address = addressOf(entry);
  const module = isEmpty(modulePlace) ? '' : text(modulePlace);
  const type = text(member(entry, 'type'));
  const name = text(member(entry, 'name'));
  const local = module === '' ? address : address.slice(module.length + 1);
  const data = isManaged(entry) ? '' : 'data.';
  const block = `${module === '' ? '' : `${module}.`}${data}${type}.${name}`;
  const index = member(entry, 'index').value;
  const key = typeof index === 'string' || typeof index === 'number' ? index : undefined;
  return {
    address,
    module,
    local,
    block,
    key,
    type,
    name,
    values,
    isDeposed: isDeposed(entry),
    doubt: stateDoubt(entry),
  };
}

/** What a state says of an object that Terraform means to replace or remove. */
function stateDoubt(entry: Place): Doubt | undefined {
  const wayOut = 'check the state after the next apply';
  const place = where({ file: entry.file, path: addressOf(entry), value: undefined });
  if (member(entry, 'tainted').value === true) {
    return { place, reason: 'is tainted, so it may not be as it stands there', wayOut };
  }
  if (isDeposed(entry)) return { place, reason: 'is deposed and waits for its destruction', wayOut };
  return undefined;
}

function isDeposed(entry: Place): boolean {
  return !isEmpty(member(entry, 'deposed')) || !isEmpty(member(entry, 'deposed_key'));
}

function isManaged(entry: Place): boolean {
  return member(entry, 'mode').value === 'managed';
}

function addressOf(resource: Place): string {
  return text(member(resource, 'address'));
}

function optionalItems(place: Place): Place[] {
  return isEmpty(place) ? [] : items(place);
}
