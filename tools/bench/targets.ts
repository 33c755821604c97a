// What the resource must reach, and what the measurements say about it.
import type { Measurement } from './measure.ts';
import {
  documentScenario,
  guardScenario,
  heldScenario,
  millionScenario,
  newInRegion,
  sizesScenario,
} from './scenarios.ts';
import { names, sizedName } from './subjects.ts';

/** A value that must not exceed its limit; in the same unit, which is empty for a ratio. */
export interface Target {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: '' | 'bytes' | 'MiB' | 's';
}

type Find = (scenario: string, subject: string) => Measurement;

/** Judges the medians. `sizes` are the bytes of the documents, by how many times the plain one's entries they have. */
export function judge(measurements: readonly Measurement[], sizes: ReadonlyMap<number, number>): Target[] {
  const find: Find = (scenario, subject) => {
    const found = measurements.find((row) => row.scenario === scenario && row.subject === subject);
    if (found === undefined) throw new Error(`nothing was measured of ${subject} for ${scenario}`);
    return found;
  };
  const wall = (scenario: string, subject: string) => find(scenario, subject).wall.median;
  const ratio = (scenario: string, to: string, limit: number): Target => ({
    what: `${scenario}: wall to ${to}`,
    value: wall(scenario, names.image) / wall(scenario, to),
    limit,
    unit: '',
  });
  const memory = (scenario: string, limit: number): Target => ({
    what: `${scenario}: peak memory`,
    value: find(scenario, names.image).memory.median / 2 ** 20,
    limit,
    unit: 'MiB',
  });
  return [
    ratio('steady check, http', names.onePass, 0.42),
    ratio('steady check, http', names.node, 1.6),
    ratio('steady check, https', names.onePass, 0.4),
    {
      what: 'steady check, http: received',
      value: find('steady check, http', names.image).received.median,
      limit: 2048,
      unit: 'bytes',
    },
    ratio(newInRegion, names.onePass, 0.8),
    ratio('check with something new, http', names.onePass, 0.9),
    ratio(heldScenario, names.node, 1.8),
    ratio(documentScenario, names.onePass, 0.85),
    memory('steady check, http', 55),
    memory('check with something new, http', 80),
    memory(documentScenario, 80),
    { what: millionScenario, value: wall(millionScenario, names.image), limit: 3, unit: 's' },
    memory(millionScenario, 512),
    timePerMegabyte(wall, sizes),
    {
      what: `${guardScenario}: CPU beyond ${names.node}`,
      value: find(guardScenario, names.image).cpu.median - find(guardScenario, names.node).cpu.median,
      limit: 0.15,
      unit: 's',
    },
  ];
}

/** The largest document's time per megabyte to the plain one's. */
function timePerMegabyte(
  wall: (scenario: string, subject: string) => number,
  sizes: ReadonlyMap<number, number>,
): Target {
  const largest = Math.max(...sizes.keys());
  const perByte = (factor: number) =>
    wall(sizesScenario, sizedName(names.image, factor)) / (sizes.get(factor) ?? Number.NaN);
  return {
    what: `in, document ×${largest}: wall per MB to the plain one's`,
    value: perByte(largest) / perByte(1),
    limit: 1,
    unit: '',
  };
}
