// The report of a replay: what an operator wants to know before adopting a setting.
import { printable } from '../src/errors.ts';
import { buildsWith, type Change, changesIn } from './builds.ts';
import { countLists, countReturns, listsSeen, paceOf } from './pace.ts';
import type { Reading } from './read-history.ts';
import { type History, isGap, type Refusal, type Repeat, timeOf } from './source-history.ts';

/** Names of files that are no documents, before they are only counted. */
const listed = 5;

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** The report on one source as lines. `subject` is the selection in words. */
export function report(history: History, subject: string): string[] {
  const { publications, refusals, repeats } = history;
  const first = publications[0];
  const last = publications.at(-1);
  const lines = [
    `${subject}: ${publications.length + refusals.length} publications`,
    ...reportRepeats(repeats),
    ...reportRefusals(history),
  ];
  if (first === undefined || last === undefined) return [...lines, 'no build would have been started'];

  lines.push(`from ${isoTime(timeOf(first))} to ${isoTime(timeOf(last))}`, ...reportPace(history), '');
  lines.push('builds that would have been started');
  for (const versionOn of ['syncToken', 'cidrs'] as const) {
    lines.push(`  version_on: ${versionOn.padEnd(9)} ${buildsWith(versionOn, history).length}`);
  }
  const changes = changesIn(history);
  lines.push(
    '',
    `the list: ${first.list.length} CIDRs at first, ${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`,
  );
  if (changes.length > 0) lines.push(...reportLists(history));
  lines.push(...changes.flatMap(reportChange));
  return lines;
}

/** What was not counted, as lines: files that are no documents, documents of another time, the rest of a cut archive. */
export function reportReading({ strangers, outside, cut }: Reading): string[] {
  const lines = strangers
    .slice(0, listed)
    .map(({ name, reason }) => printable(`no document: ${name}: ${reason}`));
  if (strangers.length > listed) lines.push(`no document: ${strangers.length - listed} more files`);
  if (outside > 0) lines.push(`documents of another time: ${outside}`);
  if (cut !== undefined) lines.push(`not all was read: ${cut}`);
  return lines;
}

function reportPace({ publications, refusals }: History): string[] {
  const pace = paceOf(
    [...publications.map(timeOf), ...refusals.map(({ syncToken }) => Number(syncToken))].sort(
      (a, b) => a - b,
    ),
  );
  if (pace === undefined) return [];
  const within = (seconds: number) => `${Math.round(pace.supersededWithin(seconds) * 100)} %`;
  return [
    `${pace.perDay.toFixed(1)} publications a day, ${span(pace.median)} apart in the median, ${span(pace.shortest)} at least; ` +
      `superseded within 10 minutes: ${within(10 * minute)}, an hour: ${within(hour)}, two hours: ${within(2 * hour)}`,
  ];
}

function reportLists(history: History): string[] {
  const lists = countLists(history.publications);
  const seen = (seconds: number) => listsSeen(history, seconds);
  return [
    `  of ${lists} lists a check every 10 minutes sees ${seen(10 * minute)}, every hour ${seen(hour)}, every day ${seen(day)}`,
    `  times that an earlier list came back: ${countReturns(history)}`,
  ];
}

function reportChange({ before, after, added, removed }: Change): string[] {
  const gap = isGap(before, after)
    ? `, or earlier: the document before is of ${isoTime(timeOf(before))}`
    : '';
  return [
    `  ${isoTime(timeOf(after))}  syncToken ${after.version.syncToken}  +${added.length} -${removed.length}${gap}`,
    ...removed.map((cidr) => `    - ${cidr}`),
    ...added.map((cidr) => `    + ${cidr}`),
  ];
}

function reportRepeats(repeats: readonly Repeat[]): string[] {
  if (repeats.length === 0) return [];
  const others = new Set(repeats.filter(({ isSame }) => !isSame).map(({ syncToken }) => syncToken));
  const verdict = others.size === 0 ? 'with the same list' : `with another list at ${[...others].join(', ')}`;
  return [`documents with the syncToken of another one, which counts: ${repeats.length}, ${verdict}`];
}

/** Refusals by the key at fault, with the time from the first to the last, and the reason of the last. */
function reportRefusals({ publications, refusals }: History): string[] {
  const keys = new Map<string | undefined, Refusal[]>();
  for (const refusal of refusals) {
    const [key] = refusal.reason.split(' ', 1);
    const group = keys.get(key);
    if (group === undefined) keys.set(key, [refusal]);
    else group.push(refusal);
  }
  const newest = Number(publications.at(-1)?.version.syncToken ?? 0);
  return [...keys.values()].map((group) => reportRefusal(group, newest));
}

/** The way out stands where it is needed: where check fails at the newest document. */
function reportRefusal(group: readonly Refusal[], newest: number): string {
  const first = Number(group[0]?.syncToken);
  const last = Number(group.at(-1)?.syncToken);
  const { reason = '' } = group.at(-1) ?? {};
  const times = group.length === 1 ? isoTime(first) : `${isoTime(first)} to ${isoTime(last)}`;
  return printable(
    `check would have failed at ${group.length} of them (${times}): ${last > newest ? reason : reason.replace(/;.*/s, '')}`,
  );
}

/** `20 minutes`, `3.5 hours`, `2.1 days` */
function span(seconds: number): string {
  const [unit, name] =
    seconds < hour ? [minute, 'minutes'] : seconds < 2 * day ? [hour, 'hours'] : [day, 'days'];
  return `${Number((seconds / unit).toFixed(1))} ${name}`;
}

/** `2026-08-22 15:17:05Z` for seconds since 1970. */
function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? `second ${seconds}`
    : date.toISOString().replace('T', ' ').replace('.000Z', 'Z');
}
