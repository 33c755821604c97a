// Arithmetic on ranges against sets that hold every address of a small window at an edge of either family.
import test from 'ava';
import fc from 'fast-check';
import {
  type AddressRange,
  differenceOf,
  intersectRanges,
  mergeRanges,
  rangeToCidrs,
  subtractUnion,
} from '../../src/addresses/address-range.ts';
import { bitsOf, type Family, parseNetwork } from '../../src/addresses/cidr.ts';

const windowSize = 32;

/** Windows at the start and at the end of each family. */
const windows = ([4, 6] as const).flatMap((family) =>
  [0n, (1n << BigInt(bitsOf[family])) - BigInt(windowSize)].map((base) => ({ family, base })),
);
const range: fc.Arbitrary<AddressRange> = fc
  .tuple(fc.constantFrom(...windows), fc.nat(windowSize - 1), fc.nat(8))
  .map(([{ family, base }, start, more]) => ({
    family,
    first: base + BigInt(start),
    last: base + BigInt(Math.min(start + more, windowSize - 1)),
  }));
const ranges = fc.array(range, { maxLength: 12 });

function addressesOf(list: readonly AddressRange[]): string[] {
  const addresses = new Set<string>();
  for (const { family, first, last } of list) {
    for (let address = first; address <= last; address++) addresses.add(`${family} ${address}`);
  }
  return [...addresses].sort();
}

/** The addresses that are in the other set, too, or that are not. */
function picked(addresses: readonly string[], others: readonly string[], isInBoth: boolean): string[] {
  return addresses.filter((address) => others.includes(address) === isInBoth);
}

function rangesOf(cidrs: readonly string[]): AddressRange[] {
  return cidrs.flatMap((text) => parseNetwork(text) ?? []);
}

/** Whether the ranges are in order, each non-empty and, in a union, with a gap before it. */
function isOrdered(list: readonly AddressRange[], gap: bigint): boolean {
  return list.every(({ family, first, last }, index) => {
    const before = list[index - 1];
    const isBehind =
      before === undefined ||
      before.family < family ||
      (before.family === family && before.last + gap < first);
    return first <= last && isBehind;
  });
}

test('union, difference and intersection are those of the addresses, in order', (t) => {
  fc.assert(
    fc.property(ranges, ranges, (some, others) => {
      const [one, other] = [mergeRanges(some), mergeRanges(others)];
      const [inOne, inOther] = [addressesOf(some), addressesOf(others)];
      t.deepEqual(addressesOf(one), inOne);
      t.true(isOrdered(one, 1n));
      const rest = subtractUnion(one, other);
      t.deepEqual(addressesOf(rest), picked(inOne, inOther, false));
      t.true(isOrdered(rest, 0n));
      const common = one.flatMap((item) => intersectRanges(item, other));
      t.deepEqual(addressesOf(common), picked(inOne, inOther, true));
      t.true(isOrdered(common, 0n));
      const { added, removed } = differenceOf(some, others);
      t.deepEqual(addressesOf(rangesOf(added)), picked(inOther, inOne, false));
      t.deepEqual(addressesOf(rangesOf(removed)), picked(inOne, inOther, false));
    }),
    { numRuns: 1000 },
  );
});

test('a range is the fewest CIDRs that are exactly it: none is the half of a block in it', (t) => {
  const block = (family: Family, first: bigint, last: bigint) => ({ family, first, last });
  const whole = [block(4, 0n, 2n ** 32n - 1n), block(6, 0n, 2n ** 128n - 1n)];
  t.deepEqual(whole.flatMap(rangeToCidrs), ['0.0.0.0/0', '::/0']);
  fc.assert(
    fc.property(range, (one) => {
      const cidrs = rangesOf(rangeToCidrs(one));
      t.deepEqual(addressesOf(cidrs), addressesOf([one]));
      t.true(isOrdered(cidrs, 0n));
      for (const { family, first, last } of cidrs) {
        const size = last - first + 1n;
        const start = first - (first % (2n * size));
        t.false(one.first <= start && start + 2n * size - 1n <= one.last, `${family} ${first}`);
      }
    }),
    { numRuns: 1000 },
  );
});
