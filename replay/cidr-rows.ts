// The lower part of a picture: a line for each CIDR while it is listed, with a dot for each time that it comes or goes.
import type { Frame } from './build-marks.ts';
import { isoTime } from './report.ts';
import { type History, isGap, type Publication, timeOf } from './source-history.ts';
import { type CidrStays, isEndUnsure, isStartUnsure, type Stay, staysIn } from './stays.ts';
import { circle, margin, strokes, text } from './svg.ts';

/** CIDRs that a picture shows before it only counts them. */
const mostRows = 200;

/** How far apart the dots of a row must be to be seen as several. */
const dotDistance = 12;

/** About as wide as a character of a note is. */
const noteCharacter = 6;

/** The CIDRs to draw; where they are too many, those that came or went last. */
export function rowsOf(history: History): CidrStays[] {
  const rows = staysIn(history);
  if (rows.length <= mostRows) return rows;
  const moved = rows
    .map((row) => ({ row, time: lastMove(row) }))
    .filter(({ time }) => time !== undefined)
    .sort((a, b) => (b.time ?? 0) - (a.time ?? 0))
    .slice(0, mostRows)
    .map(({ row }) => row);
  const chosen = new Set(moved);
  return rows.filter((row) => chosen.has(row));
}

/** When a CIDR came or went last; undefined when it was there all the time. */
function lastMove({ stays }: CidrStays): number | undefined {
  const last = stays.at(-1);
  const move = last?.gone ?? (last?.before === undefined ? undefined : last.first);
  return move === undefined ? undefined : timeOf(move);
}

/** A coming or going of a CIDR. */
interface Move {
  readonly kind: 'added' | 'removed';
  /** The publication with which it was seen. */
  readonly seen: Publication;
  readonly x: number;
}

type Line = readonly [x1: number, x2: number, y: number];

/** A CIDR: a line while it is listed, thin where no document was read, and its dots. */
export function drawRow({ cidr, stays }: CidrStays, frame: Frame, y: number): string[] {
  const { scale, right } = frame;
  const at = (publication: Publication) => scale.x(timeOf(publication));
  const moves = movesOf(stays, at);
  const xOf = (seen: Publication) => moves.find((move) => move.seen === seen)?.x ?? at(seen);
  const lines = stays.map((stay): Line => {
    const end = isEndUnsure(stay) ? stay.last : (stay.gone ?? stay.last);
    return [xOf(stay.first), xOf(end), y];
  });
  return [
    text(margin, y + 4, 'mono', cidr.text),
    ...strokes(
      'unsure',
      stays.flatMap((stay) => unsureParts(stay, at, y)),
    ),
    ...strokes('unread', lines),
    ...strokes(
      'listed',
      lines.flatMap((line) => readParts(line, gapsIn(frame))),
    ),
    ...moves.map(({ kind, x }) => circle(kind, x, y)),
    ...drawNote(stays, moves.at(-1)?.x ?? right, right, y),
    text(right + 14, y + 4, 'small mono quiet', datesOf(stays)),
  ];
}

/** Where the gaps of a history begin and end, in positions; wide ones leave some room for a document between two. */
export function gapsIn({ history: { publications }, scale }: Frame): (readonly [number, number])[] {
  return publications.flatMap((later, index) => {
    const earlier = publications[index - 1];
    if (earlier === undefined || !isGap(earlier, later)) return [];
    const [from, to] = [scale.x(timeOf(earlier)), scale.x(timeOf(later))];
    const room = Math.max(0, Math.min(3, (to - from - 12) / 2));
    return [[from + room, to - room] as const];
  });
}

/** The parts of a line in which documents were read. */
function readParts([from, to, y]: Line, gaps: readonly (readonly [number, number])[]): Line[] {
  let start = from;
  const parts: Line[] = [];
  for (const [before, after] of gaps) {
    if (before < from || after > to) continue;
    parts.push([start, before, y]);
    start = after;
  }
  return [...parts, [start, to, y]];
}

/** The gaps in which a CIDR may have been added or removed. */
function unsureParts(stay: Stay, at: (publication: Publication) => number, y: number): Line[] {
  const { before, first, last, gone } = stay;
  const parts: Line[] = [];
  if (before !== undefined && isStartUnsure(stay)) parts.push([at(before), at(first), y]);
  if (gone !== undefined && isEndUnsure(stay)) parts.push([at(last), at(gone), y]);
  return parts;
}

/** The moves of a CIDR in order of time, pushed apart where they would cover each other. */
function movesOf(stays: readonly Stay[], at: (publication: Publication) => number): Move[] {
  const moves = stays.flatMap(({ before, first, gone }) => [
    ...(before === undefined ? [] : [{ kind: 'added', seen: first } as const]),
    ...(gone === undefined ? [] : [{ kind: 'removed', seen: gone } as const]),
  ]);
  const positions = spread(moves.map(({ seen }) => at(seen)));
  return moves.map((move, index) => ({ ...move, x: positions[index] ?? at(move.seen) }));
}

/** Ascending positions, those closer than the width of a dot side by side around their middle. */
function spread(positions: readonly number[]): number[] {
  const groups: { sum: number; count: number }[] = [];
  const middle = ({ sum, count }: { sum: number; count: number }) => sum / count;
  for (const position of positions) {
    let group = { sum: position, count: 1 };
    for (let last = groups.at(-1); last !== undefined; last = groups.at(-1)) {
      const room = ((last.count + group.count) / 2) * dotDistance;
      if (middle(group) - middle(last) >= room) break;
      group = { sum: last.sum + group.sum, count: last.count + group.count };
      groups.pop();
    }
    groups.push(group);
  }
  return groups.flatMap((group) =>
    Array.from(
      { length: group.count },
      (_, index) => middle(group) + (index - (group.count - 1) / 2) * dotDistance,
    ),
  );
}

/** What happened to a CIDR that came or went several times, in words, where the row has room for them. */
function drawNote(stays: readonly Stay[], x: number, right: number, y: number): string[] {
  const note = noteOf(stays);
  if (stays.length < 2 || x + 14 + note.length * noteCharacter > right) return [];
  return [text(x + 14, y + 4, 'small note', note)];
}

/** `removed 2021-02-16, back 02-23, removed 03-16`: the year stands where it is another one. */
export function noteOf(stays: readonly Stay[]): string {
  let year = '';
  const day = (publication: Publication) => {
    const date = dateOf(publication);
    const isSameYear = date.startsWith(year) && year !== '';
    year = date.slice(0, 4);
    return isSameYear ? date.slice(5) : date;
  };
  return stays
    .flatMap(({ before, first, gone }, index) => [
      ...(before === undefined ? [] : [`${index === 0 ? 'added' : 'back'} ${day(first)}`]),
      ...(gone === undefined ? [] : [`removed ${day(gone)}`]),
    ])
    .join(', ');
}

function datesOf(stays: readonly Stay[]): string {
  const [first] = stays;
  const last = stays.at(-1);
  if (first === undefined || last === undefined) return '';
  const end = last.gone === undefined ? [] : [dateOf(last.last)];
  const times = stays.length > 1 ? [`×${stays.length}`] : [];
  return [dateOf(first.first), '–', ...end, ...times].join(' ');
}

/** `2021-02-16` */
export function dateOf(publication: Publication): string {
  return isoTime(timeOf(publication)).slice(0, 10);
}
