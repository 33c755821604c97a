// How often AWS publishes, and how often one must look not to miss a list: what decides a check_every.
import { type History, longestSilence, type Publication, timeOf } from './source-history.ts';

interface Pace {
  /** Publications a day, gaps left out. */
  readonly perDay: number;
  /** Seconds from a publication to the next. */
  readonly median: number;
  readonly shortest: number;
  /** The share of publications that were superseded at most so many seconds later. */
  supersededWithin(seconds: number): number;
}

/** The pace of times in ascending order, in seconds; undefined where no two follow each other without a gap. */
export function paceOf(times: readonly number[]): Pace | undefined {
  const waits = times
    .slice(1)
    .map((time, index) => time - (times[index] ?? time))
    .filter((wait) => wait <= longestSilence);
  const sorted = waits.toSorted((a, b) => a - b);
  const [shortest] = sorted;
  const median = sorted[Math.floor(sorted.length / 2)];
  if (shortest === undefined || median === undefined) return undefined;
  const days = waits.reduce((sum, wait) => sum + wait, 0) / (24 * 3600);
  return {
    perDay: waits.length / days,
    median,
    shortest,
    supersededWithin: (seconds) => waits.filter((wait) => wait <= seconds).length / waits.length,
  };
}

/** How many lists a check finds that runs every so many seconds, at multiples of them; of those between it sees the last. */
export function listsSeen({ publications }: History, every: number): number {
  const seen = publications.filter((publication, index) => {
    const next = publications[index + 1];
    return next === undefined || Math.ceil(timeOf(publication) / every) * every < timeOf(next);
  });
  return countLists(seen);
}

/** How many lists follow one another. */
export function countLists(publications: readonly Publication[]): number {
  return publications.filter(({ list }, index) => list !== publications[index - 1]?.list).length;
}

/** How often the list became one that it had been before. */
export function countReturns({ publications }: History): number {
  const former = new Set<Publication['list']>();
  return publications.filter(({ list }, index) => {
    if (list === publications[index - 1]?.list) return false;
    const isFormer = former.has(list);
    former.add(list);
    return isFormer;
  }).length;
}
