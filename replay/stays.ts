// From when to when each CIDR was in the list, as far as the documents that were read can tell.
import type { Cidr } from '../src/addresses/cidr.ts';
import { changesIn } from './builds.ts';
import { type History, isGap, type Publication } from './source-history.ts';

/** A time in which a CIDR was in every document that was read. */
export interface Stay {
  /** The first publication with the CIDR. */
  readonly first: Publication;
  /** The last publication with the CIDR. */
  readonly last: Publication;
  /** The first publication without it again; undefined when it was still there at the end. */
  readonly gone: Publication | undefined;
  /** Whether the CIDR came when `first` was published, instead of somewhere in the gap or the time before. */
  readonly isStartKnown: boolean;
  /** Whether it went when `gone` was published. */
  readonly isEndKnown: boolean;
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
  const last = publications.at(-1);
  if (start === undefined || last === undefined) return [];
  const stays = new Map<string, { cidr: Cidr; stays: Stay[] }>();
  const open = (cidr: Cidr, first: Publication, isStartKnown: boolean) => {
    const entry = stays.get(cidr.text) ?? { cidr, stays: [] };
    entry.stays.push({ first, last, gone: undefined, isStartKnown, isEndKnown: false });
    stays.set(cidr.text, entry);
  };
  for (const cidr of table.difference(start.list, new Uint32Array())) open(cidr, start, false);
  for (const { before, after, added, removed } of changesIn(history)) {
    const isKnown = !isGap(before, after);
    for (const { text } of removed) {
      const entry = stays.get(text);
      const stay = entry?.stays.pop();
      if (stay !== undefined) entry?.stays.push({ ...stay, last: before, gone: after, isEndKnown: isKnown });
    }
    for (const cidr of added) open(cidr, after, isKnown);
  }
  return [...stays.values()];
}
