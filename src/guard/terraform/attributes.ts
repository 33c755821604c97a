// What do the attributes of a rule allow, and how certain is that?
import type { Family } from '../../addresses/cidr.ts';
import { awsTraffic } from '../aws-traffic.ts';
import {
  isEmpty,
  isObject,
  isUnknown,
  items,
  itemsOrNull,
  member,
  type Place,
  unknownDoubt,
  where,
} from '../json-place.ts';
import { allowAnything, allowAt, anyTraffic, type Doubt, type Rule, type RuleTraffic } from '../rule.ts';
import type { KeyedRule } from './group-type.ts';

/** The traffic that a rule is about; with a doubt it may be less than that. */
export interface OpenTraffic {
  readonly traffic: RuleTraffic;
  readonly doubt: Doubt | undefined;
}

/** Protocol and ports. What is unknown until apply may be any. Throws a UserError that names the place of what is none. */
export function openTraffic(values: Place, protocolName: string): OpenTraffic {
  const protocol = member(values, protocolName);
  if (isUnknown(protocol)) return { traffic: anyTraffic, doubt: unknownDoubt(protocol) };
  const [from, to] = [member(values, 'from_port'), member(values, 'to_port')];
  const open = [from, to].find(isUnknown);
  if (open === undefined) return { traffic: awsTraffic(protocol, from, to), doubt: undefined };
  const all = { ...open, value: 0, unknown: undefined };
  const { protocol: name } = awsTraffic(protocol, all, all);
  const hasPorts = name === 'tcp' || name === 'udp';
  return { traffic: { protocol: name, ports: undefined }, doubt: hasPorts ? unknownDoubt(open) : undefined };
}

/** Rules for a list of CIDRs of a family: null stands for none, and what is unknown may be any address. */
export function cidrListRules(list: Place, family: Family, open: OpenTraffic): Rule[] {
  if (isUnknown(list)) return allowAnything(unknownDoubt(list), open.traffic, [family]);
  return itemsOrNull(list).flatMap((cidr) => cidrRules(cidr, family, open));
}

function cidrRules(cidr: Place, family: Family, { traffic, doubt }: OpenTraffic): Rule[] {
  if (isUnknown(cidr)) return allowAnything(unknownDoubt(cidr), traffic, [family]);
  return [allowAt(cidr, traffic, doubt)];
}

/** Rules for one CIDR that may be absent: null and an empty text stand for none, and what is unknown may be any address. */
export function optionalCidr(cidr: Place, family: Family, open: OpenTraffic): Rule[] {
  const isAbsent = !isUnknown(cidr) && (cidr.value === null || cidr.value === '');
  return isAbsent ? [] : cidrRules(cidr, family, open);
}

/** Possible rules for places that name other groups, or the group itself: these are no addresses. */
export function groupReferences(places: readonly Place[], { traffic }: OpenTraffic): KeyedRule[] {
  return places
    .filter((place) => isUnknown(place) || (!isEmpty(place) && place.value !== false))
    .flatMap((place) => {
      const doubt = isUnknown(place) ? unknownDoubt(place) : groupDoubt(place);
      const key = isUnknown(place) ? '' : `${trafficKey(traffic)} group ${String(place.value)}`;
      return allowAnything(doubt, traffic).map((rule) => ({ rule, number: 0, key }));
    });
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

/** The items of a list with what is unknown of them; one place without a value where the whole list is unknown. */
export function openItems(list: Place): Place[] {
  return isUnknown(list) ? [list] : isEmpty(list) ? [] : items(list);
}

/**
 * The doubt that an attribute raises that this release does not know: it may narrow what the rule allows. Attributes
 * that are not set raise none.
 */
export function strangeAttribute(values: Place, known: readonly string[]): Doubt | undefined {
  if (!isObject(values.value)) return undefined;
  const names = [
    ...Object.keys(values.value),
    ...(isObject(values.unknown) ? Object.keys(values.unknown) : []),
  ];
  const strange = names.find((name) => !known.includes(name) && isSomething(member(values, name)));
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
export function doubted(rules: readonly KeyedRule[], doubt: Doubt | undefined): KeyedRule[] {
  return rules.map((item) => ({ ...item, rule: withDoubt(item.rule, doubt) }));
}

function isSomething(place: Place): boolean {
  const { value, unknown } = place;
  if (unknown === true) return true;
  return (
    !isEmpty(place) && value !== false && value !== 0 && !(isObject(value) && Object.keys(value).length === 0)
  );
}
