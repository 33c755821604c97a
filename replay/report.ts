// The report of a replay: what an operator wants to know before adopting a setting.
import { printable } from '../src/errors.ts';
import { buildsWith, type Change, changesIn } from './builds.ts';
import { type History, isGap, type Refusal, timeOf } from './documents-in-order.ts';

/** Names of files that are no documents, before they are only counted. */
const listed = 5;

/** The report as lines. `subject` is the selection in words. */
export function report(history: History, subject: string): string[] {
  const { publications, refusals, strangers, repeated, table } = history;
  const first = publications[0];
  const last = publications.at(-1);
  const lines = [`${subject}: ${publications.length + refusals.length} publications`];
  if (repeated > 0) lines.push(`documents that were there before: ${repeated}, not counted again`);
  lines.push(
    ...strangers.slice(0, listed).map(({ name, reason }) => printable(`no document: ${name}: ${reason}`)),
  );
  if (strangers.length > listed) lines.push(`no document: ${strangers.length - listed} more files`);
  lines.push(...reportRefusals(refusals));
  if (first === undefined || last === undefined) return [...lines, 'no build would have been started'];

  lines.push(`from ${isoTime(timeOf(first))} to ${isoTime(timeOf(last))}`, '');
  lines.push('builds that would have been started');
  for (const versionOn of ['syncToken', 'cidrs'] as const) {
    lines.push(`  version_on: ${versionOn.padEnd(9)} ${buildsWith(versionOn, history).length}`);
  }
  const changes = changesIn(history);
  const start = table.difference(first.list, new Uint32Array());
  lines.push('', `the list: ${start.length} CIDRs at first, ${changes.length} changes`);
  lines.push(...changes.flatMap(reportChange));
  return lines;
}

function reportChange({ before, after, added, removed }: Change): string[] {
  const gap = isGap(before, after)
    ? `, or earlier: the document before is of ${isoTime(timeOf(before))}`
    : '';
  return [
    `  ${isoTime(timeOf(after))}  syncToken ${after.version.syncToken}  +${added.length} -${removed.length}${gap}`,
    ...removed.map(({ text }) => `    - ${text}`),
    ...added.map(({ text }) => `    + ${text}`),
  ];
}

/** Refusals by their reason, with the time from the first to the last. The way out that follows it is left out. */
function reportRefusals(refusals: readonly Refusal[]): string[] {
  const faults = refusals.map(({ syncToken, reason }) => ({
    time: Number(syncToken),
    fault: reason.replace(/;.*/s, ''),
  }));
  return [...new Set(faults.map(({ fault }) => fault))].map((fault) => {
    const times = faults.filter((other) => other.fault === fault).map(({ time }) => time);
    const [first = 0] = times;
    const span =
      times.length === 1 ? isoTime(first) : `${isoTime(first)} to ${isoTime(times.at(-1) ?? first)}`;
    return printable(`check would have failed at ${times.length} of them (${span}): ${fault}`);
  });
}

/** `2026-08-22 15:17:05Z` for seconds since 1970. */
export function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? `second ${seconds}`
    : date.toISOString().replace('T', ' ').replace('.000Z', 'Z');
}
