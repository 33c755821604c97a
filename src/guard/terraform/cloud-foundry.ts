// What do the security groups of either Cloud Foundry provider allow?
// https://registry.terraform.io/providers/cloudfoundry/cloudfoundry/latest/docs/resources/security_group
import type { RuleList } from '../form.ts';
import { cloudFoundryRule, cloudFoundryRules } from '../forms/cloud-foundry.ts';
import {
  isEmpty,
  isObject,
  isUnknown,
  items,
  member,
  type Place,
  unexpected,
  unknownDoubt,
  where,
} from '../json-place.ts';
import { allowAnything, anyTraffic, type Doubt, type Rule } from '../rule.ts';
import { withDoubt } from './attributes.ts';
import { twinDoubt } from './doubts.ts';
import { idOf, isCreated, isDestroyed, type Resource, type TerraformFile } from './resources.ts';
import { destroyedDoubt } from './taken.ts';

/** Whether a type of resource is such a group. */
export function isCloudFoundry(type: string): boolean {
  return type === 'cloudfoundry_security_group' || type === 'cloudfoundry_asg';
}

/** The rules of a group. The older provider has blocks named `rule`, the newer one a list named `rules`. */
export function cloudFoundryGroup(file: TerraformFile, resource: Resource): RuleList {
  const { values } = resource;
  const doubt = resource.doubt ?? sharedDoubt(file, resource);
  const rules = ['rules', 'rule']
    .map((key) => member(values, key))
    .find(({ value, unknown }) => value !== undefined || unknown !== undefined);
  if (rules === undefined) throw unexpected(member(values, 'rules'), 'a list of rules');
  if (isUnknown(rules)) return { rules: allowAnything(unknownDoubt(rules)) };
  const list = isEmpty(rules) ? [] : items(rules);
  const open = list.flatMap(openPart)[0];
  if (open !== undefined) return { rules: withDoubts(list.flatMap(readRule), togetherDoubt(open)) };
  return { rules: withDoubts(list.length === 0 ? [] : cloudFoundryRules(rules), doubt) };
}

/** What is unknown of a rule and decides what it allows. */
function openPart(rule: Place): Place[] {
  if (isUnknown(rule)) return [rule];
  return ['destination', 'protocol', 'ports'].map((key) => member(rule, key)).filter(isUnknown);
}

/** The API takes the rules of a group as one list: with one that it refuses, it refuses them all, and the old ones stay. */
function togetherDoubt(open: Place): Doubt {
  const { place, reason, wayOut } = unknownDoubt(open);
  return {
    place,
    reason: `${reason}, and Cloud Foundry takes the rules of a group all together or not at all`,
    wayOut,
  };
}

/** A rule; one of which something is unknown until apply is possible, with any traffic and any address that it may get. */
function readRule(rule: Place): Rule[] {
  if (isUnknown(rule)) return allowAnything(unknownDoubt(rule));
  const [destination, protocol, ports] = ['destination', 'protocol', 'ports'].map((key) => member(rule, key));
  const open = [protocol, ports].find((place) => place !== undefined && isUnknown(place));
  if (destination !== undefined && isUnknown(destination)) {
    const traffic = open === undefined ? trafficOf(rule) : anyTraffic;
    return allowAnything(unknownDoubt(destination), traffic);
  }
  if (open === undefined) return cloudFoundryRule(rule);
  const all = { ...(isObject(rule.value) ? rule.value : {}), protocol: 'all', ports: '' };
  return withDoubts(cloudFoundryRule({ ...rule, value: all, unknown: undefined }), unknownDoubt(open));
}

/** The traffic of a rule whatever its destination. */
function trafficOf(rule: Place): Rule | typeof anyTraffic {
  const value = { ...(isObject(rule.value) ? rule.value : {}), destination: '0.0.0.0/0' };
  return cloudFoundryRule({ ...rule, value, unknown: undefined })[0] ?? anyTraffic;
}

/** Why a group may not be as it is planned: another change destroys it, or another resource is the same group. */
function sharedDoubt(file: TerraformFile, resource: Resource): Doubt | undefined {
  const id = idOf(resource);
  const twin = file.resources.find(
    (other) =>
      other !== resource &&
      isCloudFoundry(other.type) &&
      !other.isDeposed &&
      !other.isForgotten &&
      id !== undefined &&
      idOf(other) === id,
  );
  if (twin !== undefined) return twinDoubt(twin);
  return destroyedDoubt(file, id) ?? nameDoubt(file, resource);
}

/** Names are unique in Cloud Foundry: a group cannot be created before the one of that name is gone. */
function nameDoubt(file: TerraformFile, resource: Resource): Doubt | undefined {
  const name = member(resource.values, 'name').value;
  const other = file.changed.find(
    (item) =>
      isCloudFoundry(item.type) &&
      isDestroyed(item) &&
      member(item.change.before, 'name').value === name &&
      (item.isDeposed || item.address !== resource.address || item.change.actions[0] === 'create'),
  );
  if (other === undefined || !isCreated(resource)) return undefined;
  return {
    place: where(other.change.before),
    reason:
      'has the same name and is destroyed by this plan, and Cloud Foundry has no two groups of one name',
    wayOut: 'move the group with a moved block, or check the state after the apply',
  };
}

function withDoubts(rules: readonly Rule[], doubt: Doubt | undefined): Rule[] {
  return rules.map((rule) => withDoubt(rule, doubt));
}
