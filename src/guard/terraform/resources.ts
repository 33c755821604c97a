// Which resources does a plan leave in effect, or a state hold, and what does a plan change? Shapes are in plan-format.ts.
import { UserError } from '../../errors.ts';
import { isEmpty, isObject, items, member, type Place, text, unexpected, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { isRefreshOnly, requireFinished, requireSame, requireWhole } from './completeness.ts';
import { type Block, blocksIn } from './configuration.ts';
import { doubtAt } from './doubts.ts';

/** What a plan can do to an object (plan-format.ts). Of anything else nobody can say what it leaves. */
const knownActions = ['no-op', 'create', 'read', 'update', 'delete', 'forget'];

/** An instance of a resource or data source. */
export interface Resource {
  /** `module.net["a"].aws_security_group.app[0]` */
  readonly address: string;
  /** The module instance that it is in: `module.net["a"]`; empty for the root module. */
  readonly module: string;
  /** The address of the block that it is an instance of: `module.net["a"].aws_security_group.app`. */
  readonly block: string;
  readonly type: string;
  readonly isData: boolean;
  /** Its attributes as they will be, with those that are unknown until apply; as they were where nothing will be. */
  readonly values: Place;
  /** Its attributes before the plan; undefined where there was no object, and in a state. */
  readonly before: Place | undefined;
  /** Its attributes after the plan; undefined where there will be no object. */
  readonly after: Place | undefined;
  /** What the plan does to it, in this order; nothing in a state, and to data sources that were read. */
  readonly actions: readonly string[];
  /** Whether the plan puts a new object in the place of another, or of none. */
  readonly isCreated: boolean;
  /** Whether the plan destroys the object, alone or to replace it. */
  readonly isDestroyed: boolean;
  /** A former object of the resource, which waits for its destruction. */
  readonly isDeposed: boolean;
  /** The object as it was, which the plan leaves as it is, and to nobody. */
  readonly isForgotten: boolean;
  /** Why it may not be in effect as it stands there. */
  readonly doubt: Doubt | undefined;
}

/** An object that was there before the plan. */
export type Former = Resource & { readonly before: Place };

/** A plan or a state, as far as the guard reads it. */
export interface TerraformFile {
  readonly kind: 'plan' | 'state';
  /** Resources and data sources, as the plan leaves them or the state has them, those included that the plan forgets. */
  readonly resources: readonly Resource[];
  /** Every managed object that was there before the plan; none in a state. */
  readonly former: readonly Former[];
  /** Those of them that the plan destroys, by their ids. */
  readonly gone: ReadonlyMap<string, readonly Former[]>;
  /** The code by addresses, as far as the plan shows it; empty in a state. */
  readonly configuration: ReadonlyMap<string, Block>;
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
  requireFinished(place);
  return isRefreshOnly(place) ? readState(inside(place, 'prior_state', 'values')) : readPlan(place);
}

function readState(values: Place): TerraformFile {
  const resources = readModule(inside(values, 'root_module'));
  return { kind: 'state', resources, former: [], gone: new Map(), configuration: new Map() };
}

/**
 * All that a plan leaves is in its resource_changes, what stays as it is included; only what was read while planning is in the
 * prior state.
 */
function readPlan(place: Place): TerraformFile {
  const changes = items(member(place, 'resource_changes')).flatMap(readChange);
  const left = changes.filter(({ after, isDeposed }) => after !== undefined && !isDeposed);
  const prior = readModule(inside(place, 'prior_state', 'values', 'root_module'));
  const code = blocksIn(inside(place, 'configuration', 'root_module').value);
  requireSame(place, readModule(inside(place, 'planned_values', 'root_module')), left);
  requireWhole(place, prior, code);
  // What is read again at the apply is not as it was read before.
  const later = new Set(left.map(({ address }) => address));
  const read = prior.filter(({ isData, address }) => isData && !later.has(address));
  const former = changes.filter((item): item is Former => !item.isData && item.before !== undefined);
  const forgotten = former
    .filter(({ actions }) => actions.includes('forget'))
    .map((item) => ({ ...item, values: item.before, isForgotten: true }));
  const destroyed = former.filter(({ isDestroyed }) => isDestroyed);
  return {
    kind: 'plan',
    resources: [...left, ...read, ...forgotten],
    former,
    gone: grouped(destroyed, ({ before }) => [idIn(before) ?? '']),
    configuration: new Map(code.map((block) => [block.address, block])),
  };
}

/**
 * Whether a change takes its rules away from the object at an address. From its own it does so only where it may destroy the former
 * object, such as a deposed one, after it has created the new one: otherwise it gives back what it takes.
 */
export function takesFrom({ address, isDeposed, actions }: Resource, from: string | undefined): boolean {
  return address !== from || isDeposed || actions.join() === 'create,delete';
}

/** The id in the attributes of a resource; undefined while it is unknown. */
export function idIn(values: Place): string | undefined {
  const { value } = member(values, 'id');
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Items by their keys, of which an item may have several. */
export function grouped<K, T>(all: readonly T[], keysOf: (item: T) => Iterable<K>): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of all) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}

