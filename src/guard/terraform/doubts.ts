// Why a rule of a group, list or ACL is not certain, in words for all three; each with the place in the file and a way out.
import { type Place, where } from '../json-place.ts';
import type { Doubt } from '../rule.ts';

export const afterApply = 'check the state after the apply';

/** What is said of the place, and what would decide it. */
const words = {
  twin: [
    'is the same object as another resource: each may undo what the other writes',
    'keep one of the two',
  ],
  gone: ['is the same object, and this plan destroys it there', afterApply],
  taken: [
    'takes away such a rule, and AWS does not tell it from the same rule of another resource',
    `apply that first and plan again, or ${afterApply}`,
  ],
  adopter: ['may be what these rules belong to, and then it takes them away', afterApply],
  conflict: [
    'is configured, and other such rules are resources of their own: these overwrite each other',
    'use one of the two ways for all of them',
  ],
  exclusive: [
    'removes every rule that it does not list',
    'ask AWS after the apply (aws ec2 describe-security-groups), and judge that',
  ],
  mirror: [
    'shows what there was at the last refresh, and other such rules are resources of their own, so it may be gone since',
    'refresh the state (terraform apply -refresh-only) and manage all rules in one way, or judge what AWS shows of it',
  ],
  // A rule of an ACL decides only when none of the rules of lower numbers does, and these stand in the ACL.
  unseen: [
    'belongs to a network ACL that this file does not show, and rules before it decide first',
    'judge a file that holds the ACL with all of its rules',
  ],
  tainted: ['is tainted, so it may not be as it stands there', 'check the state after the next apply'],
  deposed: ['is deposed and waits for its destruction', 'check the state after the next apply'],
} as const;

export function doubtAt(place: Place, why: keyof typeof words): Doubt {
  const [reason, wayOut] = words[why];
  return { place: where(place), reason, wayOut };
}
