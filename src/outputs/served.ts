// What the files and the metadata of a version are made from, and the counts of it that both show.
import { mergeRanges } from '../addresses/address-range.ts';
import type { Family } from '../addresses/cidr.ts';
import type { Source } from '../config/source.ts';
import type { Document } from '../ip-ranges/document.ts';
import type { Selection } from '../selection/selection.ts';
import type { Version } from '../version.ts';

export interface Served {
  /** The version that was asked for. */
  readonly version: Version;
  readonly source: Source;
  /** The selected CIDRs, without their entries when the version itself holds the list. */
  readonly selection: Selection;
  /**
   * The document that the selection is from; its token differs from the version's when AWS has republished the list.
   * Undefined when the version itself holds the list, or files do.
   */
  readonly document?: Document;
  /** Where the document was, printable. */
  readonly url?: string;
}

/** CIDRs of one family, and the addresses in their union. */
export function countOf(selection: Selection, family: Family): { cidrs: number; addresses: bigint } {
  const cidrs = selection.map(({ cidr }) => cidr).filter((cidr) => cidr.family === family);
  const addresses = mergeRanges(cidrs).reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
  return { cidrs: cidrs.length, addresses };
}