/** Every resource of a module and, recursively, its child modules. An empty state has none. */
function readModule(module: Place): Resource[] {
  if (isEmpty(module)) return [];
  const listIn = (key: string) => (isEmpty(member(module, key)) ? [] : items(member(module, key)));
  const own = listIn('resources').flatMap((entry) => {
    const values = attributes(entry, member(entry, 'values').value);
    return values === undefined ? [] : [readResource(entry, member(module, 'address'), values)];
  });
  return [...own, ...listIn('child_modules').flatMap(readModule)];
}

/** What a plan does to a resource; nothing where there neither was nor will be one. */
function readChange(entry: Place): Resource[] {
  const change = member(entry, 'change');
  const before = attributes(entry, member(change, 'before').value);
  const after = attributes(entry, member(change, 'after').value, member(change, 'after_unknown').value);
  const actions = items(member(change, 'actions')).map((place) => {
    if (!knownActions.includes(text(place))) throw unexpected(place, `one of ${knownActions.join(', ')}`);
    return text(place);
  });
  const values = after ?? before;
  if (values === undefined) return [];
  const resource = readResource(entry, member(entry, 'module_address'), values);
  const [isCreated, isDestroyed] = [actions.includes('create'), actions.includes('delete')];
  return [{ ...resource, before, after, actions, isCreated, isDestroyed }];
}

/** The attributes of an object, with a place that names them by its address; undefined where there is none. */
function attributes(entry: Place, value: unknown, unknown?: unknown): Place | undefined {
  return isObject(value)
    ? { file: entry.file, path: text(member(entry, 'address')), value, unknown }
    : undefined;
}

function readResource(entry: Place, modulePlace: Place, values: Place): Resource {
  const module = isEmpty(modulePlace) ? '' : text(modulePlace);
  const type = text(member(entry, 'type'));
  const isData = member(entry, 'mode').value !== 'managed';
  const isDeposed = ['deposed', 'deposed_key'].some((key) => !isEmpty(member(entry, key)));
  const isTainted = member(entry, 'tainted').value === true;
  return {
    address: values.path,
    module,
    block: `${module === '' ? '' : `${module}.`}${isData ? 'data.' : ''}${type}.${text(member(entry, 'name'))}`,
    type,
    isData,
    values,
    before: undefined,
    after: values,
    actions: [],
    isCreated: false,
    isDestroyed: false,
    isDeposed,
    isForgotten: false,
    doubt: isTainted ? doubtAt(values, 'tainted') : isDeposed ? doubtAt(values, 'deposed') : undefined,
  };
}

/** A member of members, each of which may be absent. */
function inside(place: Place, ...keys: readonly string[]): Place {
  return keys.reduce((parent, key) => (isEmpty(parent) ? parent : member(parent, key)), place);
}
