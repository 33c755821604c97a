// Rules of a form that is a list of addresses, with neither protocols nor ports: their union is all that counts.
import type { RangeSet } from '../addresses/range-set.ts';
import { UserError } from '../errors.ts';
import type { RuleList } from './form.ts';
import { allow } from './rule.ts';

/** Ranges that lie apart, of which a list may have: ten times what any firewall takes. */
const most = 500_000;

/** Rules that allow everything to the addresses of a set. Throws a UserError when it is too large; `place` is where it stands. */
export function listRules(set: RangeSet, place: string): RuleList {
  requireBearable(set, place);
  return { rules: set.ranges().map((range) => allow(range)), isWithoutPorts: true };
}

/** Throws a UserError when a set has more ranges than can be compared in bearable time. */
export function requireBearable(set: RangeSet, place: string): void {
  if (set.size() <= most) return;
  throw new UserError(
    `${place} holds more than ${most} ranges of addresses that lie apart, more than any firewall takes; name the file of rules`,
  );
}
