// What rules allow together when, of those that are about an address, the first one decides.
import { type AddressRange, mergeRanges, subtractUnion } from '../addresses/address-range.ts';
import type { Rule } from './rule.ts';

/** The union of what the rules allow, all taken as certain: in order, none touching the next. */
export function decideByOrder(rules: readonly Rule[]): AddressRange[] {
  const hasDenies = rules.some(({ action }) => action === 'deny');
  return hasDenies ? decide(rules).allowed : mergeRanges(rules.map(({ range }) => range));
}

/**
 * By halves: what the second half allows counts where no rule of the first half is about the address. Rule by rule it
 * would take time that grows with the square of their number.
 */
function decide(rules: readonly Rule[]): { allowed: AddressRange[]; decided: AddressRange[] } {
  const [only, second] = rules;
  if (only === undefined) return { allowed: [], decided: [] };
  if (second === undefined) {
    return { allowed: only.action === 'allow' ? [only.range] : [], decided: [only.range] };
  }
  const middle = rules.length >> 1;
  const before = decide(rules.slice(0, middle));
  const after = decide(rules.slice(middle));
  return {
    allowed: mergeRanges([...before.allowed, ...subtractUnion(after.allowed, before.decided)]),
    decided: mergeRanges([...before.decided, ...after.decided]),
  };
}
