// Does a plan show every rule that there will be, or only a part of them? (Rule 6 of docs/guard.md.)
import { UserError } from '../../errors.ts';
import { isEmpty, items, member, type Place, where } from '../json-place.ts';
import { type Block, valueAt, withoutKeys } from './configuration.ts';
import type { Resource } from './resources.ts';

/** The types of resources whose rules the guard reads, or that change such rules. */
const readTypes =
  /^(?:aws_(?:default_)?security_group|aws_security_group_rule|aws_vpc_security_group_\w+|aws_(?:default_)?network_acl|aws_network_acl_rule|aws_ec2_managed_prefix_list\w*|cloudfoundry_security_group|cloudfoundry_asg)$/;

/**
 * Throws a UserError for a plan that failed, that leaves changes out, as -target makes it, or whose changes are not in the file.
 */
export function requireFinished(plan: Place): void {
  const deferred = member(plan, 'deferred_changes');
  const hasChanges = Array.isArray(member(plan, 'resource_changes').value);
  for (const [isFault, place, fault] of [
    [
      member(plan, 'errored').value === true,
      plan,
      'is a plan that failed, so it is not complete; correct the error and plan again',
    ],
    [
      !isEmpty(deferred),
      deferred,
      'is there, so this plan leaves changes to a later one and does not show all rules; apply it, and plan again',
    ],
    [member(plan, 'complete').value === false, plan, partial('as -target makes it')],
    [
      !hasChanges && !isRefreshOnly(plan),
      plan,
      'is a plan without resource_changes, so it does not show what it takes away; use all that terraform show -json prints',
    ],
  ] as const) {
    if (isFault) throw new UserError(`${where(place)} ${fault}`);
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

/** Throws a UserError where planned_values has a resource of which resource_changes leave none, or the other way round. */
export function requireSame(plan: Place, planned: readonly Resource[], left: readonly Resource[]): void {
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
}

/**
 * Throws a UserError for a part of a plan. Terraform says since 1.8 whether a plan is complete. OpenTofu does not say it: there a
 * plan is a part of one if a resource is missing that must be in it, by its address now or before it was moved. A block is in it
 * if one instance is: Terraform 0.12 leaves keys out of the prior state.
 */
export function requireWhole(plan: Place, prior: readonly Resource[], code: readonly Block[]): void {
  if (member(plan, 'complete').value === true) return;
  const decided = items(member(plan, 'resource_changes'))
    .flatMap((entry) => ['address', 'previous_address'].map((key) => String(member(entry, key).value)))
    .flatMap((address) => [address, withoutKeys(address)]);
  const there = new Set(decided);
  const needed = [...prior.filter(isRead), ...code.filter((block) => block.isSingle && isRead(block))];
  const forgotten = needed.find(({ address }) => !there.has(address));
  if (forgotten === undefined) return;
  throw new UserError(`${where(plan)} ${partial(`since it says nothing of ${forgotten.address}`)}`);
}

function partial(why: string): string {
  return `is a part of a plan, ${why}, so it does not show all rules; plan without -target and -exclude`;
}

function isRead({ type, isData }: { type: string; isData?: boolean }): boolean {
  return isData !== true && readTypes.test(type);
}
