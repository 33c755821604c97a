// A union of ranges that grows one range at a time: millions of them, in memory for what lies apart alone.
import { type AddressRange, mergeRanges } from './address-range.ts';

export interface RangeSet {
  /** Adds the IPv4 addresses from `first` to `last`, both included, as their numbers. */
  addIpv4(first: number, last: number): void;
  add(range: AddressRange): void;
  /** How many ranges the union has; merges what was added. */
  size(): number;
  /** The union: in order, none touching or overlapping the next. */
  ranges(): AddressRange[];
}

/** Ranges that are kept before they are merged for the first time. */
const firstCapacity = 1 << 16;

/** An empty set. */
export function openRangeSet(): RangeSet {
  // Pairs of first and last, so that one 64-bit number sorts as a range does.
  let pairs = new Uint32Array(2 * firstCapacity);
  let count = 0;
  let others: AddressRange[] = [];
  let limit = firstCapacity;

  const merge = () => {
    count = mergePairs(pairs, count);
  };
  const addIpv4 = (first: number, last: number) => {
    if (2 * count === pairs.length) {
      merge();
      // Merging again and again what is apart would take time that grows with the square of its number.
      if (4 * count > pairs.length) {
        const larger = new Uint32Array(2 * pairs.length);
        larger.set(pairs);
        pairs = larger;
      }
    }
    pairs[2 * count + low] = last;
    pairs[2 * count + high] = first;
    count++;
  };
  return {
    addIpv4,
    add(range) {
      if (range.family === 4) return addIpv4(Number(range.first), Number(range.last));
      others.push(range);
      if (others.length < limit) return;
      others = mergeRanges(others);
      limit = Math.max(limit, 2 * others.length);
    },
    size() {
      merge();
      others = mergeRanges(others);
      return count + others.length;
    },
    ranges() {
      merge();
      const ranges: AddressRange[] = [];
      for (let index = 0; index < count; index++) {
        const first = BigInt(pairs[2 * index + high] ?? 0);
        ranges.push({ family: 4, first, last: BigInt(pairs[2 * index + low] ?? 0) });
      }
      return [...ranges, ...mergeRanges(others)];
    },
  };
}

/** Where the halves of a 64-bit number stand on this machine. */
const low = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
const high = 1 - low;

/** Merges the first `count` pairs in place. Returns how many are left. */
function mergePairs(pairs: Uint32Array, count: number): number {
  new BigUint64Array(pairs.buffer, 0, count).sort();
  let merged = 0;
  for (let index = 0; index < count; index++) {
    const first = pairs[2 * index + high] ?? 0;
    const last = pairs[2 * index + low] ?? 0;
    const previous = 2 * (merged - 1);
    if (merged > 0 && first <= (pairs[previous + low] ?? 0) + 1) {
      if (last > (pairs[previous + low] ?? 0)) pairs[previous + low] = last;
      continue;
    }
    pairs[2 * merged + high] = first;
    pairs[2 * merged + low] = last;
    merged++;
  }
  return merged;
}
