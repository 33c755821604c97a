// The report of a replay for programs.

import type { Candidate } from './arguments.ts';
import { buildsWith, type Change, changesIn } from './builds.ts';
import { countLists, countReturns } from './pace.ts';
import type { Reading } from './read-history.ts';
import { type History, isGap, type Publication, timeOf } from './source-history.ts';

/** One JSON object with a line feed; `judged` are the sources in the order in which they were given. */
export function jsonReport(
  { files, strangers, outside, cut }: Reading,
  judged: readonly { readonly candidate: Candidate; readonly history: History; readonly subject: string }[],
): string {
  const value = {
    files,
    noDocuments: strangers,
    outsidePeriod: outside,
    complete: cut === undefined,
    sources: judged.map(({ candidate, history, subject }) => ({
      source: candidate.file ?? null,
      selection: subject,
      ...jsonHistory(history),
    })),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function jsonHistory(history: History) {
  const { publications, refusals, repeats } = history;
  const first = publications[0];
  const last = publications.at(-1);
  return {
    publications: publications.length + refusals.length,
    first: first === undefined ? null : { ...moment(first), cidrs: first.list },
    last: last === undefined ? null : { ...moment(last), cidrs: last.list },
    builds: {
      syncToken: buildsWith('syncToken', history).length,
      cidrs: buildsWith('cidrs', history).length,
    },
    lists: countLists(publications),
    returns: countReturns(history),
    changes: changesIn(history).map(jsonChange),
    failures: refusals,
    repeats: repeats.map(({ syncToken, isSame }) => ({ syncToken, sameList: isSame })),
  };
}

function jsonChange({ before, after, added, removed }: Change) {
  return {
    ...moment(after),
    /** False when documents before it are missing, so that it may have happened earlier. */
    dated: !isGap(before, after),
    previous: moment(before),
    added,
    removed,
  };
}

/** The time as ISO 8601; null for a token that is no time. */
function moment(publication: Publication) {
  const date = new Date(timeOf(publication) * 1000);
  const published = Number.isNaN(date.getTime()) ? null : date.toISOString().replace('.000Z', 'Z');
  return { syncToken: publication.version.syncToken, published };
}
