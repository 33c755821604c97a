// The upper part of a picture: the builds that a setting starts, a mark for each, or a skyline of very many.
import type { VersionOn } from '../src/version.ts';
import { buildsWith } from './builds.ts';
import { type History, timeOf } from './source-history.ts';
import { count, margin, strokes, text, verticals } from './svg.ts';
import type { TimeScale } from './time-scale.ts';

/** What every part of a picture needs to know. */
export interface Frame {
  readonly history: History;
  readonly scale: TimeScale;
  /** Where the plot begins and ends. */
  readonly left: number;
  readonly right: number;
}

/** Builds that are drawn one by one, and counted where they are close together. */
const fewBuilds = 150;

/** The height of the marks of a setting. */
const panelHeight = { marks: 56, skyline: 96 };

/** The width of a bar of the skyline, with the space to the next. */
const barWidth = 6;

/** The settings with their builds, one below the other, from `top`; and where they end. */
export function drawBuilds(frame: Frame, top: number): { readonly drawn: string[]; readonly bottom: number } {
  const every = positions('syncToken', frame);
  // One scale for both, so that their heights compare.
  const highest = Math.max(...barsOf(every, frame.left).map(({ count }) => count));
  const drawn: string[] = [];
  let bottom = top;
  for (const versionOn of ['syncToken', 'cidrs'] as const) {
    const builds = positions(versionOn, frame);
    const isSkyline = builds.length > fewBuilds;
    const height = isSkyline ? panelHeight.skyline : panelHeight.marks;
    bottom += height;
    const base = bottom - 2;
    drawn.push(
      text(margin, base - 20, 'mono', `version_on: ${versionOn}`),
      text(
        margin,
        base - 1,
        versionOn === 'cidrs' ? 'total blue' : 'total quiet',
        count(builds.length, 'build'),
      ),
      ...strokes('grid', [[frame.left, frame.right, base + 0.5]]),
      ...(isSkyline
        ? skyline(versionOn, builds, frame.left, base, (height - 12) / highest)
        : marks(versionOn, builds, base, height)),
    );
    bottom += 12;
  }
  return { drawn, bottom };
}

function positions(versionOn: VersionOn, { history, scale }: Frame): number[] {
  return buildsWith(versionOn, history).map((build) => scale.x(timeOf(build)));
}

/** Bars, each as high as its stretch of time has builds. */
function skyline(
  versionOn: VersionOn,
  builds: readonly number[],
  left: number,
  base: number,
  pitch: number,
): string[] {
  const bars = barsOf(builds, left).map(({ x, count }) => [x, base, base - count * pitch] as const);
  return verticals(versionOn, bars, barWidth - 1.5);
}

/** Marks piled up where they are too close to stand side by side, with their number. */
function marks(versionOn: VersionOn, builds: readonly number[], base: number, height: number): string[] {
  const piles = pile(builds);
  const highest = Math.max(...piles.map(({ count }) => count));
  const pitch = Math.min(4, (height - 20) / highest);
  const lines = piles.flatMap(({ x, count }) =>
    Array.from({ length: count }, (_, index) => [x - 5, x + 5, base - (index + 0.5) * pitch] as const),
  );
  return [
    ...strokes(versionOn, lines, pitch * 0.78),
    ...labelPiles(piles).map(({ x, count }) =>
      text(x, base - count * pitch - 5, 'small middle', String(count)),
    ),
  ];
}

/** Builds that stand together, and where. */
interface Pile {
  readonly x: number;
  readonly count: number;
}

/** Positions in stretches of equal width. */
function barsOf(builds: readonly number[], left: number): Pile[] {
  const counts = new Map<number, number>();
  for (const x of builds) {
    const bar = Math.floor((x - left) / barWidth);
    counts.set(bar, (counts.get(bar) ?? 0) + 1);
  }
  return [...counts].map(([bar, count]) => ({ x: left + (bar + 0.5) * barWidth, count }));
}

/** Piles of positions in ascending order, at least as far apart as a mark is wide. */
function pile(builds: readonly number[]): Pile[] {
  const groups: number[][] = [];
  for (const x of builds) {
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
