// What `terraform show -json` prints of a plan or a state (https://developer.hashicorp.com/terraform/internals/json-format).
import { UserError } from '../../errors.ts';
import { isEmpty, isObject, items, member, type Place, text, where } from '../json-place.ts';

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
  readonly type: string;
  readonly name: string;
  /** Its attributes, with those that are unknown until apply. */
  readonly values: Place;
  /** In a plan its attributes before; null when the plan creates it. */
  readonly before?: unknown;
}

/** A plan or a state, as far as the guard reads it. */
export interface TerraformFile {
  /** Managed resources, as the plan leaves them or the state has them. */
  readonly resources: readonly Resource[];
  /** Managed resources as they are before the plan, those included that it destroys. None in a state. */
  readonly before: readonly Resource[];
  readonly dataSources: readonly Resource[];
  /** The expressions of a plan's configuration; absent in a state. */
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
      `${where(place)} has format_version ${version}, of which this release knows nothing; it reads 0.x and 1.x`,
    );
  }
  if (member(place, 'errored').value === true) {
    throw new UserError(
      `${where(place)} is a plan that failed, so it is not complete; correct the error and plan again`,
    );
  }
  if (member(place, 'complete').value === false) {
    throw new UserError(
      `${where(place)} is a part of a plan, as -target makes it, so it does not show all rules; plan without -target`,
    );
  }
  return isEmpty(member(place, 'planned_values')) ? readState(place) : readPlan(place);
}

function readState(place: Place): TerraformFile {
  const all = readValues(member(place, 'values'), new Map());
  return { ...split(all), before: [], configuration: undefined };
}

function readPlan(place: Place): TerraformFile {
  const entries = optionalItems(member(place, 'resource_changes')).filter(isInEffect);
  const changes = new Map(entries.map((entry) => [addressOf(entry), member(entry, 'change')]));
  const { resources, dataSources } = split(readValues(member(place, 'planned_values'), changes));
  const prior = member(place, 'prior_state');
  // Data sources that were read while planning are in the prior state only.
  const read = isEmpty(prior) ? [] : split(readValues(member(prior, 'values'), new Map())).dataSources;
  return {
    resources,
    before: entries.filter(isManaged).flatMap(resourceBefore),
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
    .filter(isInEffect)
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
    value: member(entry, 'values').value ?? {},
    unknown: change && member(change, 'after_unknown').value,
  };
  const before = change && member(change, 'before').value;
  return { ...readResource(entry, module, values), before, isManaged: isManaged(entry) };
}

function resourceBefore(entry: Place): Resource[] {
  const before = member(member(entry, 'change'), 'before');
  return isObject(before.value) ? [readResource(entry, member(entry, 'module_address'), before)] : [];
}

function readResource(entry: Place, modulePlace: Place, values: Place): Resource {
  const address = addressOf(entry);
  const module = isEmpty(modulePlace) ? '' : text(modulePlace);
  const type = text(member(entry, 'type'));
  const name = text(member(entry, 'name'));
  const local = module === '' ? address : address.slice(module.length + 1);
  const block = `${module === '' ? '' : `${module}.`}${type}.${name}`;
  return { address, module, local, block, type, name, values };
}

/** An object that waits for its destruction after a create-before-destroy is no part of what is in effect. */
function isInEffect(entry: Place): boolean {
  return isEmpty(member(entry, 'deposed')) && isEmpty(member(entry, 'deposed_key'));
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
