// What do the attributes of a rule allow, and how certain is that?
import type { Family } from '../../addresses/cidr.ts';
import { awsTraffic } from '../aws-traffic.ts';
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
import { allowAnything, allowAt, type Doubt, type Rule, type RuleTraffic } from '../rule.ts';
import type { KeyedRule } from './group-type.ts';

/** The traffic that a rule is about; with a doubt it may be less than that. */
export interface OpenTraffic {
  readonly traffic: RuleTraffic;
  readonly doubt: Doubt | undefined;
}

/** Protocol and ports. What is unknown until apply may be any. Throws a UserError that names the place of what is none. */
export function openTraffic(values: Place, protocolName: string): OpenTraffic {
  const protocol = member(values, protocolName);
  const [from, to] = [member(values, 'from_port'), member(values, 'to_port')];
  const open = [protocol, from, to].find(isUnknown);
  if (open === undefined) {
    return { traffic: awsTraffic(protocol, from, to), doubt: strangeAttribute(values) };
  }
  const known = { ...protocol, value: '-1', unknown: undefined };
  const whole = { ...from, value: 0, unknown: undefined };
  const { protocol: name } = awsTraffic(isUnknown(protocol) ? known : protocol, whole, whole);
  return { traffic: { protocol: name, ports: undefined }, doubt: unknownDoubt(open) };
}

/** Rules for a CIDR or a list of them: null and an empty text stand for none, and what is unknown may be any address. */
export function cidrRules(cidrs: Place, family: Family, open: OpenTraffic): Rule[] {
  if (!isUnknown(cidrs) && (cidrs.value === null || cidrs.value === '')) return [];
  const { traffic, doubt } = open;
  const all = Array.isArray(cidrs.value) ? items(cidrs) : [cidrs];
  return all.flatMap((cidr) =>
    isUnknown(cidr) ? allowAnything(unknownDoubt(cidr), traffic, [family]) : [allowAt(cidr, traffic, doubt)],
  );
}

/** Possible rules for what names other groups, or the group itself: these are no addresses. */
export function groupReferences(named: Place, { traffic }: OpenTraffic): Rule[] {
  const places = !isUnknown(named) && Array.isArray(named.value) ? items(named) : [named];
  return places
    .filter((place) => isUnknown(place) || (!isEmpty(place) && place.value !== false))
    .flatMap((place) => allowAnything(isUnknown(place) ? unknownDoubt(place) : groupDoubt(place), traffic));
}

function groupDoubt(place: Place): Doubt {
  return {
    place: where(place),
    reason:
      place.value === true
        ? 'names the group itself, whose addresses no file shows'
        : `names another security group, whose addresses no file shows`,
    wayOut: 'leave such rules out of what is judged, or name the addresses themselves',
  };
}

/** What EC2 tells traffic by. */
export function trafficKey({ protocol, ports }: RuleTraffic): string {
  return `${protocol ?? 'all'} ${ports?.map(({ first, last }) => `${first}-${last}`).join() ?? 'all'}`;
}

/** A rule with the key that EC2 knows it by in a security group. What is not certain of itself has none. */
export function byTarget(rule: Rule): KeyedRule {
  const { range } = rule;
  const key = rule.at === undefined ? '' : `${trafficKey(rule)} ${range.family} ${range.first}-${range.last}`;
  return { rule, number: 0, key };
}

/** Attributes that this release knows in blocks and rule resources of AWS's provider. */
const knownNames: ReadonlySet<string> = new Set([
  ...['arn', 'description', 'id', 'region', 'tags', 'tags_all', 'timeouts'],
  ...['from_port', 'to_port', 'protocol', 'ip_protocol', 'icmp_code', 'icmp_type'],
  ...['cidr', 'cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6', 'cidr_block', 'ipv6_cidr_block'],
  ...['security_group_id', 'security_group_rule_id', 'type', 'self', 'security_groups'],
  ...['source_security_group_id', 'referenced_security_group_id'],
  ...['prefix_list_id', 'prefix_list_ids'],
  ...['network_acl_id', 'egress', 'action', 'rule_no', 'rule_action', 'rule_number'],
]);

/**
 * The doubt that an attribute raises that this release does not know: it may narrow what the rule allows. Attributes
 * that are not set raise none.
 */
export function strangeAttribute(values: Place): Doubt | undefined {
  const names = [values.value, values.unknown].flatMap((item) => (isObject(item) ? Object.keys(item) : []));
  const strange = names.find((name) => !knownNames.has(name) && isSomething(member(values, name)));
  if (strange === undefined) return undefined;
  return {
    place: where(member(values, strange)),
    reason: 'is an attribute of which this release of the guard knows nothing',
    wayOut: 'use a release that knows it',
  };
}

/** A rule as it is when something about it is open. */
export function withDoubt(rule: Rule, doubt: Doubt | undefined): Rule {
  return doubt === undefined || rule.doubt !== undefined ? rule : { ...rule, doubt };
}

/** As withDoubt, for rules with their keys. */
export function doubted(rules: readonly KeyedRule[], doubt: Doubt | undefined): readonly KeyedRule[] {
  return doubt === undefined ? rules : rules.map((item) => ({ ...item, rule: withDoubt(item.rule, doubt) }));
}

/** A truth value, which a plan may leave open; null and what is absent stand for false. */
export function flag(place: Place): boolean | undefined {
  if (isUnknown(place)) return undefined;
  if (!isEmpty(place) && typeof place.value !== 'boolean') throw unexpected(place, 'true or false');
  return place.value === true;
}

function isSomething(place: Place): boolean {
  const { value, unknown } = place;
  if (unknown === true) return true;
  return (
    !isEmpty(place) && value !== false && value !== 0 && !(isObject(value) && Object.keys(value).length === 0)
  );
}
