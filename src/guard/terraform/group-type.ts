// How are the rules of one kind of group spread over Terraform's resources?
import { isEmpty, isUnknown, items, type Place } from '../json-place.ts';
import { allow, type Doubt, everything, type Rule } from '../rule.ts';
import type { Attribute } from './configuration.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** A rule, and what AWS tells it by. */
export interface KeyedRule {
  readonly rule: Rule;
  /**
   * What AWS knows the rule by within its group: traffic and target in a security group, the number in an ACL, the address in a prefix
   * list. Rules of one key are one and the same to AWS. Empty where it is unknown.
   */
  readonly key: string;
  /** In a network ACL the lower number decides. Zero where the order does not matter, and where the number is unknown. */
  readonly number: number;
}

/** Rules as a resource's attributes show them. */
export interface OwnRules {
  readonly rules: readonly KeyedRule[];
  /** When that was so, if it may have changed since. */
  readonly asOf?: string | undefined;
}

/** The rules that prefix lists stand for; `place` is the id, or a list of them, in the attribute `naming`. */
export type PrefixLists = (place: Place, naming: Attribute) => OwnRules;

/** A resource whose rules stand in it or in resources of other types that name it. */
export interface GroupType {
  readonly types: readonly string[];
  /** Data sources that show what such a group holds. */
  readonly dataTypes: readonly string[];
  /** The attribute with the rules that stand in it. */
  readonly own: (owner: Resource) => string;
  /** Whether the provider fills that attribute in with what it finds where the code does not set it. */
  readonly isMirrored: boolean;
  /** Whether of several rules the first one decides. */
  readonly isOrdered: boolean;
  readonly readOwn: (owner: Resource, lists: PrefixLists) => OwnRules;
  /** Possible rules where nothing is known of them. */
  readonly anything: (doubt: Doubt) => readonly KeyedRule[];
  readonly members: readonly MemberType[];
  /** A resource that removes every rule that it does not list. */
  readonly exclusive?: string;
  /** Types that take over, when they are created, a group that AWS made, and empty it. */
  readonly adopting: readonly string[];
  /** Why a group of this type may not come about as it is planned. */
  readonly doubt?: (file: TerraformFile, owner: Resource) => Doubt | undefined;
}

/** A resource that is one rule of a group. */
export interface MemberType {
  readonly type: string;
  /** The attribute with the id of the group. */
  readonly link: string;
  /** Whether it is a rule of the direction that is judged, or may turn out to be one. */
  readonly isOfDirection: (values: Place) => boolean;
  readonly read: (resource: Resource, lists: PrefixLists) => OwnRules;
}

/** A rule that AWS tells by nothing that is known. */
export function unkeyed(rule: Rule): KeyedRule {
  return { rule, key: '', number: 0 };
}

/** Rules of several places as those of one. */
export function joined(all: readonly OwnRules[]): OwnRules {
  return {
    rules: all.flatMap(({ rules }) => rules),
    asOf: all.find(({ asOf }) => asOf !== undefined)?.asOf,
  };
}

/** Where only it counts which ids are named: rules by the ids of the lists, whatever these hold. */
export const onlyIds: PrefixLists = (place) => ({
  rules: knownIds(place).flatMap(({ value }) =>
    everything.map((range) => ({ ...unkeyed(allow(range)), key: String(value) })),
  ),
});

/** The ids that are known of one id, or of a list of them. */
export function knownIds(place: Place): Place[] {
  if (isUnknown(place) || isEmpty(place)) return [];
  return (Array.isArray(place.value) ? items(place) : [place]).filter((id) => !isUnknown(id) && !isEmpty(id));
}
