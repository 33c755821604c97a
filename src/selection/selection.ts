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

/** Entries by the CIDRs that they publish; `read` is called once for each text, and by default takes canonical ones. */
export function groupPrefixes(
  prefixes: readonly Prefix[],
  read = (prefix: Prefix) => readCanonical(textOf(prefix)),
): Selection {
  const group = openGroup();
  for (const prefix of prefixes) group.of(textOf(prefix), () => read(prefix)).push(prefix);
  return group.selection();
}

/** A selection of CIDRs in canonical form and what each comes from, in any order; the same CIDR may come twice. */
export function collect(parts: Iterable<readonly [cidr: string, prefixes: readonly Prefix[]]>): Selection {
  const group = openGroup();
  for (const [text, prefixes] of parts) {
    const all = group.of(text, () => readCanonical(text));
    // Not by spreading: there may be more than a call takes arguments.
    for (const prefix of prefixes) all.push(prefix);
  }
  return group.selection();
}

function textOf({ ip_prefix: ipv4, ipv6_prefix: ipv6 }: Prefix): string {
  return ipv4 ?? ipv6 ?? '';
}

/** The CIDR of a text that was written here. Throws an Error for any that is not in canonical form. */
function readCanonical(text: string): Cidr {
  const cidr = parseCidr(text, text.includes(':') ? 6 : 4);
  if (cidr === undefined) throw new Error(`${text} is no CIDR in canonical form`);
  return cidr;
}

/** A selection that grows: `of` is the list of what a CIDR comes from, by its text. */
function openGroup(): { of(text: string, read: () => Cidr): Prefix[]; selection(): Selection } {
  const byText = new Map<string, { cidr: Cidr; prefixes: Prefix[] }>();
  return {
    of(text, read) {
      const known = byText.get(text);
      if (known !== undefined) return known.prefixes;
      const prefixes: Prefix[] = [];
      byText.set(text, { cidr: read(), prefixes });
      return prefixes;
    },
    selection: () => [...byText.values()].sort((a, b) => compareCidrs(a.cidr, b.cidr)),
  };
}
