// The picture of a replay: the builds of each setting, and every CIDR over the years with its coming and going.
import { UserError } from '../src/errors.ts';
import type { VersionOn } from '../src/version.ts';
import { drawBuilds, type Frame } from './build-marks.ts';
import { buildsWith, changesIn } from './builds.ts';
import { isoTime } from './report.ts';
import { type History, isGap, type Publication, timeOf } from './source-history.ts';
import { type CidrStays, type Stay, staysIn } from './stays.ts';
import { circle, count, margin, rectangle, strokes, svg, text, vertical } from './svg.ts';
import { timeScale } from './time-scale.ts';

/** CIDRs that a picture shows before it only counts them. */
const mostRows = 200;

const plotWidth = 580;
const datesWidth = 210;
const rowHeight = 22;
/** About as wide as a character of a label is in the widest of the fonts. */
const characterWidth = 7.4;

/** The picture as SVG. `subject` is the selection in words. Throws a UserError when there is nothing to draw. */
export function timeline(history: History, subject: string): string {
  const { publications } = history;
  const [first] = publications;
  const last = publications.at(-1);
  if (first === undefined || last === undefined) {
    throw new UserError(
      '--svg has nothing to draw: no document was read at which check would not have failed',
    );
  }
  if (Number.isNaN(new Date(timeOf(last) * 1000).getTime())) {
    throw new UserError(`--svg cannot draw the syncToken ${last.version.syncToken}: it is no time`);
  }
  const rows = rowsOf(history);
  const longest = Math.max('version_on: syncToken'.length, ...rows.map(({ cidr }) => cidr.text.length));
  const left = Math.ceil(margin + longest * characterWidth + 12);
  const right = left + plotWidth;
  const scale = timeScale(timeOf(first), timeOf(last), left + 12, right - 12);
  const frame: Frame = { history, scale, left, right };

  const span = `${count(publications.length, 'document')}, ${dateOf(first)} to ${dateOf(last)}`;
  const title = `What version_on: cidrs saves for ${subject}`;
  const top = 84;
  const tokenPanel = drawBuilds('syncToken', frame, top, 104);
  const cidrPanel = drawBuilds('cidrs', frame, top + 104, 56);
  const axis = top + 104 + 56 + 40;
  const bottom = axis + rows.length * rowHeight + 8;
  const hidden = staysIn(history).length - rows.length;
  const more = hidden > 0 ? [text(margin, bottom + 20, 'quiet', `${hidden} more CIDRs are not drawn`)] : [];
  const legendY = bottom + (hidden > 0 ? 50 : 28);
  return svg(right + datesWidth, legendY + 22, title, description(frame, span), [
    text(margin, 38, 'title', subject),
    text(margin, 60, 'quiet', `${span}, ${count(changesIn(history).length, 'change')} of the list`),
    ...drawTimes(frame, top, axis, bottom),
    ...tokenPanel,
    ...cidrPanel,
    ...rows.flatMap((row, index) => drawRow(row, frame, axis + (index + 0.5) * rowHeight + 4)),
    ...more,
    ...drawLegend(rows, publications, legendY),
  ]);
}

/** The CIDRs to draw; where they are too many, only such as came or went. */
function rowsOf(history: History): CidrStays[] {
  const rows = staysIn(history);
  if (rows.length <= mostRows) return rows;
  const [start] = history.publications;
  const moved = rows.filter(({ stays: [stay] }) => stay?.first !== start || stay?.gone !== undefined);
  return moved.slice(0, mostRows);
}

function description({ history }: Frame, span: string): string {
  const builds = (versionOn: VersionOn) => count(buildsWith(versionOn, history).length, 'build');
  return (
    `${span}. With version_on: syncToken they start ${builds('syncToken')}, with version_on: cidrs ` +
    `${builds('cidrs')}: one for the first list and one for each time that the list changes. Below, a line for each ` +
    'CIDR over the time in which it is listed.'
  );
}

