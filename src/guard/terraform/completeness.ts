// Does a plan show every rule that there will be, or only a part of them?
import { UserError } from '../../errors.ts';
import { isEmpty, isObject, items, type JsonObject, member, type Place, text, where } from '../json-place.ts';

/**
 * Throws a UserError for a plan that failed, and for one that leaves resources out, as -target makes it. Terraform says so
 * since 1.8. OpenTofu does not: there a resource is missing that the state or the configuration has.
 */
export function requireWhole(plan: Place): void {
  if (member(plan, 'errored').value === true) {
    throw new UserError(
      `${where(plan)} is a plan that failed, so it is not complete; correct the error and plan again`,
    );
  }
  const complete = member(plan, 'complete').value;
  if (complete === false) {
    if (!isEmpty(member(plan, 'deferred_changes'))) throw deferred(plan);
    throw partial(plan, 'as -target makes it');
  }
  if (complete === true || isEmpty(member(plan, 'resource_changes'))) return;
  const planned = plannedAddresses(plan);
  const left = [...priorAddresses(plan), ...singleAddresses(plan)].find((address) => !planned.has(address));
  if (left !== undefined) throw partial(plan, `since it says nothing of ${left}`);
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

/** What the plan decides on, by its address now and before it was moved. */
function plannedAddresses(plan: Place): Set<string> {
  const entries = items(member(plan, 'resource_changes'));
  return new Set(
    entries.flatMap((entry) => {
      const before = member(entry, 'previous_address');
      return [text(member(entry, 'address')), ...(isEmpty(before) ? [] : [text(before)])];
    }),
  );
}

/** Managed resources in the state that the plan started from. */
function priorAddresses(plan: Place): string[] {
  const prior = member(plan, 'prior_state').value;
  const values = isObject(prior) ? prior['values'] : undefined;
  return isObject(values) ? managedIn(values['root_module']) : [];
}

function managedIn(module: unknown): string[] {
  if (!isObject(module)) return [];
  const own = objects(module['resources']).filter(({ mode }) => mode === 'managed');
  return [
    ...own.flatMap(({ address }) => (typeof address === 'string' ? [address] : [])),
    ...objects(module['child_modules']).flatMap(managedIn),
  ];
}

/** Managed resources of the configuration of which there must be one: no count, no for_each on the way to them. */
function singleAddresses(plan: Place): string[] {
  const configuration = member(plan, 'configuration').value;
  return isObject(configuration) ? singlesIn(configuration['root_module'], '') : [];
}

function singlesIn(module: unknown, prefix: string): string[] {
  if (!isObject(module)) return [];
  const own = objects(module['resources']).filter((item) => item['mode'] === 'managed' && isSingle(item));
  const calls = isObject(module['module_calls']) ? Object.entries(module['module_calls']) : [];
  return [
    ...own.flatMap(({ address }) => (typeof address === 'string' ? [`${prefix}${address}`] : [])),
    ...calls.flatMap(([name, call]) =>
      isObject(call) && isSingle(call) ? singlesIn(call['module'], `${prefix}module.${name}.`) : [],
    ),
  ];
}

/** `enabled` is OpenTofu's: a resource that may not be there. */
function isSingle(block: JsonObject): boolean {
  const keys = ['count_expression', 'for_each_expression', 'enabled_expression'];
  return keys.every((key) => block[key] === undefined);
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
