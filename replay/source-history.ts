// What one source makes of a history of documents: a publication or a refusal each, in the order of time.
import type { Criteria } from '../src/config/criteria.ts';
import { UserError } from '../src/errors.ts';
import type { Document } from '../src/ip-ranges/document.ts';
import { versionOf } from '../src/selection/held.ts';
import { select } from '../src/selection/select.ts';
import { isNewer, type SyncToken, type Version } from '../src/version.ts';

/** A publication that check would have answered. */
export interface Publication {
  readonly version: Version;
  /** CIDRs in numeric order. Publications with the same list have the same object. */
  readonly list: readonly string[];
}

/** A publication at which check would have failed: it does not know a name of the source, say. */
export interface Refusal {
  readonly syncToken: SyncToken;
  readonly reason: string;
}

/** A document that came after another one with the same syncToken. The first counts, as it does for check. */
export interface Repeat {
  readonly syncToken: SyncToken;
  /** Whether it selects the same list as the first, or fails in the same way. */
  readonly isSame: boolean;
}

export interface History {
  /** In the order of publication, each once. */
  readonly publications: readonly Publication[];
  /** In the order of publication. */
  readonly refusals: readonly Refusal[];
  readonly repeats: readonly Repeat[];
}

/** Takes documents in any order, and keeps of each what a source with these criteria selects from it. */
export function openHistory(criteria: Criteria): { add(document: Document): void; history(): History } {
  const lists = new Map<string, readonly string[]>();
  const texts = new Map<string, string>();
  const publications = new Map<SyncToken, Publication>();
  const refusals = new Map<SyncToken, Refusal>();
  const repeats: Repeat[] = [];

  /** The same string for each document that has the CIDR, so that thousands of lists fit in memory. */
  const shared = (text: string) => {
    const known = texts.get(text) ?? text;
    texts.set(known, known);
    return known;
  };
  const judge = (document: Document): Publication | Refusal => {
    const { syncToken } = document;
    try {
      const selection = select(document, criteria);
      const version = versionOf(document, selection);
      const list = lists.get(version.digest) ?? selection.map(({ cidr }) => shared(cidr.text));
      lists.set(version.digest, list);
      return { version, list };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Without the token the reason is the same for each document that has the same fault.
      return { syncToken, reason: error.message.replace(` (syncToken ${syncToken})`, '') };
    }
  };
  return {
    add: (document) => {
      const { syncToken } = document;
      const first = publications.get(syncToken) ?? refusals.get(syncToken);
      const judged = judge(document);
      if (first !== undefined) repeats.push({ syncToken, isSame: isSame(first, judged) });
      else if ('list' in judged) publications.set(syncToken, judged);
      else refusals.set(syncToken, judged);
    },
    history: () => ({
      publications: [...publications.values()].sort((a, b) => byToken(a.version, b.version)),
      refusals: [...refusals.values()].sort(byToken),
      repeats,
    }),
  };
}

/**
 * Seconds without a document above which some are missing. AWS itself has been silent for 20 days (January 2025), and in
 * nine years never for longer.
 */
export const longestSilence = 21 * 24 * 3600;

/** Whether documents are missing between two publications, so that nobody knows when something changed. */
export function isGap(earlier: Publication, later: Publication): boolean {
  return timeOf(later) - timeOf(earlier) > longestSilence;
}

/** When a document was published, in seconds since 1970. */
export function timeOf({ version }: Publication): number {
  return Number(version.syncToken);
}

function isSame(first: Publication | Refusal, other: Publication | Refusal): boolean {
  if ('list' in first) return 'list' in other && first.version.digest === other.version.digest;
  return 'reason' in other && first.reason === other.reason;
}

function byToken(a: { readonly syncToken: SyncToken }, b: { readonly syncToken: SyncToken }): number {
  return isNewer(a.syncToken, b.syncToken) ? 1 : -1;
}
