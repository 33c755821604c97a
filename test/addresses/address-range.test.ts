// The union of very many ranges: more than the fast way of sorting has room for.
import test from 'ava';
import { type AddressRange, mergeRanges } from '../../src/addresses/address-range.ts';

test('mergeRanges() orders more than 2^21 ranges, of both families', (t) => {
  const count = 2 ** 21 + 3;
  // Every second one touches the next one above it. From the last down to the first, as an ordered list is not sorted.
  const ranges = Array.from({ length: count }, (_, position): AddressRange => {
    const index = count - 1 - position;
    return {
      family: index < count - 4 ? 4 : 6,
      first: BigInt(2 * index),
      last: BigInt(2 * index + (index % 2)),
    };
  });
  const merged = mergeRanges(ranges);
  const pairs = (count - 1) / 2;
  t.is(merged.length, 1 + pairs);
  t.deepEqual(merged[0], { family: 4, first: 0n, last: 0n });
  const faults = merged.slice(1).filter(({ family, first, last }, index) => {
    const start = BigInt(2 + 4 * index);
    return family !== (index < pairs - 2 ? 4 : 6) || first !== start || last !== start + 2n;
  });
  t.deepEqual(faults, []);
});
