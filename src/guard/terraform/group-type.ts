// How are the rules of one kind of AWS group spread over Terraform's resources?
import type { Place } from '../json-place.ts';
import type { Rule } from '../rule.ts';
import type { Resource } from './resources.ts';

/** A rule with its number: in a network ACL the lower one decides. Zero where the order does not matter. */
export interface NumberedRule {
  readonly rule: Rule;
  readonly number: number;
}

/** What a prefix list holds, with when that was so if it may have changed since. */
export interface ListRules {
  readonly rules: readonly Rule[];
  readonly asOf: string | undefined;
}

/** Finds the prefix lists that an attribute names. `place` is the value, `attribute` is where its references stand. */
export type PrefixLists = (naming: ListNaming) => ListRules;

/** The ids of prefix lists in one or several places of a resource. */
export interface ListNaming {
  readonly resource: Resource;
  /** The attribute whose expression refers to the lists: `egress`, where they stand in blocks. Undefined: none tells. */
  readonly attribute: string | undefined;
  /** The id, or a list of ids; several where an expression does not say which of them a reference is for. */
  readonly places: readonly Place[];
  /** Whether a place takes one id, and not a list of them. */
  readonly isOne: boolean;
  /** Whether there are expressions that the file does not show, so that a place may name other lists than those referred to. */
  readonly hasHidden?: boolean;
}

/** A resource whose rules stand in it or in resources of other types that name it. */
export interface GroupType {
  readonly types: readonly string[];
  /** The attribute with the rules that stand in it. */
  readonly own: string;
  /** Whether of several rules the first one decides. */
  readonly isOrdered: boolean;
  readonly readOwn: (resource: Resource, lists: PrefixLists) => OwnRules;
  readonly members: readonly MemberType[];
  /** A resource that removes every rule that it does not list. */
  readonly exclusive?: string;
}

/** Rules as a resource's attributes show them. */
export interface OwnRules {
  readonly rules: readonly NumberedRule[];
  readonly asOf?: string | undefined;
}

/** A resource that is one rule of a group. */
export interface MemberType {
  readonly type: string;
  /** The attribute with the id of the group. */
  readonly link: string;
  /** Whether it is an egress rule, or may turn out to be one. */
  readonly isEgress: (values: Place) => boolean;
  readonly read: (resource: Resource, lists: PrefixLists) => OwnRules;
}
