// Arithmetic on ranges of addresses: union, difference, and the fewest CIDRs that a range is.
import { bitsOf, type Family, formatCidr } from './cidr.ts';

/** Addresses of one family from `first` to `last`, both included. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** The union: in order, none touching or overlapping the next. */
export function mergeRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of ranges.toSorted(compareRanges)) {
    const previous = merged.at(-1);
    if (previous === undefined || previous.family !== range.family || range.first > previous.last + 1n) {
      merged.push(range);
    } else if (range.last > previous.last) {
      merged[merged.length - 1] = { ...previous, last: range.last };
    }
  }
  return merged;
}

/** The parts of `range` that `merged`, an ordered union, does not cover. */
export function subtractRanges(range: AddressRange, merged: readonly AddressRange[]): AddressRange[] {
  const rest: AddressRange[] = [];
  let first = range.first;
  for (const cover of intersectRanges(range, merged)) {
    if (cover.first > first) rest.push({ family: range.family, first, last: cover.first - 1n });
    first = cover.last + 1n;
  }
  if (first <= range.last) rest.push({ family: range.family, first, last: range.last });
  return rest;
}

/** The parts of `ranges` that `merged`, an ordered union, does not cover. */
export function subtractUnion(
  ranges: readonly AddressRange[],
  merged: readonly AddressRange[],
): AddressRange[] {
  return ranges.flatMap((range) => subtractRanges(range, merged));
}

/** The parts of `range` that `merged`, an ordered union, covers. */
export function intersectRanges(range: AddressRange, merged: readonly AddressRange[]): AddressRange[] {
  const common: AddressRange[] = [];
  for (let index = firstReaching(range, merged); index < merged.length; index++) {
    const cover = merged[index];
    if (cover === undefined || cover.family !== range.family || cover.first > range.last) break;
    common.push({
      family: range.family,
      first: (cover.first > range.first ? cover : range).first,
      last: (cover.last < range.last ? cover : range).last,
    });
  }
  return common;
}

/** The fewest CIDRs that are exactly the range, in order. */
export function rangeToCidrs({ family, first, last }: AddressRange): string[] {
  const cidrs: string[] = [];
  for (let next = first; next <= last; ) {
    const left = last - next + 1n;
    // The largest aligned block that starts here, or the largest that ends inside.
    const aligned = next === 0n ? bitsOf[family] : lengthInBits(next & -next) - 1;
    const free = Math.min(aligned, lengthInBits(left) - 1);
    cidrs.push(formatCidr(family, next, bitsOf[family] - free));
    next += 1n << BigInt(free);
  }
  return cidrs;
}

/** How many binary digits the number has. */
function lengthInBits(number: bigint): number {
  return number.toString(2).length;
}

/** The fewest CIDRs of the addresses that came and of those that went, in numeric order. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What changed between two lists in any order, by addresses: another way to write the same addresses is no change. */
export function differenceOf(before: readonly AddressRange[], after: readonly AddressRange[]): Difference {
  const [old, current] = [mergeRanges(before), mergeRanges(after)];
  return {
    added: subtractUnion(current, old).flatMap(rangeToCidrs),
    removed: subtractUnion(old, current).flatMap(rangeToCidrs),
  };
}

function compareRanges(a: AddressRange, b: AddressRange): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}

/** Index of the first range of an ordered union that ends at or after the start of `range`, found by halving. */
function firstReaching(range: AddressRange, merged: readonly AddressRange[]): number {
  let low = 0;
  let high = merged.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const candidate = merged[middle];
    const isBefore =
      candidate !== undefined &&
      (candidate.family < range.family ||
        (candidate.family === range.family && candidate.last < range.first));
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
