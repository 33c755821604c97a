// The verdict for people: one line that tells what happened, then what is missing and what is extra.

import type { Criteria } from '../config/source.ts';
import { describe, type SelectedCidr } from '../selection/select.ts';
import type { SyncToken } from '../version.ts';
import type { Coverage, Missing } from './coverage.ts';

/** What was compared. */
export interface Subject {
  /** The rules file as the put step names it. */
  readonly rules: string;
  readonly criteria: Criteria;
  readonly syncToken: SyncToken;
  /** Number of published CIDRs. */
  readonly published: number;
}

/** `7 of 7 published CIDRs covered (S3, us-gov-west-1, syncToken 1787411825)`. */
export function summarize({ missing }: Coverage, { published, criteria, syncToken }: Subject): string {
  const covered = published - missing.length;
  return `${covered} of ${published} published CIDRs covered (${describe(criteria)}, syncToken ${syncToken})`;
}

/** Why the rules fail, or undefined when they pass. `isExact` makes anything extra a failure too. */
export function objection(coverage: Coverage, subject: Subject, isExact: boolean): string | undefined {
  const { missing, closing, extra } = coverage;
  const isExtra = isExact && extra.length > 0;
  if (missing.length === 0 && !isExtra) return undefined;
  const faults = [];
  if (missing.length > 0) faults.push(`leave out ${missing.length} of ${subject.published} published CIDRs`);
  if (isExtra) faults.push(`allow ${extra.length} CIDRs that AWS does not publish`);
  const where = `${describe(subject.criteria)}, syncToken ${subject.syncToken}`;
  const lines = [`${subject.rules}: the rules ${faults.join(' and ')} (${where})`];
  lines.push(...table(missing.map(missingRow)));
  if (missing.length > 0) lines.push(`  to close the gap, allow ${closing.join(' ')}`);
  if (extra.length > 0)
    lines.push(`  extra${isExact ? '' : ' (allowed by mode: covers)'}: ${extra.join(' ')}`);
  return lines.join('\n');
}

function missingRow({ published, gaps }: Missing): string[] {
  const { cidr } = published;
  const isWhole = gaps.length === 1 && gaps[0] === cidr.text;
  const part = isWhole ? '' : `only in part: without ${gaps.join(' ')}`;
  return ['missing', cidr.text, unique(published, 'region'), unique(published, 'service'), part];
}

function unique({ prefixes }: SelectedCidr, member: 'region' | 'service'): string {
  return [...new Set(prefixes.map((prefix) => prefix[member]))].join(', ');
}

/** Rows in columns of equal width, indented. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
