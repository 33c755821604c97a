// What do the security groups of either Cloud Foundry provider allow?
// https://registry.terraform.io/providers/cloudfoundry/cloudfoundry/latest/docs/resources/security_group
import { UserError } from '../../errors.ts';
import { cloudFoundryRules } from '../forms/cloud-foundry.ts';
import { isUnknown, itemsOrNull, member, type Place, unknownDoubt, where } from '../json-place.ts';
import { allowAnything, type Direction, type Doubt, type Rule } from '../rule.ts';
import { blocksOf, type GroupType } from './group-types.ts';
import { type Resource, type TerraformFile, takesFrom } from './resources.ts';

/** The older provider has blocks named `rule`, the newer one a list named `rules`. */
export function cloudFoundryType(direction: Direction): GroupType {
  return {
    direction,
    sources: new Map([
      ['cloudfoundry_security_group', { link: 'id', blocks: 'rules' }],
      ['cloudfoundry_asg', { link: 'id', blocks: 'rule' }],
    ]),
    readOwn: (owner) => {
      if (direction === 'egress') return groupRules(blocksOf(owner));
      throw new UserError(
        `${where(owner.values)} is a security group of Cloud Foundry, which has no ingress rules; leave params.direction out`,
      );
    },
    doubt: nameDoubt,
  };
}

function groupRules(rules: Place): Rule[] {
  if (isUnknown(rules)) return allowAnything(unknownDoubt(rules));
  const parts = itemsOrNull(rules).flatMap((rule) =>
    isUnknown(rule) ? [rule] : ['destination', 'protocol', 'ports'].map((key) => member(rule, key)),
  );
  const open = parts.find(isUnknown);
  if (open === undefined) return rules.value === null ? [] : cloudFoundryRules(rules);
  const { place, reason, wayOut } = unknownDoubt(open);
  // With one rule that the API refuses, it refuses them all, and the old ones stay.
  const together = `${reason}, and Cloud Foundry takes the rules of a group all together or not at all`;
  return allowAnything({ place, reason: together, wayOut });
}

/** Names are unique in Cloud Foundry: a group cannot be created before the one of that name is gone. */
function nameDoubt(file: TerraformFile, { isCreated, address, values }: Resource): Doubt | undefined {
  const name = member(values, 'name').value;
  const other = file.former.find(
    (item) =>
      item.type.startsWith('cloudfoundry_') &&
      item.isDestroyed &&
      takesFrom(item, address) &&
      member(item.before, 'name').value === name,
  );
  if (other === undefined || !isCreated) return undefined;
  return {
    place: where(other.before),
    reason:
      'has the same name and is destroyed by this plan, and Cloud Foundry has no two groups of one name',
    wayOut: 'move the group with a moved block, or check the state after the apply',
  };
}
