// How much a selection is: CIDRs, and the addresses that they cover together.
import type { Family } from '../addresses/cidr.ts';
import type { Selection } from '../selection/selection.ts';

/** CIDRs of one family, and the addresses in their union. */
export interface Count {
  readonly cidrs: number;
  readonly addresses: bigint;
}

export function countSelection(selection: Selection): { readonly ipv4: Count; readonly ipv6: Count } {
  return { ipv4: countFamily(selection, 4), ipv6: countFamily(selection, 6) };
}

/** A selection is in numeric order, wider networks first: a CIDR adds addresses only beyond the last one counted. */
function countFamily(selection: Selection, family: Family): Count {
  let cidrs = 0;
  let addresses = 0n;
  let counted = -1n;
  for (const { cidr } of selection) {
    if (cidr.family !== family) continue;
    cidrs++;
    if (cidr.last <= counted) continue;
    addresses += cidr.last - cidr.first + 1n;
    counted = cidr.last;
  }
  return { cidrs, addresses };
}
