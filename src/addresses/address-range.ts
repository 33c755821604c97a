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
  let previous: AddressRange | undefined;
  for (const range of isOrdered(ranges) ? ranges : sorted(ranges)) {
    if (
      previous === undefined ||
      previous.family !== range.family ||
      // Most ranges lie apart and most sums of bigints are allocated, so that the sum is made only where they may touch.
      (range.first > previous.last && range.first !== previous.last + 1n)
    ) {
      previous = range;
      merged.push(previous);
    } else if (range.last > previous.last) {
      previous = { family: range.family, first: previous.first, last: range.last };
      merged[merged.length - 1] = previous;
    }
  }
  return merged;
}

/** Most lists are in order already. */
function isOrdered(ranges: readonly AddressRange[]): boolean {
  let previous: AddressRange | undefined;
  for (const range of ranges) {
    if (previous !== undefined && compareRanges(previous, range) > 0) return false;
    previous = range;
  }
  return true;
}

/**
 * By family and first address. IPv4 ranges are sorted as numbers, by native code: the address in the upper bits, the index of the
 * range in the lower ones. A sort that calls compareRanges takes five times as long.
 */
function sorted(ranges: readonly AddressRange[]): AddressRange[] {
  if (ranges.length > indexes) return ranges.toSorted(compareRanges);
  const keys = new Float64Array(ranges.length);
  const others: AddressRange[] = [];
  let count = 0;
  for (const [index, range] of ranges.entries()) {
    if (range.family === 4) keys[count++] = Number(range.first) * indexes + index;
    else others.push(range);
  }
  const result: AddressRange[] = [];
  for (const key of keys.subarray(0, count).sort()) {
    const range = ranges[key % indexes];
    if (range !== undefined) result.push(range);
  }
  for (const range of others.sort(compareRanges)) result.push(range);
  return result;
}

/** An index below this and an IPv4 address fit into a number together. */
const indexes = 2 ** 21;

/** What of the ordered union `ranges` none of `merged`, another one, covers: in one pass over both. */
export function subtractUnion(
  ranges: readonly AddressRange[],
  merged: readonly AddressRange[],
): AddressRange[] {
  const rest: AddressRange[] = [];
  let index = 0;
  for (const { family, first: start, last } of ranges) {
    let first = start;
    for (let cover = merged[index]; cover !== undefined; cover = merged[++index]) {
      if (cover.family > family || (cover.family === family && cover.first > last)) break;
      if (cover.family < family || cover.last < first) continue;
      if (cover.first > first) rest.push({ family, first, last: cover.first - 1n });
      first = cover.last + 1n;
      // It may reach into the next range, too.
      if (cover.last >= last) break;
    }
    if (first <= last) rest.push({ family, first, last });
  }
  return rest;
}

/** What of `range` none of `merged`, an ordered union, covers. */
export function subtractRanges(range: AddressRange, merged: readonly AddressRange[]): AddressRange[] {
  const rest: AddressRange[] = [];
  let first = range.first;
  for (let index = firstReaching(range, merged); index < merged.length; index++) {
    const cover = merged[index];
    if (cover === undefined || cover.family !== range.family || cover.first > range.last) break;
    if (cover.first > first) rest.push({ family: range.family, first, last: cover.first - 1n });
    first = cover.last + 1n;
  }
  if (first <= range.last) rest.push({ family: range.family, first, last: range.last });
  return rest;
}

/** What of `range` some of `merged`, an ordered union, covers. */
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
  let next = first;
  while (next <= last) {
    let free = 0;
    // The largest aligned block that starts here and ends inside.
    while (free < bitsOf[family] && isAligned(next, free + 1) && next + (1n << BigInt(free + 1)) - 1n <= last)
      free++;
    cidrs.push(formatCidr(family, next, bitsOf[family] - free));
    next += 1n << BigInt(free);
  }
  return cidrs;
}

function isAligned(address: bigint, bits: number): boolean {
  return (address & ((1n << BigInt(bits)) - 1n)) === 0n;
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
