// What do the security groups of either Cloud Foundry provider allow?
// https://registry.terraform.io/providers/cloudfoundry/cloudfoundry/latest/docs/resources/security_group
import { UserError } from '../../errors.ts';
import { cloudFoundryRule, cloudFoundryRules } from '../forms/cloud-foundry.ts';
import { isObject, isUnknown, items, member, type Place, unknownDoubt, where } from '../json-place.ts';
import { allowAnything, anyTraffic, type Direction, type Doubt, type Rule } from '../rule.ts';
import { withDoubt } from './attributes.ts';
import { type GroupType, unkeyed } from './group-type.ts';
import { isCreated, isDestroyed, type Resource, type TerraformFile } from './resources.ts';

/** The older provider has blocks named `rule`, the newer one a list named `rules`. */
export function cloudFoundryType(direction: Direction): GroupType {
  const own = ({ type }: Resource) => (type === 'cloudfoundry_asg' ? 'rule' : 'rules');
  return {
    types: ['cloudfoundry_security_group', 'cloudfoundry_asg'],
    dataTypes: [],
    own,
    isMirrored: false,
    isOrdered: false,
    readOwn: (owner) => {
      if (direction === 'egress') return { rules: groupRules(member(owner.values, own(owner))).map(unkeyed) };
      throw new UserError(
        `${where(owner.values)} is a security group of Cloud Foundry, which has no ingress rules; leave params.direction out`,
      );
    },
    anything: (doubt) => allowAnything(doubt).map(unkeyed),
    members: [],
    adopting: [],
    doubt: nameDoubt,
  };
}

function groupRules(rules: Place): Rule[] {
  if (isUnknown(rules)) return allowAnything(unknownDoubt(rules));
  if (rules.value === null) return [];
  const list = items(rules);
  const open = list.flatMap(openPart)[0];
  if (open === undefined) return cloudFoundryRules(rules);
  const { place, reason, wayOut } = unknownDoubt(open);
  // With one rule that the API refuses, it refuses them all, and the old ones stay.
  const together = `${reason}, and Cloud Foundry takes the rules of a group all together or not at all`;
  return list.flatMap(readRule).map((rule) => withDoubt(rule, { place, reason: together, wayOut }));
}

/** What is unknown of a rule and decides what it allows. */
function openPart(rule: Place): Place[] {
  if (isUnknown(rule)) return [rule];
  return ['destination', 'protocol', 'ports'].map((key) => member(rule, key)).filter(isUnknown);
}

/** A rule; one of which something is unknown until apply is possible, with any traffic and any address that it may get. */
function readRule(rule: Place): Rule[] {
  if (isUnknown(rule)) return allowAnything(unknownDoubt(rule));
  const [open] = openPart(rule);
  if (open === undefined) return cloudFoundryRule(rule);
  const isAnywhere = isUnknown(member(rule, 'destination'));
  const isAnything = isUnknown(member(rule, 'protocol')) || isUnknown(member(rule, 'ports'));
  const value = {
    ...(isObject(rule.value) ? rule.value : {}),
    ...(isAnywhere && { destination: '0.0.0.0/0' }),
    ...(isAnything && { protocol: 'all', ports: '' }),
  };
  const known = cloudFoundryRule({ ...rule, value, unknown: undefined });
  const doubt = unknownDoubt(open);
  return isAnywhere
    ? allowAnything(doubt, known[0] ?? anyTraffic)
    : known.map((item) => withDoubt(item, doubt));
}

/** Names are unique in Cloud Foundry: a group cannot be created before the one of that name is gone. */
function nameDoubt(file: TerraformFile, owner: Resource): Doubt | undefined {
  if (!isCreated(owner)) return undefined;
  const name = member(owner.values, 'name').value;
  const other = file.former.find(
    (item) =>
      item.type.startsWith('cloudfoundry_') &&
      isDestroyed(item) &&
      member(item.before, 'name').value === name &&
      (item.isDeposed || item.address !== owner.address || item.actions[0] === 'create'),
  );
  if (other === undefined) return undefined;
  return {
    place: where(other.before),
    reason:
      'has the same name and is destroyed by this plan, and Cloud Foundry has no two groups of one name',
    wayOut: 'move the group with a moved block, or check the state after the apply',
  };
}
