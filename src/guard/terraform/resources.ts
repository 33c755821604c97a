// Which resources does a plan leave in effect, or a state hold, and what does a plan change? Shapes are in plan-format.ts.
import { UserError } from '../../errors.ts';
import { isEmpty, isObject, items, member, type Place, text, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { isRefreshOnly, requireWhole } from './completeness.ts';

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
  readonly isData: boolean;
  /** Its attributes, with those that are unknown until apply. */
  readonly values: Place;
  /** What the plan does to it; undefined in a state, and for data sources that were read. */
  readonly change: Change | undefined;
  /** A former object of the resource, which waits for its destruction. */
  readonly isDeposed: boolean;
  /** The object as it was, which the plan leaves as it is, and to nobody. */
  readonly isForgotten: boolean;
  /** Why it may not be in effect as it stands there. */
  readonly doubt: Doubt | undefined;
}

/** What a plan does to one object. */
export interface Change {
  readonly actions: readonly string[];
  /** The attributes before; undefined when there was no object. */
  readonly before: Place | undefined;
  /** The attributes afterwards; undefined when there is no object any more. */
  readonly after: Place | undefined;
}

/** An object that a plan changes, destroys or forgets, as it was before. */
export interface Changed extends Resource {
  readonly change: Change & { readonly before: Place };
}

/** A plan or a state, as far as the guard reads it. */
export interface TerraformFile {
  readonly kind: 'plan' | 'state';
  /** Managed resources, as the plan leaves them or the state has them, those included that the plan forgets. */
  readonly resources: readonly Resource[];
  /** Every managed object that was there before the plan; none in a state. */
  readonly changed: readonly Changed[];
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
      `${where(place)} has ${/^\d+\.\d+$/.test(version) ? `format_version ${version}, which` : 'a format_version that'} this release does not know; it reads 0.x and 1.x`,
    );
  }
  if (isEmpty(member(place, 'planned_values'))) return readState(member(place, 'values'));
  requireWhole(place);
  return isRefreshOnly(place) ? readState(member(member(place, 'prior_state'), 'values')) : readPlan(place);
}

function readState(values: Place): TerraformFile {
  return { kind: 'state', ...split(readValues(values, new Map())), changed: [], configuration: undefined };
}

function readPlan(place: Place): TerraformFile {
  const entries = items(member(place, 'resource_changes'));
  const changes = new Map(
    entries.filter((entry) => !isDeposed(entry)).map((entry) => [addressOf(entry), readChange(entry)]),
  );
  const { resources, dataSources } = split(readValues(member(place, 'planned_values'), changes));
  const prior = member(place, 'prior_state');
  // Data sources that were read while planning are in the prior state only.
  const read = isEmpty(prior) ? [] : split(readValues(member(prior, 'values'), new Map())).dataSources;
  const changed = entries.filter((entry) => !isData(entry)).flatMap(readChanged);
  return {
    kind: 'plan',
    resources: [...resources, ...changed.filter(({ isForgotten }) => isForgotten)],
    changed,
    dataSources: [...dataSources, ...read],
    configuration: member(place, 'configuration'),
  };
}

/** Whether the plan destroys the object, alone or to replace it. */
export function isDestroyed({ change }: Resource): boolean {
  return change?.actions.includes('delete') === true;
}

/** Whether the plan puts a new object in the place of another, or of none. */
export function isCreated({ change }: Resource): boolean {
  return change?.actions.includes('create') === true;
}

/** The id of a resource; undefined while it is unknown. */
export function idOf({ values }: Pick<Resource, 'values'>): string | undefined {
  const { value } = member(values, 'id');
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function split(all: readonly Resource[]): Pick<TerraformFile, 'resources' | 'dataSources'> {
  return {
    resources: all.filter((resource) => !resource.isData),
    dataSources: all.filter((resource) => resource.isData),
  };
}

/** Every resource of the root module and, recursively, its child modules. An empty state has no values. */
function readValues(values: Place, changes: ReadonlyMap<string, Change>): Resource[] {
  if (isEmpty(values)) return [];
  const root = member(values, 'root_module');
  return isEmpty(root) ? [] : readModule(root, changes);
}

function readModule(module: Place, changes: ReadonlyMap<string, Change>): Resource[] {
  const own = optionalItems(member(module, 'resources'))
    // An entry without values is something that the plan does not decide on.
    .filter((entry) => isObject(member(entry, 'values').value))
    .map((entry) => {
      const change = changes.get(addressOf(entry));
      const values = { ...at(entry, member(entry, 'values').value), unknown: change?.after?.unknown };
      return readResource(entry, member(module, 'address'), values, change);
    });
  const children = optionalItems(member(module, 'child_modules'));
  return [...own, ...children.flatMap((child) => readModule(child, changes))];
}

function readChange(entry: Place): Change {
  const change = member(entry, 'change');
  const [before, after] = [member(change, 'before').value, member(change, 'after').value];
  return {
    actions: items(member(change, 'actions')).map(text),
    before: isObject(before) ? at(entry, before) : undefined,
    after: isObject(after)
      ? { ...at(entry, after), unknown: member(change, 'after_unknown').value }
      : undefined,
  };
}

function readChanged(entry: Place): Changed[] {
  const { before, ...change } = readChange(entry);
  if (before === undefined) return [];
  const resource = readResource(entry, member(entry, 'module_address'), before, undefined);
  return [{ ...resource, isForgotten: change.actions.includes('forget'), change: { ...change, before } }];
}

/** A value at the address of a resource, by which messages name it. */
function at(entry: Place, value: unknown): Place {
  return { file: entry.file, path: addressOf(entry), value };
}

function readResource(entry: Place, modulePlace: Place, values: Place, change: Change | undefined): Resource {
  const address = addressOf(entry);
  const module = isEmpty(modulePlace) ? '' : text(modulePlace);
  const type = text(member(entry, 'type'));
  const name = text(member(entry, 'name'));
  const data = isData(entry) ? 'data.' : '';
  return {
    address,
    module,
    local: module === '' ? address : address.slice(module.length + 1),
    block: `${module === '' ? '' : `${module}.`}${data}${type}.${name}`,
    type,
    name,
    isData: isData(entry),
    values,
    change,
    isDeposed: isDeposed(entry),
    isForgotten: false,
    doubt: stateDoubt(entry),
  };
}

/** What a state says of an object that Terraform means to replace or remove. */
function stateDoubt(entry: Place): Doubt | undefined {
  const wayOut = 'check the state after the next apply';
  const place = where(at(entry, undefined));
  if (member(entry, 'tainted').value === true) {
    return { place, reason: 'is tainted, so it may not be as it stands there', wayOut };
  }
  if (isDeposed(entry)) return { place, reason: 'is deposed and waits for its destruction', wayOut };
  return undefined;
}

function isDeposed(entry: Place): boolean {
  return !isEmpty(member(entry, 'deposed')) || !isEmpty(member(entry, 'deposed_key'));
}

function isData(entry: Place): boolean {
  return member(entry, 'mode').value !== 'managed';
}

function addressOf(resource: Place): string {
  return text(member(resource, 'address'));
}

function optionalItems(place: Place): Place[] {
  return isEmpty(place) ? [] : items(place);
}