/** Ticks, and a band wherever documents were read. */
function drawTimes(
  { history, scale, left, right }: Frame,
  top: number,
  axis: number,
  bottom: number,
): string[] {
  return [
    ...stretches(history.publications).map(([first, last]) =>
      rectangle('read', scale.x(timeOf(first)) - 8, scale.x(timeOf(last)) + 8, top, bottom),
    ),
    ...scale.ticks.flatMap(({ x, label }) => [
      vertical('grid', x, axis - 4, bottom),
      text(x, axis - 10, 'quiet small middle', label),
    ]),
    ...strokes('grid', [[left, right, axis - 0.5]]),
    text(right + 14, axis - 10, 'quiet small', 'first and last seen'),
  ];
}

/** The first and the last of each run of publications without a gap. */
function stretches(publications: readonly Publication[]): [Publication, Publication][] {
  const runs: [Publication, Publication][] = [];
  for (const publication of publications) {
    const run = runs.at(-1);
    if (run === undefined || isGap(run[1], publication)) runs.push([publication, publication]);
    else run[1] = publication;
  }
  return runs;
}

/** A CIDR: a line while it is listed, broken where no document tells. */
function drawRow({ cidr, stays }: CidrStays, { history, scale, right }: Frame, y: number): string[] {
  const x = (publication: Publication) => scale.x(timeOf(publication));
  const parts = stays.map((stay) => partsOf(stay, history));
  const line = (part: readonly [Publication, Publication]) => [x(part[0]), x(part[1]), y] as const;
  return [
    text(margin, y + 4, 'mono', cidr.text),
    ...strokes('unread', parts.flatMap(({ unread }) => unread).map(line)),
    ...strokes('listed', parts.flatMap(({ read }) => read).map(line)),
    ...stays.flatMap(({ first, gone, isStartKnown, isEndKnown }) => [
      ...(isStartKnown ? [circle('came', x(first), y)] : []),
      ...(isEndKnown && gone !== undefined ? [circle('went', x(gone), y)] : []),
    ]),
    text(right + 14, y + 4, 'small mono quiet', datesOf(stays)),
  ];
}

/** A stay as runs of publications without a gap, and the gaps between them. */
function partsOf({ first, last, gone, isEndKnown }: Stay, { publications }: History) {
  const from = publications.indexOf(first);
  const to = publications.indexOf(isEndKnown && gone !== undefined ? gone : last);
  const read = stretches(publications.slice(from, to + 1));
  const unread = read.slice(1).flatMap(([next], index) => {
    const before = read[index];
    return before === undefined ? [] : [[before[1], next] as const];
  });
  return { read, unread };
}

function datesOf(stays: readonly Stay[]): string {
  const [first] = stays;
  const last = stays.at(-1);
  if (first === undefined || last === undefined) return '';
  const end = last.gone === undefined ? [] : [dateOf(last.last)];
  const times = stays.length > 1 ? [`×${stays.length}`] : [];
  return [dateOf(first.first), '–', ...end, ...times].join(' ');
}

/** What the signs mean that the picture has. */
function drawLegend(rows: readonly CidrStays[], publications: readonly Publication[], y: number): string[] {
  const stays = rows.flatMap((row) => row.stays);
  const entries: [sign: (x: number) => string[], meaning: string, isUsed: boolean][] = [
    [(x) => [rectangle('read', x + 4, x + 20, y - 12, y + 4)], 'documents read', true],
    [(x) => strokes('listed', [[x + 3, x + 21, y - 4]]), 'listed', true],
    [
      (x) => strokes('unread', [[x, x + 24, y - 4]]),
      'listed before and after, no document read between',
      stretches(publications).length > 1,
    ],
    [(x) => [circle('came', x + 12, y - 4)], 'came', stays.some(({ isStartKnown }) => isStartKnown)],
    [(x) => [circle('went', x + 12, y - 4)], 'went', stays.some(({ isEndKnown }) => isEndKnown)],
  ];
  let x = margin;
  return entries
    .filter(([, , isUsed]) => isUsed)
    .flatMap(([sign, meaning]) => {
      const drawn = [...sign(x), text(x + 30, y, 'quiet', meaning)];
      x += 30 + meaning.length * 6.4 + 24;
      return drawn;
    });
}

function dateOf(publication: Publication): string {
  return isoTime(timeOf(publication)).slice(0, 10);
}
