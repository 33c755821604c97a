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
} from '../json-place.ts';
import { allowAnything, anyTraffic, type Doubt, type Rule } from '../rule.ts';
import { withDoubt } from './attributes.ts';
import type { Resource } from './resources.ts';

/** Whether a type of resource is such a group. */
export function isCloudFoundry(type: string): boolean {
  return type === 'cloudfoundry_security_group' || type === 'cloudfoundry_asg';
}

/** The rules of a group. The older provider has blocks named `rule`, the newer one a list named `rules`. */
export function cloudFoundryGroup({ values, doubt }: Resource): RuleList {
  const rules = ['rules', 'rule']
    .map((key) => member(values, key))
    .find(({ value, unknown }) => value !== undefined || unknown !== undefined);
  if (rules === undefined) throw unexpected(member(values, 'rules'), 'a list of rules');
  if (isUnknown(rules)) return { rules: allowAnything(unknownDoubt(rules)) };
  const list = isEmpty(rules) ? [] : items(rules);
  const open = list.flatMap(openPart)[0];
  if (open !== undefined) return { rules: withDoubt(list.flatMap(readRule), togetherDoubt(open)) };
  return { rules: withDoubt(list.length === 0 ? [] : cloudFoundryRules(rules), doubt) };
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
  return withDoubt(cloudFoundryRule({ ...rule, value: all, unknown: undefined }), unknownDoubt(open));
}

/** The traffic of a rule whatever its destination. */
function trafficOf(rule: Place): Rule | typeof anyTraffic {
  const value = { ...(isObject(rule.value) ? rule.value : {}), destination: '0.0.0.0/0' };
  return cloudFoundryRule({ ...rule, value, unknown: undefined })[0] ?? anyTraffic;
}
