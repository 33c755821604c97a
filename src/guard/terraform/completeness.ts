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
  if (!isEmpty(member(plan, 'deferred_changes'))) throw deferred(plan);
  const complete = member(plan, 'complete').value;
  if (complete === false) throw partial(plan, 'as -target makes it');
  if (isRefreshOnly(plan)) return;
  if (!Array.isArray(member(plan, 'resource_changes').value)) {
    throw new UserError(
      `${where(plan)} is a plan without resource_changes, so it does not show what it takes away; use all that terraform show -json prints`,
    );
  }
  const planned = plannedAddresses(plan);
  const unsaid = resourcesIn(member(plan, 'planned_values').value).find((address) => !planned.has(address));
  if (unsaid !== undefined) {
    throw new UserError(
      `${where(plan)} plans ${unsaid}, of which its resource_changes say nothing; use all that terraform show -json prints`,
    );
  }
  if (complete === true) return;
  const left = [...priorAddresses(plan), ...singleAddresses(plan)].find((address) => !planned.has(address));
  if (left !== undefined) throw partial(plan, `since it says nothing of ${left}`);
}

/**
 * A plan of -refresh-only changes nothing, so it has neither resource_changes nor planned resources: what it is about is the state
 * that it read. It has something to apply only where that differs from the state before, or where an output changes.
 */
export function isRefreshOnly(plan: Place): boolean {
  const isAbsent = (name: string) => isEmpty(member(plan, name));
  if (!isAbsent('resource_changes') || isAbsent('prior_state')) return false;
  const planned = member(plan, 'planned_values').value;
  const root = isObject(planned) ? planned['root_module'] : undefined;
  const isNothingPlanned =
    isObject(root) && root['resources'] === undefined && root['child_modules'] === undefined;
  const isReasonable = member(plan, 'applyable').value !== true || !isAbsent('resource_drift');
  return isNothingPlanned && (isReasonable || !isAbsent('output_changes'));
}

function deferred(plan: Place): UserError {
  return new UserError(
    `${where(member(plan, 'deferred_changes'))} is there, so this plan leaves changes to a later one and does not show all ` +
      'rules; apply it, and plan again',
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
function plannedAddresses(plan: Place): Set<string> {
  const addresses = items(member(plan, 'resource_changes')).flatMap((entry) => {
    const previous = member(entry, 'previous_address');
    return [text(member(entry, 'address')), ...(isEmpty(previous) ? [] : [text(previous)])];
  });
  return new Set(addresses.flatMap((address) => [address, withoutKeys(address)]));
}

/** Managed resources of types that the guard reads in the state that the plan started from. */
function priorAddresses(plan: Place): string[] {
  const prior = member(plan, 'prior_state').value;
  return isObject(prior) ? resourcesIn(prior['values']) : [];
}

function resourcesIn(values: unknown): string[] {
  return isObject(values) ? managedIn(values['root_module']) : [];
}

function managedIn(module: unknown): string[] {
  if (!isObject(module)) return [];
  return [
    ...objects(module['resources'])
      .filter(isRead)
      .flatMap(({ address }) => (typeof address === 'string' ? [address] : [])),
    ...objects(module['child_modules']).flatMap(managedIn),
  ];
}

function isRead(item: JsonObject): boolean {
  return item['mode'] === 'managed' && readTypes.test(String(item['type']));
}

/** Managed resources of the configuration, of types that the guard reads, that show neither `count` nor `for_each`, on the way to them neither. */
function singleAddresses(plan: Place): string[] {
  const configuration = member(plan, 'configuration').value;
  return isObject(configuration) ? singlesIn(configuration['root_module'], '') : [];
}

/** `module.net["a.b"].aws_security_group.app[0]` without its keys. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

function singlesIn(module: unknown, prefix: string): string[] {
  if (!isObject(module)) return [];
  const own = objects(module['resources']).filter((item) => isRead(item) && isSingle(item));
  const calls = isObject(module['module_calls']) ? Object.entries(module['module_calls']) : [];
  return [
    ...own.flatMap(({ address }) => (typeof address === 'string' ? [`${prefix}${address}`] : [])),
    ...calls.flatMap(([name, call]) =>
      isObject(call) && isSingle(call) ? singlesIn(call['module'], `${prefix}module.${name}.`) : [],
    ),
  ];
}

function isSingle(block: JsonObject): boolean {
  const keys = ['count_expression', 'for_each_expression', 'enabled_expression'];
  return keys.every((key) => block[key] === undefined);
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
