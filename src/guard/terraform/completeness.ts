// Does a plan show every rule that there will be, or only a part of them? (Rule 6 of form.ts.)
import { UserError } from '../../errors.ts';
import { isEmpty, items, member, type Place, where } from '../json-place.ts';
import { type Configuration, valueAt, withoutKeys } from './configuration.ts';
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
  const has = (name: string) => !isEmpty(member(plan, name));
  const root = valueAt(member(plan, 'planned_values').value, 'root_module');
  const isPlanned = ['resources', 'child_modules'].some((key) => valueAt(root, key) !== undefined);
  if (has('resource_changes') || !has('prior_state') || isPlanned || root === undefined) return false;
  return member(plan, 'applyable').value !== true || has('resource_drift') || has('output_changes');
}

/** What a plan says of its managed resources, in different places. */
export interface Parts {
  /** What resource_changes leave. */
  readonly left: readonly Resource[];
  readonly planned: readonly Resource[];
  readonly prior: readonly Resource[];
  readonly configuration: Configuration;
}

/**
 * Throws a UserError where planned_values has a resource of which resource_changes say nothing, or the other way round, and for a part
 * of a plan. Terraform says which plan is one since 1.8. OpenTofu does not: there a resource is missing that must be there.
 */
export function requireWhole(plan: Place, { left, planned, prior, configuration }: Parts): void {
  for (const [these, here, those, there] of [
    [planned, 'planned_values', left, 'resource_changes'],
    [left, 'resource_changes', planned, 'planned_values'],
  ] as const) {
    const addresses = new Set(those.map(({ address }) => address));
    const odd = these.find((item) => isRead(item) && !addresses.has(item.address));
    if (odd === undefined) continue;
    throw new UserError(
      `${where(plan)} has ${odd.address} in its ${here} and not in its ${there}; use all that terraform show -json prints`,
    );
  }
  if (member(plan, 'complete').value === true) return;
  const decided = decidedAddresses(plan);
  const single = [...configuration].filter(([, { isSingle, type }]) => isSingle && readTypes.test(type));
  const needed = [
    ...prior.filter(isRead).map(({ address }) => address),
    ...single.map(([address]) => address),
  ];
  const forgotten = needed.find((address) => !decided.has(address));
  if (forgotten !== undefined) throw partial(plan, `since it says nothing of ${forgotten}`);
}

function partial(plan: Place, why: string): UserError {
  return new UserError(
    `${where(plan)} is a part of a plan, ${why}, so it does not show all rules; plan without -target and -exclude`,
  );
}

/**
 * What the plan decides on, by address now and before it was moved. A block counts as there when one instance of it is:
 * Terraform 0.12 leaves keys out of the prior state.
 */
function decidedAddresses(plan: Place): Set<string> {
  const addresses = items(member(plan, 'resource_changes')).flatMap((entry) =>
    ['address', 'previous_address'].map((key) => String(member(entry, key).value)),
  );
  return new Set(addresses.flatMap((address) => [address, withoutKeys(address)]));
}

function isRead({ isData, type }: Resource): boolean {
  return !isData && readTypes.test(type);
}
