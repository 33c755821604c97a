// The upper part of a picture: the builds that a setting starts, a mark for each.
import type { VersionOn } from '../src/version.ts';
import { buildsWith } from './builds.ts';
import { type History, timeOf } from './source-history.ts';
import { count, margin, strokes, text } from './svg.ts';
import type { TimeScale } from './time-scale.ts';

/** What every part of a picture needs to know. */
export interface Frame {
  readonly history: History;
  readonly scale: TimeScale;
  /** Where the plot begins and ends. */
  readonly left: number;
  readonly right: number;
}

/** A setting with its builds: a mark for each, piled up where they are too close to stand side by side. */
export function drawBuilds(versionOn: VersionOn, frame: Frame, top: number, height: number): string[] {
  const { history, scale, left, right } = frame;
  const builds = buildsWith(versionOn, history);
  const piles = pile(builds.map((build) => scale.x(timeOf(build))));
  const highest = Math.max(...piles.map(({ count }) => count));
  const pitch = Math.min(4, (height - 20) / highest);
  const base = top + height - 2;
  const marks = piles.flatMap(({ x, count }) =>
    Array.from({ length: count }, (_, index) => [x - 5, x + 5, base - (index + 0.5) * pitch] as const),
  );
  return [
    text(margin, base - 20, 'mono', `version_on: ${versionOn}`),
    text(
      margin,
      base - 1,
      versionOn === 'cidrs' ? 'total blue' : 'total quiet',
      count(builds.length, 'build'),
    ),
    ...strokes('grid', [[left, right, base + 0.5]]),
    ...strokes(versionOn, marks, pitch * 0.78),
    ...labelPiles(piles).map(({ x, count }) =>
      text(x, base - count * pitch - 5, 'small middle', String(count)),
    ),
  ];
}

/** Builds too close to be told apart. */
interface Pile {
  readonly x: number;
  readonly count: number;
}

/** Piles of positions in ascending order, at least as far apart as a mark is wide. */
function pile(positions: readonly number[]): Pile[] {
  const groups: number[][] = [];
  for (const x of positions) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && x - group[0] < 11) group.push(x);
    else groups.push([x]);
  }
  return groups.map((group) => ({ x: group[0] ?? 0, count: group.length }));
}

/** The piles whose number has room, the highest first. */
function labelPiles(piles: readonly Pile[]): Pile[] {
  const labelled: Pile[] = [];
  for (const candidate of piles.toSorted((a, b) => b.count - a.count)) {
    const width = String(candidate.count).length * 7 + 8;
    if (labelled.every(({ x }) => Math.abs(x - candidate.x) >= width)) labelled.push(candidate);
  }
  return labelled;
}
