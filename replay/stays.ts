// From when to when each CIDR was in the list, as far as the documents that were read show it.
import type { Cidr } from '../src/addresses/cidr.ts';
import { changesIn } from './builds.ts';
import { type History, isGap, type Publication } from './source-history.ts';

/** A time in which a CIDR was in every document that was read. */
export interface Stay {
  /** The last publication without the CIDR; undefined when it was there from the start. */
  readonly before: Publication | undefined;
  /** The first publication with the CIDR. */
  readonly first: Publication;
  /** The last publication with the CIDR. */
  readonly last: Publication;
  /** The first publication without it again; undefined when it was still there at the end. */
  readonly gone: Publication | undefined;
}

export interface CidrStays {
  readonly cidr: Cidr;
  /** In order of time, at least one. */
  readonly stays: readonly Stay[];
}

/** Every CIDR of a history, in the order of appearance, then in numeric order. */
export function staysIn(history: History): CidrStays[] {
  const { publications, table } = history;
  const [start] = publications;
  const end = publications.at(-1);
  if (start === undefined || end === undefined) return [];
  const stays = new Map<string, { cidr: Cidr; stays: Stay[] }>();
  const open = (cidr: Cidr, first: Publication, before: Publication | undefined) => {
    const entry = stays.get(cidr.text) ?? { cidr, stays: [] };
    entry.stays.push({ before, first, last: end, gone: undefined });
    stays.set(cidr.text, entry);
  };
  for (const cidr of table.difference(start.list, new Uint32Array())) open(cidr, start, undefined);
  for (const { before, after, added, removed } of changesIn(history)) {
    for (const { text } of removed) {
      const entry = stays.get(text);
      const stay = entry?.stays.pop();
      if (stay !== undefined) entry?.stays.push({ ...stay, last: before, gone: after });
    }
    for (const cidr of added) open(cidr, after, before);
  }
  return [...stays.values()];
}

/** Whether the CIDR may have been added somewhere in a gap, and not when `first` was published. */
export function isStartUnsure({ before, first }: Stay): boolean {
  return before !== undefined && isGap(before, first);
}

/** Whether the CIDR may have been removed somewhere in a gap, and not when `gone` was published. */
export function isEndUnsure({ last, gone }: Stay): boolean {
  return gone !== undefined && isGap(last, gone);
}
