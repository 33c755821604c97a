// What rules allow together when, of those that are about an address, the first one decides.
import { type AddressRange, mergeRanges, subtractRanges } from '../addresses/address-range.ts';
import type { Rule } from './rule.ts';

/** The union of what the rules allow, all taken as certain: in order, none touching the next. */
export function decideByOrder(rules: readonly Rule[]): AddressRange[] {
  const allowed: AddressRange[] = [];
  let denied: AddressRange[] = [];
  for (const { action, range } of rules) {
    if (action === 'deny') denied = mergeRanges([...denied, range]);
    else if (denied.length === 0) allowed.push(range);
    else allowed.push(...subtractRanges(range, denied));
  }
  return mergeRanges(allowed);
}
