// exclude_services and aggregate: address arithmetic that keeps track of the published entries behind each CIDR.
import { mergeRanges, rangeToCidrs, subtractRanges } from '../addresses/address-range.ts';
import type { Cidr } from '../addresses/cidr.ts';
import { collect, type Selection } from './selection.ts';

/**
 * What remains of each CIDR beside the excluded ones, as the fewest CIDRs. A CIDR that no excluded one touches stays
 * as it was published, even where two could be merged: that is for `aggregate`.
 */
export function subtract(selection: Selection, excluded: Selection): Selection {
  const holes = mergeRanges(excluded.map(({ cidr }) => cidr));
  return collect(
    selection.flatMap(({ cidr, prefixes }) =>
      subtractRanges(cidr, holes)
        .flatMap(rangeToCidrs)
        .map((text) => [text, prefixes] as const),
    ),
  );
}

/** The fewest CIDRs that cover exactly the addresses of the selection. */
export function aggregate(selection: Selection): Selection {
  const merged = mergeRanges(selection.map(({ cidr }) => cidr)).flatMap(rangeToCidrs);
  const fewest = collect(merged.map((text) => [text, []]));
  let index = 0;
  return collect(
    selection.map(({ cidr, prefixes }) => {
      while (isBefore(fewest[index]?.cidr, cidr)) index++;
      return [fewest[index]?.cidr.text ?? cidr.text, prefixes];
    }),
  );
}

/** Whether all of `a` comes before `b` in numeric order; false when there is none. */
function isBefore(a: Cidr | undefined, b: Cidr | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.family < b.family || (a.family === b.family && a.last < b.first);
}
