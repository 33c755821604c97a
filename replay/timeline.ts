// The picture of a replay: the builds of each setting, and every CIDR over the years with its coming and going.
import { UserError } from '../src/errors.ts';
import type { VersionOn } from '../src/version.ts';
import { drawBuilds, type Frame } from './build-marks.ts';
import { buildsWith, changesIn } from './builds.ts';
import { dateOf, drawRow, gapsIn, noteOf, rowsOf } from './cidr-rows.ts';
import { type History, timeOf } from './source-history.ts';
import { type CidrStays, isEndUnsure, isStartUnsure, staysIn } from './stays.ts';
import { circle, count, margin, rectangle, strokes, svg, text, vertical } from './svg.ts';
import { timeScale } from './time-scale.ts';

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
  if (timeOf(last) >= lastTime) {
    throw new UserError(`--svg cannot draw the syncToken ${last.version.syncToken}: it is no time`);
  }
  const rows = rowsOf(history);
  const longest = Math.max('version_on: syncToken'.length, ...rows.map(({ cidr }) => cidr.text.length));
  const left = Math.ceil(margin + longest * characterWidth + 12);
  const right = left + plotWidth;
  const scale = timeScale(timeOf(first), timeOf(last), left + 12, right - 12);
  const frame: Frame = { history, scale, left, right };

  const span = `${count(publications.length, 'publication')}, ${dateOf(first)} to ${dateOf(last)}`;
  const title = `What version_on: cidrs saves for ${subject}`;
  const top = 84;
  const builds = drawBuilds(frame, top);
  const axis = builds.bottom + 28;
  const bottom = axis + rows.length * rowHeight + 8;
  const hidden = staysIn(history).length - rows.length;
  const legendY = bottom + (hidden > 0 ? 50 : 28);
  return svg(right + datesWidth, legendY + 22, title, description(frame, span), [
    text(margin, 38, 'title', subject),
    text(margin, 60, 'quiet', `${span}, ${count(changesIn(history).length, 'change')} of the list`),
    ...drawTimes(frame, top, axis, bottom),
    ...builds.drawn,
    ...rows.flatMap((row, index) => drawRow(row, frame, axis + (index + 0.5) * rowHeight + 4)),
    ...(hidden > 0 ? [text(margin, bottom + 20, 'quiet', hiddenNote(hidden))] : []),
    ...drawLegend(rows, frame, legendY),
  ]);
}

/** The year 10000, in seconds since 1970. */
const lastTime = Date.UTC(10_000) / 1000;

function hiddenNote(hidden: number): string {
  return `${count(hidden, 'more CIDR')} not drawn: never added or removed, or before those that are`;
}

function description({ history }: Frame, span: string): string {
  const builds = (versionOn: VersionOn) => count(buildsWith(versionOn, history).length, 'build');
  const returned = staysIn(history)
    .filter(({ stays }) => stays.length > 1)
    .slice(0, 3)
    .map(({ cidr, stays }) => ` ${cidr.text}: ${noteOf(stays.slice(0, 5))}.`);
  return (
    `${span}. With version_on: syncToken they start ${builds('syncToken')}, with version_on: cidrs ` +
    `${builds('cidrs')}: one for the first list and one for each time that the list changes. Below, a line for each ` +
    `CIDR over the time in which it is listed.${returned.join('')}`
  );
}

/** Ticks on the ground of the time that documents were read; gaps are left open. */
function drawTimes(frame: Frame, top: number, axis: number, bottom: number): string[] {
  const { scale, left, right } = frame;
  return [
    rectangle('read', left, right, top, bottom, 3),
    ...gapsIn(frame).map(([from, to]) => rectangle('gap', from, to, top, bottom)),
    ...scale.ticks.flatMap(({ x, label }) => [
      vertical('grid', x, axis - 4, bottom),
      text(x, axis - 10, 'quiet small middle', label),
    ]),
    ...strokes('grid', [[left, right, axis - 0.5]]),
    text(right + 14, axis - 10, 'quiet small', 'first and last seen'),
  ];
}

/** What the signs mean that the picture has. */
function drawLegend(rows: readonly CidrStays[], frame: Frame, y: number): string[] {
  const stays = rows.flatMap((row) => row.stays);
  const middle = y - 4;
  const gap = (x: number) => [
    rectangle('read', x, x + 24, y - 12, y + 4, 3),
    rectangle('gap', x + 6, x + 18, y - 12, y + 4),
  ];
  const entries: [sign: (x: number) => string[], meaning: string, isUsed: boolean][] = [
    [(x) => strokes('listed', [[x + 3, x + 21, middle]]), 'listed', true],
    [(x) => [circle('added', x + 12, middle)], 'added', stays.some(({ before }) => before !== undefined)],
    [(x) => [circle('removed', x + 12, middle)], 'removed', stays.some(({ gone }) => gone !== undefined)],
    [
      (x) => [
        ...gap(x),
        ...strokes('unread', [[x, x + 24, middle]]),
        ...strokes('listed', [
          [x + 1, x + 6, middle],
          [x + 18, x + 23, middle],
        ]),
      ],
      'no document kept, listed before and after',
      gapsIn(frame).length > 0,
    ],
    [
      (x) => [...gap(x), ...strokes('unsure', [[x + 6, x + 18, middle]])],
      'added or removed meanwhile',
      stays.some((stay) => isStartUnsure(stay) || isEndUnsure(stay)),
    ],
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
