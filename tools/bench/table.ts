// The report as text: Markdown tables that also read well in a terminal, ratios first.
import type { Measurement } from './measure.ts';
import { names } from './subjects.ts';
import type { Target } from './targets.ts';

type Row = readonly string[];

/** What must be reached, each with its limit. */
export function targetTable(targets: readonly Target[]): string {
  const show = (value: number, unit: Target['unit']) =>
    `${value.toFixed(unit === '' || unit === 's' ? 2 : 0)} ${unit}`.trim();
  return table(
    ['', 'reached', 'at most', ''],
    targets.map(({ what, value, limit, unit }) => [
      what,
      show(value, unit),
      show(limit, unit),
      value <= limit ? 'yes' : 'NO',
    ]),
  );
}

/** Every measurement by its medians. */
export function measurementTable(measurements: readonly Measurement[]): string {
  const header = [
    '',
    'wall',
    `to ${names.onePass}`,
    `to ${names.script}`,
    `to ${names.node}`,
    'CPU',
    'peak memory',
    'received',
  ];
  return table(
    header,
    measurements.map((row) => {
      const { scenario, subject, wall, cpu, memory, received } = row;
      const suffix = /, ×\d+$/.exec(subject)?.[0] ?? '';
      return [
        `${scenario}: ${subject}`,
        `${milliseconds(wall.median)} ms`,
        ratioTo(names.onePass, row, measurements),
        ratioTo(names.script + suffix, row, measurements),
        ratioTo(names.node, row, measurements),
        `${milliseconds(cpu.median)} ms`,
        `${(memory.median / 2 ** 20).toFixed(0)} MiB`,
        `${(received.median / 1000).toFixed(1)} kB`,
      ];
    }),
  );
}

function ratioTo(subject: string, { scenario, wall }: Measurement, all: readonly Measurement[]): string {
  const other = all.find((row) => row.scenario === scenario && row.subject === subject);
  return other === undefined ? '' : (wall.median / other.wall.median).toFixed(2);
}

function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(1);
}

/** The first column is text, the others are numbers. */
function table(header: Row, rows: readonly Row[]): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => `-${'-'.repeat(width)}${column === 0 ? '-' : ':'}`).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}
