// Does a plan show every rule that there will be, or only a part of them? (Rule 6 of form.ts.)
import { UserError } from '../../errors.ts';
import { isEmpty, isObject, items, type JsonObject, member, type Place, text, where } from '../json-place.ts';

/** The types of resources whose rules the guard reads, or that change such rules. */
const readTypes =
  /^(?:aws_(?:default_)?security_group|aws_security_group_rule|aws_vpc_security_group_\w+|aws_(?:default_)?network_acl|aws_network_acl_rule|aws_ec2_managed_prefix_list\w*|cloudfoundry_security_group|cloudfoundry_asg)$/;

/**
 * Throws a UserError for a plan that failed, that leaves resources out, as -target makes it, or whose changes are not in the file.
 * Terraform says that it leaves some out since 1.8. OpenTofu does not: there a resource is missing that the configuration must have.
 */
export function requireWhole(plan: Place): void {
  if (member(plan, 'errored').value === true) {
    throw new UserError(
      `${where(plan)} is a plan that failed, so it is not complete; correct the error and plan again`,
    );
  }
  if (!isEmpty(member(plan, 'deferred_changes'))) {
    throw new UserError(
      `${where(member(plan, 'deferred_changes'))} is there, so this plan leaves changes to a later one and does not show all ` +
        'rules; apply it, and plan again',
    );
  }
  const complete = member(plan, 'complete').value;
  if (complete === false) throw partial(plan, 'as -target makes it');
  if (isRefreshOnly(plan)) return;
  if (!Array.isArray(member(plan, 'resource_changes').value)) {
    throw new UserError(
      `${where(plan)} is a plan without resource_changes, so it does not show what it takes away; use all that terraform show -json prints`,
    );
  }
  const entries = items(member(plan, 'resource_changes'));
  requireSame(plan, entries);
  if (complete === true) return;
  const decided = decidedAddresses(entries);
  const [prior, configuration] = ['prior_state', 'configuration'].map((key) => member(plan, key).value);
  const needed = [
    ...resourcesIn(valueAt(prior, 'values')),
    ...singlesIn(valueAt(configuration, 'root_module'), ''),
  ];
  const left = needed.find((address) => !decided.has(address));
  if (left !== undefined) throw partial(plan, `since it says nothing of ${left}`);
}

/**
 * A plan of -refresh-only changes nothing, so it has neither resource_changes nor planned resources: what it is about is the state
 * that it read. It has something to apply only where that differs from the state before, or where an output changes.
 */
export function isRefreshOnly(plan: Place): boolean {
  const isAbsent = (name: string) => isEmpty(member(plan, name));
  if (!isAbsent('resource_changes') || isAbsent('prior_state')) return false;
  const root = valueAt(member(plan, 'planned_values').value, 'root_module');
  const isNothingPlanned =
    isObject(root) && root['resources'] === undefined && root['child_modules'] === undefined;
  const isReasonable = member(plan, 'applyable').value !== true || !isAbsent('resource_drift');
  return isNothingPlanned && (isReasonable || !isAbsent('output_changes'));
}

/** Throws a UserError where planned_values has a resource of which resource_changes say nothing, or the other way round. */
function requireSame(plan: Place, entries: readonly Place[]): void {
  const planned = new Set(resourcesIn(member(plan, 'planned_values').value));
  const changed = new Set(entries.filter(leavesObject).map(addressOf));
  const unsaid =
    [...planned].find((address) => !changed.has(address)) ??
    [...changed].find((address) => !planned.has(address));
  if (unsaid === undefined) return;
  const [one, other] = planned.has(unsaid)
    ? ['planned_values', 'resource_changes']
    : ['resource_changes', 'planned_values'];
  throw new UserError(
    `${where(plan)} has ${unsaid} in its ${one} and not in its ${other}; use all that terraform show -json prints`,
  );
}

function leavesObject(entry: Place): boolean {
  return (
    isObject(entry.value) &&
    isRead(entry.value) &&
    isEmpty(member(entry, 'deposed')) &&
    isObject(member(member(entry, 'change'), 'after').value)
  );
}

function partial(plan: Place, why: string): UserError {
  return new UserError(
    `${where(plan)} is a part of a plan, ${why}, so it does not show all rules; plan without -target and -exclude`,
  );
}

/**
 * What the plan decides on, by address now and before it was moved. A block counts as there when one instance of it is: OpenTofu leaves
 * out `for_each` and `enabled` where they refer to nothing, so that only instances tell, and Terraform 0.12 leaves keys out of the prior state.
 */
function decidedAddresses(entries: readonly Place[]): Set<string> {
  const addresses = entries.flatMap((entry) => {
    const previous = member(entry, 'previous_address');
    return [addressOf(entry), ...(isEmpty(previous) ? [] : [text(previous)])];
  });
  return new Set(addresses.flatMap((address) => [address, withoutKeys(address)]));
}

/** `module.net["a.b"].aws_security_group.app[0]` without its keys. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

/** Addresses of managed resources of types that the guard reads, in planned or prior values. */
function resourcesIn(values: unknown): string[] {
  const managedIn = (module: JsonObject): string[] => [
    ...objectsIn(module, 'resources').filter(isRead).flatMap(addressIn),
    ...objectsIn(module, 'child_modules').flatMap(managedIn),
  ];
  const root = valueAt(values, 'root_module');
  return isObject(root) ? managedIn(root) : [];
}

/** Managed resources of a module of the configuration that show neither `count` nor `for_each`, on the way to them neither. */
function singlesIn(module: unknown, prefix: string): string[] {
  if (!isObject(module)) return [];
  const own = objectsIn(module, 'resources').filter((item) => isRead(item) && isSingle(item));
  const calls = Object.entries(valueAt(module, 'module_calls') ?? {});
  return [
    ...own.flatMap(addressIn).map((address) => prefix + address),
    ...calls.flatMap(([name, call]) =>
      isObject(call) && isSingle(call) ? singlesIn(call['module'], `${prefix}module.${name}.`) : [],
    ),
  ];
}

function isSingle(block: JsonObject): boolean {
  const keys = ['count_expression', 'for_each_expression', 'enabled_expression'];
  return keys.every((key) => block[key] === undefined);
}

function isRead(item: JsonObject): boolean {
  return item['mode'] === 'managed' && readTypes.test(String(item['type']));
}

function addressIn({ address }: JsonObject): string[] {
  return typeof address === 'string' ? [address] : [];
}

function addressOf(entry: Place): string {
  return text(member(entry, 'address'));
}

function objectsIn(object: JsonObject, key: string): JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function valueAt(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}
