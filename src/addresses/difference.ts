// What changed between two lists, by addresses: another way to write the same addresses is no change.
import { type AddressRange, mergeRanges, rangeToCidrs, subtractRanges } from './address-range.ts';

/** The fewest CIDRs that hold exactly the addresses that came and those that went, in numeric order. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The difference between two lists of CIDRs or ranges, in any order. */
export function differenceOf(before: readonly AddressRange[], after: readonly AddressRange[]): Difference {
  const [old, current] = [mergeRanges(before), mergeRanges(after)];
  return { added: without(current, old), removed: without(old, current) };
}

function without(ranges: readonly AddressRange[], others: readonly AddressRange[]): string[] {
  return ranges.flatMap((range) => subtractRanges(range, others)).flatMap(rangeToCidrs);
}
