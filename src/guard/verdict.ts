// The verdict for people: one line that tells what happened, then what is missing and what is extra.
import type { PortRange } from '../config/params.ts';
import type { Criteria } from '../config/source.ts';
import { printable } from '../errors.ts';
import type { Metadatum } from '../outputs/metadata.ts';
import { describe } from '../selection/describe.ts';
import type { SelectedCidr } from '../selection/selection.ts';
import type { SyncToken } from '../version.ts';
import type { Coverage, Missing, Traffic } from './coverage.ts';
import type { Note } from './form.ts';

/** What was compared, and how. */
export interface Subject {
  /** The rules file as the put step names it. */
  readonly file: string;
  /** The rules in it that were judged; undefined when they have no name. */
  readonly name: string | undefined;
  /** What the file mentions and the rules leave out. */
  readonly notes: readonly Note[];
  readonly traffic: Traffic;
  readonly mode: 'covers' | 'exact';
  readonly criteria: Criteria;
  readonly syncToken: SyncToken;
  /** Number of published CIDRs. */
  readonly published: number;
}

/** Lines and CIDRs that a list shows before it only counts them. */
const listed = 40;

/** CIDRs that one line of the table shows. */
const listedInLine = 4;

/** `7 of 7 published CIDRs covered (S3, us-gov-west-1, syncToken 1787411825)`. */
export function summarize({ missing }: Coverage, subject: Subject): string {
  const covered = subject.published - missing.length;
  return `${covered} of ${subject.published} published CIDRs covered (${context(subject)})`;
}

/** Rows for the build page of a put that succeeded. */
export function verdictMetadata(coverage: Coverage, subject: Subject): Metadatum[] {
  const { file, traffic, mode } = subject;
  const { missing, extra } = coverage;
  return [
    { name: 'verdict', value: summarize(coverage, subject) },
    { name: 'rules', value: ruleName(subject, file) },
    { name: 'traffic', value: formatTraffic(traffic) },
    { name: 'mode', value: mode },
    { name: 'missing', value: String(missing.length) },
    { name: 'extra', value: extra.length === 0 ? '0' : cut(extra, listed).join('\n') },
  ];
}

/**
 * Why the rules fail, or undefined when they pass. The first line alone tells what happened; a line for each missing
 * CIDR follows, the fewest CIDRs that would close the gap, what is extra, and what the rules leave out.
 */
export function objection(coverage: Coverage, subject: Subject): string | undefined {
  const { missing, closing, extra } = coverage;
  const isExact = subject.mode === 'exact';
  const isTooWide = isExact && extra.length > 0;
  const isUncertain = isExact && subject.notes.some(({ mayAllowMore }) => mayAllowMore);
  if (missing.length === 0 && !isTooWide && !isUncertain) return undefined;
  const faults = [];
  if (missing.length > 0) faults.push(`leaves out ${missing.length} of ${subject.published} published CIDRs`);
  if (isTooWide) faults.push(`allows ${count(extra.length, 'CIDR')} beyond the published ones`);
  if (isUncertain) faults.push('names what the file does not show, so that mode: exact cannot be judged');
  const traffic = formatTraffic(subject.traffic);
  return [
    `${ruleName(subject, subject.file)} ${faults.join(' and ')} for ${traffic} (${context(subject)})`,
    ...cut(table(missing.slice(0, listed).map(missingRow)), listed, missing.length),
    ...section('to close the gap, allow', closing),
    ...section(isExact ? 'beyond the published CIDRs' : 'beyond them, as mode: covers lets pass', extra),
    ...subject.notes.slice(0, listed).map(({ text }) => `note: ${printable(text)}`),
  ].join('\n  ');
}

function context({ criteria, syncToken }: Subject): string {
  return `${describe(criteria)}, syncToken ${syncToken}`;
}

function ruleName({ name }: Subject, file: string): string {
  return printable(name === undefined ? file : `${file} (${name})`);
}

function formatTraffic({ protocol, ports }: Traffic): string {
  return `${protocol} ${ports.map(formatPorts).join(',')}`;
}

function formatPorts({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function missingRow({ published, gaps }: Missing): string[] {
  const { cidr } = published;
  const isWhole = gaps.length === 1 && gaps[0] === cidr.text;
  const part = isWhole ? '' : `only in part: without ${cut(gaps, listedInLine).join(' ')}`;
  return ['missing', cidr.text, unique(published, 'region'), unique(published, 'service'), part];
}

function unique({ prefixes }: SelectedCidr, member: 'region' | 'service'): string {
  const values = [...new Set(prefixes.map((prefix) => printable(prefix[member])))];
  return cut(values, listedInLine).join(', ');
}

function section(title: string, cidrs: readonly string[]): string[] {
  return cidrs.length === 0 ? [] : [`${title}:`, ...cut(cidrs, listed).map((cidr) => `  ${cidr}`)];
}

/** The first `most` of the items, and how many more there are; `total` where these are not all. */
function cut(items: readonly string[], most: number, total = items.length): string[] {
  const shown = items.slice(0, most);
  return total > shown.length ? [...shown, `… and ${total - shown.length} more`] : shown;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Rows in columns of equal width. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
