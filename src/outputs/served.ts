// What the files and the metadata of a version are made from, and how much it is.
import { bitsOf, type Family } from '../addresses/cidr.ts';
import type { Source } from '../config/source.ts';
import type { Document } from '../ip-ranges/document.ts';
import type { Selection } from '../selection/selection.ts';
import type { Version } from '../version.ts';

export interface Served {
  /** The version that was asked for. */
  readonly version: Version;
  /**
   * The document that the selection is from; its token differs from the version's when AWS has republished the list.
   * Undefined when the version itself holds the list.
   */
  readonly document: Document | undefined;
  /** The selected CIDRs, without their entries when the version itself holds the list. */
  readonly selection: Selection;
  readonly source: Source;
}

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
  let counted = -1n;
  // How many CIDRs of each length: arithmetic on bigints is slow, and thousands of CIDRs share a few lengths.
  const lengths: number[] = new Array(bitsOf[family] + 1).fill(0);
  for (const { cidr } of selection) {
    if (cidr.family !== family) continue;
    cidrs++;
    if (cidr.last <= counted) continue;
    lengths[cidr.length] = (lengths[cidr.length] ?? 0) + 1;
    counted = cidr.last;
  }
  let addresses = 0n;
  for (const [length, count] of lengths.entries()) {
    if (count > 0) addresses += BigInt(count) << BigInt(bitsOf[family] - length);
  }
  return { cidrs, addresses };
}
