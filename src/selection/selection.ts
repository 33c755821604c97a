// What a selection is: CIDRs in numeric order, each with the published entries that it comes from.
import { type Cidr, compareCidrs, parseCidr } from '../addresses/cidr.ts';
import type { Prefix } from '../ip-ranges/document.ts';

/** A selected CIDR with the published entries that it comes from: those of the same text, unless it was derived. */
export interface SelectedCidr {
  readonly cidr: Cidr;
  readonly prefixes: readonly Prefix[];
}

/** What a source picks: IPv4 before IPv6, in numeric order, each CIDR once. */
export type Selection = readonly SelectedCidr[];

/** Makes a CIDR of its canonical text. Throws an Error for any other: it was validated, or written here. */
export type ReadCidr = (text: string) => Cidr;

export const readCanonical: ReadCidr = (text) => {
  const cidr = parseCidr(text, text.includes(':') ? 6 : 4);
  if (cidr === undefined) throw new Error(`${text} is no CIDR in canonical form`);
  return cidr;
};

/** Entries by the CIDRs that they publish. Each must have passed the document's validation. */
export function groupPrefixes(prefixes: readonly Prefix[], read = readCanonical): Selection {
  const group = openGroup(read);
  for (const prefix of prefixes) group.of(prefix.ip_prefix ?? prefix.ipv6_prefix ?? '').push(prefix);
  return group.selection();
}

/** A selection of CIDRs in canonical form and what each comes from, in any order; the same CIDR may come twice. */
export function collect(parts: Iterable<readonly [cidr: string, prefixes: readonly Prefix[]]>): Selection {
  const group = openGroup(readCanonical);
  for (const [text, prefixes] of parts) {
    const all = group.of(text);
    // Not by spreading: there may be more than a call takes arguments.
    for (const prefix of prefixes) all.push(prefix);
  }
  return group.selection();
}

/** A selection that grows: `of` is the list of what a CIDR in canonical form comes from. */
function openGroup(read: ReadCidr): { of(text: string): Prefix[]; selection(): Selection } {
  const byText = new Map<string, { cidr: Cidr; prefixes: Prefix[] }>();
  return {
    of(text) {
      const known = byText.get(text);
      if (known !== undefined) return known.prefixes;
      const prefixes: Prefix[] = [];
      byText.set(text, { cidr: read(text), prefixes });
      return prefixes;
    },
    selection: () => [...byText.values()].sort((a, b) => compareCidrs(a.cidr, b.cidr)),
  };
}
