// What a selection is: CIDRs in numeric order, each with the published entries that it comes from; and what is made of it.
import { mergeRanges, rangeToCidrs, subtractRanges } from '../addresses/address-range.ts';
import { type Cidr, compareCidrs, parseCidr } from '../addresses/cidr.ts';
import { sha256 } from '../files/sha256.ts';
import type { Prefix } from '../ip-ranges/document.ts';

/** A selected CIDR with the published entries that it comes from: those of the same text, unless it was derived. */
export interface SelectedCidr {
  readonly cidr: Cidr;
  readonly prefixes: readonly Prefix[];
}

/** What a source picks: IPv4 before IPv6, in numeric order, each CIDR once. */
export type Selection = readonly SelectedCidr[];

/** An entry in prefixes.json: as AWS published it, with `cidr` where the selection is derived from the published ones. */
export interface PrefixRecord extends Prefix {
  readonly cidr?: string;
}

/** A selection of CIDRs and what each comes from, in any order; the same CIDR may come twice. */
export function collect(parts: Iterable<readonly [cidr: Cidr, prefixes: readonly Prefix[]]>): Selection {
  const byText = new Map<string, { cidr: Cidr; prefixes: Prefix[] }>();
  for (const [cidr, prefixes] of parts) {
    const selected = byText.get(cidr.text) ?? { cidr, prefixes: [] };
    byText.set(cidr.text, selected);
    // Not by spreading: there may be more than a call takes arguments.
    for (const prefix of prefixes) selected.prefixes.push(prefix);
  }
  return [...byText.values()].sort((a, b) => compareCidrs(a.cidr, b.cidr));
}

/** The CIDR of a text that was written here. Throws an Error for any that is not in canonical form. */
function readCanonical(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`${text} is no CIDR in canonical form`);
  return cidr;
}

/**
 * What remains of each CIDR beside the excluded ones, as the fewest CIDRs. A CIDR that no excluded one touches stays
 * as it was published, even where two could be merged: that is for `aggregate`.
 */
export function subtract(selection: Selection, excluded: readonly Cidr[]): Selection {
  const holes = mergeRanges(excluded);
  return collect(
    selection.flatMap(({ cidr, prefixes }) =>
      subtractRanges(cidr, holes)
        .flatMap(rangeToCidrs)
        .map((text) => [readCanonical(text), prefixes] as const),
    ),
  );
}

/** The fewest CIDRs that cover exactly the addresses of the selection. */
export function aggregate(selection: Selection): Selection {
  const merged = mergeRanges(selection.map(({ cidr }) => cidr));
  const fewest = merged.flatMap(rangeToCidrs).map(readCanonical);
  let index = 0;
  return collect(
    selection.map(({ cidr, prefixes }) => {
      while (isBefore(fewest[index], cidr)) index++;
      return [fewest[index] ?? cidr, prefixes];
    }),
  );
}

/** Whether all of `a` comes before `b` in numeric order; false when there is none. */
function isBefore(a: Cidr | undefined, b: Cidr): boolean {
  return a !== undefined && (a.family < b.family || (a.family === b.family && a.last < b.first));
}

/** The bytes of cidrs.txt: every selected CIDR, one a line; empty when there are none. */
export function cidrLines(selection: Selection): string {
  return selection.map(({ cidr }) => `${cidr.text}\n`).join('');
}

/** The digest of a list as a version has it. */
export function digestOf(selection: Selection): string {
  return `sha256:${sha256(cidrLines(selection))}`;
}

/**
 * The content of prefixes.json, in the order of cidrs.txt. Where the CIDRs are derived from the published ones, an entry stands
 * once for each CIDR that comes from it.
 */
export function recordsOf(selection: Selection, isDerived: boolean): PrefixRecord[] {
  return selection.flatMap(({ cidr, prefixes }) =>
    isDerived ? prefixes.map((prefix) => ({ cidr: cidr.text, ...prefix })) : prefixes,
  );
}

/** The selection that the records were made of. Every text in them must be a CIDR in canonical form. */
export function selectionOf(records: readonly PrefixRecord[]): Selection {
  return collect(
    records.map(({ cidr, ...prefix }) => {
      const text = cidr ?? prefix.ip_prefix ?? prefix.ipv6_prefix ?? '';
      return [readCanonical(text), [prefix]];
    }),
  );
}
