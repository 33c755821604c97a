// Does a plan show every rule that there will be, or only a part of them? (Rule 6 of form.ts.)
import { UserError } from '../../errors.ts';
import { isEmpty, isObject, items, member, type Place, where } from '../json-place.ts';
import type { Resource } from './resources.ts';

/** The types of resources whose rules the guard reads, or that change such rules. */
const readTypes =
  /^(?:aws_(?:default_)?security_group|aws_security_group_rule|aws_vpc_security_group_\w+|aws_(?:default_)?network_acl|aws_network_acl_rule|aws_ec2_managed_prefix_list\w*|cloudfoundry_security_group|cloudfoundry_asg)$/;

/** Throws a UserError for a plan that failed, that leaves changes out, as -target makes it, or whose changes are not in the file. */
export function requireFinished(plan: Place): void {
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
  if (member(plan, 'complete').value === false) throw partial(plan, 'as -target makes it');
  if (!isRefreshOnly(plan) && !Array.isArray(member(plan, 'resource_changes').value)) {
    throw new UserError(
      `${where(plan)} is a plan without resource_changes, so it does not show what it takes away; use all that terraform show -json prints`,
    );
  }
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

/**
 * Throws a UserError where planned_values has a resource of which resource_changes say nothing, or the other way round, and for a part
 * of a plan. Terraform says which plan is one since 1.8. OpenTofu does not: there a resource is missing that must be there.
 */
export function requireWhole(
  plan: Place,
  changes: readonly Resource[],
  planned: readonly Resource[],
  prior: readonly Resource[],
): void {
  const left = changes.filter(({ after, isDeposed }) => after !== undefined && !isDeposed);
  requireAll(plan, planned, left, 'planned_values', 'resource_changes');
  requireAll(plan, left, planned, 'resource_changes', 'planned_values');
  if (member(plan, 'complete').value === true) return;
  const decided = decidedAddresses(plan);
  const configuration = valueAt(member(plan, 'configuration').value, 'root_module');
  const needed = [...prior.filter(isRead).map(({ address }) => address), ...singlesIn(configuration, '')];
  const forgotten = needed.find((address) => !decided.has(address));
  if (forgotten !== undefined) throw partial(plan, `since it says nothing of ${forgotten}`);
}

/** Throws a UserError where one list of resources has one that another has not. */
function requireAll(
  plan: Place,
  these: readonly Resource[],
  those: readonly Resource[],
  here: string,
  there: string,
): void {
  const addresses = new Set(those.map(({ address }) => address));
  const odd = these.find((item) => isRead(item) && !addresses.has(item.address));
  if (odd === undefined) return;
  throw new UserError(
    `${where(plan)} has ${odd.address} in its ${here} and not in its ${there}; use all that terraform show -json prints`,
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
function decidedAddresses(plan: Place): Set<string> {
  const addresses = items(member(plan, 'resource_changes')).flatMap((entry) =>
    ['address', 'previous_address'].map((key) => String(member(entry, key).value)),
  );
  return new Set(addresses.flatMap((address) => [address, withoutKeys(address)]));
}

/** `module.net["a.b"].aws_security_group.app[0]` without its keys. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

/** Managed resources of a module of the configuration that show neither `count` nor `for_each`, on the way to them neither. */
function singlesIn(module: unknown, prefix: string): string[] {
  const resources = valueAt(module, 'resources');
  const calls = Object.entries(valueAt(module, 'module_calls') ?? {});
  return [
    ...(Array.isArray(resources) ? resources : [])
      .filter((item) => isSingle(item) && valueAt(item, 'mode') === 'managed')
      .filter((item) => readTypes.test(String(valueAt(item, 'type'))))
      .map((item) => `${prefix}${valueAt(item, 'address')}`),
    ...calls
      .filter(([, call]) => isSingle(call))
      .flatMap(([name, call]) => singlesIn(valueAt(call, 'module'), `${prefix}module.${name}.`)),
  ];
}

function isSingle(block: unknown): boolean {
  const keys = ['count_expression', 'for_each_expression', 'enabled_expression'];
  return keys.every((key) => valueAt(block, key) === undefined);
}

function isRead({ isData, type }: Resource): boolean {
  return !isData && readTypes.test(type);
}

function valueAt(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}
