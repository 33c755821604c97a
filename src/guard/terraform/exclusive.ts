// Which rules of a group are in doubt because a resource removes every rule that it does not list?
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_rules_exclusive
import { isUnknown, items, member, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import { references } from './configuration.ts';
import type { GroupType } from './group-type.ts';
import { membershipIn } from './membership.ts';
import { originsOf } from './references.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** A rule resource that may not last; without one, any rule that no resource of the file manages. */
export interface ExclusiveDoubt {
  readonly resource: Resource | undefined;
  readonly doubt: Doubt;
}

/** The members of a group that such a resource does not list for certain, and one entry for rules that are no members. */
export function exclusiveDoubts(
  file: TerraformFile,
  type: GroupType,
  owner: Resource,
  members: readonly Resource[],
): ExclusiveDoubt[] {
  if (!file.resources.some((resource) => resource.type === type.exclusive)) return [];
  const membershipOf = membershipIn(
    file,
    file.resources.filter((resource) => type.types.includes(resource.type)),
  );
  const keepers = file.resources.filter((resource) => {
    if (resource.type !== type.exclusive) return false;
    const membership = membershipOf(resource, 'security_group_id');
    if ('certain' in membership) return membership.certain === owner;
    return 'possible' in membership && (membership.possible === 'any' || membership.possible.includes(owner));
  });
  return keepers.flatMap((keeper) => {
    const doubt = removal(keeper);
    const unlisted = members.filter((item) => !isListed(file, keeper, item));
    return [undefined, ...unlisted].map((resource) => ({ resource, doubt }));
  });
}

/** By its id where that is known, and otherwise by a reference to just this instance. */
function isListed(file: TerraformFile, keeper: Resource, rule: Resource): boolean {
  const list = member(keeper.values, 'egress_rule_ids');
  const { value: id } = member(rule.values, 'id');
  if (!isUnknown(list) && Array.isArray(list.value)) {
    const known = items(list);
    if (typeof id === 'string') return known.some(({ value }) => value === id);
  }
  const origins = originsOf(file, keeper, references(file, keeper, 'egress_rule_ids'), file.resources);
  const isPlain =
    origins.blocks.length === 0 && origins.keys.length === 0 && !origins.isIndirect && !origins.isOpen;
  return isPlain && origins.direct.includes(rule);
}

function removal(keeper: Resource): Doubt {
  return {
    place: where(member(keeper.values, 'egress_rule_ids')),
    reason: 'does not show for certain that it lists this rule, and it removes those that it does not list',
    wayOut: 'check the state after the apply',
  };
}
