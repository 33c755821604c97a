// exclude_services and aggregate: address arithmetic that keeps track of the published entries behind each CIDR.
import { excludeCidr, mergeCidr } from 'cidr-tools';
import type { Cidr } from '../cidr.ts';
import type { Prefix } from '../ip-ranges/document.ts';
import { collect, type Selection } from './selection.ts';

/**
 * What remains of each CIDR beside the excluded ones, as the fewest CIDRs. A CIDR that no excluded one touches stays
 * as it was published, even where two could be merged: that is for `aggregate`.
 */
export function subtract(selection: Selection, excluded: Selection): Selection {
  const holes = merge(excluded);
  const parts: [cidr: string, prefixes: readonly Prefix[]][] = [];
  let first = 0;
  for (const { cidr, prefixes } of selection) {
    // Both are in order: what ends before this CIDR ends before the following ones too.
    while (isBefore(holes[first], cidr)) first++;
    let end = first;
    while (end < holes.length && !isBefore(cidr, holes[end])) end++;
    const touching = holes.slice(first, end).map(({ text }) => text);
    const remaining = touching.length === 0 ? [cidr.text] : excludeCidr(cidr.text, touching);
    for (const text of remaining) parts.push([text, prefixes]);
  }
  return collect(parts);
}

/** The fewest CIDRs that cover exactly the addresses of the selection. */
export function aggregate(selection: Selection): Selection {
  const merged = merge(selection);
  let index = 0;
  return collect(
    selection.map(({ cidr, prefixes }) => {
      while (isBefore(merged[index], cidr)) index++;
      return [merged[index]?.text ?? cidr.text, prefixes];
    }),
  );
}

/** The fewest CIDRs for the same addresses, in order. */
function merge(selection: Selection): Cidr[] {
  const merged = mergeCidr(selection.map(({ cidr }) => cidr.text));
  return collect(merged.map((text) => [text, []])).map(({ cidr }) => cidr);
}

/** Whether all of `a` comes before `b` in numeric order; false when there is none. */
function isBefore(a: Cidr | undefined, b: Cidr | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.family < b.family || (a.family === b.family && a.last < b.first);
}
