// How the rules of one kind of AWS group are spread over Terraform's resources, and what its readers have in common.
import { type Place, text, textOrNull, where } from '../json-place.ts';
import { allow, anyTraffic, parseDestination, type Rule, type RuleTraffic } from '../rule.ts';
import type { Resource } from './resources.ts';

/** A rule with its number: in a network ACL the lower one decides. Zero where the order does not matter. */
export interface NumberedRule {
  readonly rule: Rule;
  readonly number: number;
}

/** Rules that allow traffic to the entries of the prefix list whose id `place`, a part of `attribute`, holds. */
export type PrefixListRules = (
  place: Place,
  resource: Resource,
  attribute: string,
  traffic: RuleTraffic,
) => Rule[];

/** A resource whose rules stand in it or in resources of other types that name it. */
export interface GroupType {
  readonly type: string;
  /** The attribute with the rules that stand in it. */
  readonly own: string;
  readonly readOwn: (resource: Resource, lists: PrefixListRules) => NumberedRule[];
  readonly members: readonly MemberType[];
}

/** A resource that is one rule of a group. */
export interface MemberType {
  readonly type: string;
  /** The attribute with the id of the group. */
  readonly link: string;
  /** Whether it is an egress rule, or may turn out to be one. */
  readonly isEgress: (values: Place) => boolean;
  readonly read: (resource: Resource, lists: PrefixListRules) => NumberedRule[];
}

/** A rule that allows traffic to the CIDR in a place. */
export function cidrRule(cidr: Place, traffic: RuleTraffic = anyTraffic): Rule {
  return allow(parseDestination(text(cidr), where(cidr)), traffic);
}

/** Whether there is a text; null and an empty one stand for none. */
export function isSet(place: Place): boolean {
  const value = textOrNull(place);
  return value !== undefined && value !== '';
}

/** A rule of a group in which the order does not matter. */
export function unordered(rule: Rule): NumberedRule {
  return { rule, number: 0 };
}
