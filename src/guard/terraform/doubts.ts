// Why a rule of a group, list or ACL is not certain, in words for all three; each with the place in the file and a way out.
import { member, type Place, unknownDoubt, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';
import type { Resource } from './resources.ts';

const afterApply = 'check the state after the apply';

export const twinDoubt = ({ values }: Pick<Resource, 'values'>): Doubt => ({
  place: where(values),
  reason: 'is the same object as another resource: each may undo what the other writes',
  wayOut: 'keep one of the two',
});

export const goneDoubt = (before: Place): Doubt => ({
  place: where(before),
  reason: 'is the same object, and this plan destroys it there',
  wayOut: afterApply,
});

export const takenDoubt = (place: string): Doubt => ({
  place,
  reason: 'takes away such a rule, and AWS does not tell it from the same rule of another resource',
  wayOut: `apply that first and plan again, or ${afterApply}`,
});

export const adopterDoubt = ({ values }: Resource): Doubt => ({
  place: where(values),
  reason: 'may be what these rules belong to, and then it takes them away',
  wayOut: afterApply,
});

export const conflictDoubt = (attribute: Place): Doubt => ({
  place: where(attribute),
  reason: 'is configured, and other such rules are resources of their own: these overwrite each other',
  wayOut: 'use one of the two ways for all of them',
});

export const exclusiveDoubt = ({ values }: Resource): Doubt => ({
  place: where(values),
  reason: 'removes every rule that it does not list',
  wayOut: 'ask AWS after the apply (aws ec2 describe-security-groups), and judge that',
});

export const mirrorDoubt = (attribute: Place): Doubt => ({
  place: where(attribute),
  reason:
    'shows what there was at the last refresh, and other such rules are resources of their own, so it may be gone since',
  wayOut:
    'refresh the state (terraform apply -refresh-only) and manage all rules in one way, or judge what AWS shows of it',
});

/** Of a rule resource, whose attribute `link` does not tell where it belongs. */
export const membershipDoubt = ({ values }: Resource, link: string, name: string | undefined): Doubt => ({
  ...unknownDoubt(member(values, link)),
  reason: `${unknownDoubt(member(values, link)).reason}, so this plan does not show whether that rule belongs to ${name}`,
  wayOut: `${afterApply}, or name the rule itself with params.address`,
});

/** Two entries of one number cannot both be there: the provider fails to create the second one, or replaces the first. */
export const tieDoubt = (place: string, number: number): Doubt => ({
  place,
  reason: `has several rules of the number ${number}, of which only one can be in effect`,
  wayOut: 'give every rule a number of its own',
});

/** A rule of an ACL decides only when none of the rules of lower numbers does, and these stand in the ACL. */
export const unseenDoubt = (first: Resource | undefined): Doubt => ({
  place: first === undefined ? '' : where(first.values),
  reason: 'belongs to a network ACL that this file does not show, and rules before it decide first',
  wayOut: 'judge a file that holds the ACL with all of its rules',
});
