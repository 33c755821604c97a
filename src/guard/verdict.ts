// The verdict for people: a first line that alone says the outcome, then what is missing, undecided and extra.
import type { PortRange } from '../config/params.ts';
import type { Criteria } from '../config/source.ts';
import { printable } from '../errors.ts';
import { describe } from '../selection/describe.ts';
import type { SelectedCidr } from '../selection/selection.ts';
import type { SyncToken } from '../version.ts';
import type { Coverage, Gap, Traffic } from './coverage.ts';
import { kindOf, type Place, where } from './json-place.ts';
import type { Direction, Doubt } from './rule.ts';

/** What was compared, and how. */
export interface Subject {
  /** The rules file as the put step names it. */
  readonly file: string;
  /** The rules in it that were judged; undefined when they have no name. */
  readonly name: string | undefined;
  /** The file's form has no ports, so none were judged. */
  readonly isWithoutPorts: boolean;
  /** Only AWS can change the rules. */
  readonly isManagedByAws: boolean;
  readonly direction: Direction;
  /** When what the file shows was so: `as of the last refresh`. */
  readonly asOf: string | undefined;
  readonly traffic: Traffic;
  readonly mode: 'covers' | 'exact';
  readonly criteria: Criteria;
  readonly syncToken: SyncToken;
  /** Number of published CIDRs. */
  readonly published: number;
}

/** Lines and CIDRs that a list shows before it only counts them. */
const listed = 40;

/** Doubts that a verdict shows before it only counts them: the first ones already say what to do. */
const listedDoubts = 10;

/** CIDRs that one line of the table shows. */
const listedInLine = 4;

/** `covered`: the only outcome that passes. `failed`: a rule would have to change. `undecided`: neither is certain. */
export type Outcome = 'covered' | 'failed' | 'undecided';

/** The outcome by design section 6. */
export function outcomeOf(
  { missing, undecided, extra, possiblyExtra }: Coverage,
  { mode }: Subject,
): Outcome {
  const isExact = mode === 'exact';
  if (missing.length > 0 || (isExact && extra.length > 0)) return 'failed';
  if (undecided.length > 0 || (isExact && possiblyExtra.length > 0)) return 'undecided';
  return 'covered';
}

/** `7 of 7 published CIDRs covered by plan.json (aws_security_group.app) for tcp 443 (S3, us-gov-west-1, syncToken 1787411825)`. */
export function summarize({ missing, undecided }: Coverage, subject: Subject): string {
  const covered =
    subject.published - new Set([...missing, ...undecided].map(({ published }) => published)).size;
  return `${covered} of ${subject.published} published CIDRs covered by ${ruleName(subject)}${manner(subject)}`;
}

/** What a success leaves to say, a line each: what the rules allow besides. */
export function remarksOnSuccess({ extra, everything }: Coverage, subject: Subject): string[] {
  if (everything !== undefined) return [everythingLine(everything)];
  if (extra.length === 0) return [];
  return [`${ruleName(subject)} also allows ${count(extra.length, 'CIDR')} beyond the published ones`];
}

/**
 * Why the rules do not pass, or undefined when they do. The first line alone says the outcome; a line for each missing
 * or undecided CIDR follows, the fewest CIDRs that would close the gap, what is extra, and what keeps the rest undecided.
 */
export function objection(coverage: Coverage, subject: Subject): string | undefined {
  const outcome = outcomeOf(coverage, subject);
  if (outcome === 'covered') return undefined;
  const { missing, undecided, extra, everything } = coverage;
  const isExact = subject.mode === 'exact';
  return [
    outcome === 'failed' ? failure(coverage, subject) : doubtfulness(coverage, subject),
    ...gapTable('missing', missing),
    ...gapTable('undecided', undecided),
    ...(subject.isManagedByAws ? [] : closingLines(coverage, subject)),
    ...(isExact && everything !== undefined ? [everythingLine(everything)] : []),
    ...(isExact ? section('beyond the published CIDRs', extra) : []),
    ...doubtLines(coverage, subject),
    // Last: it is no reason for this answer, and up to forty lines that would push the reasons off the screen.
    ...(isExact ? [] : section('beyond them, as mode: covers lets pass', extra)),
  ].join('\n  ');
}

/** What to allow, where it says something else than the lines of what is missing. */
function closingLines(
  { missing, closing }: Coverage,
  { traffic, direction, isWithoutPorts }: Subject,
): string[] {
  const gaps = missing.flatMap((gap) => gap.gaps);
  const isWhole = missing.length <= listed && missing.every((gap) => gap.gaps.length <= listedInLine);
  if (isWhole && gaps.join() === closing.join()) return [];
  const what = isWithoutPorts ? '' : ` ${formatTraffic(traffic)} ${direction === 'egress' ? 'to' : 'from'}`;
  return section(`to close the gap, allow${what}`, closing);
}

function everythingLine(place: Place): string {
  return `allows everything: ${where(place)} has ${kindOf(place.value)}`;
}

/** The first line of a verdict on rules that are certainly wrong. */
function failure({ missing, extra }: Coverage, subject: Subject): string {
  const faults = [];
  if (missing.length > 0) faults.push(`leaves out ${missing.length} of ${subject.published} published CIDRs`);
  if (subject.mode === 'exact' && extra.length > 0) {
    faults.push(`allows ${count(extra.length, 'CIDR')} beyond the published ones`);
  }
  return `${ruleName(subject)} ${faults.join(' and ')}${manner(subject)}`;
}

/** The first line of a verdict on rules of which the file does not show enough. */
function doubtfulness({ undecided, possiblyExtra }: Coverage, subject: Subject): string {
  const questions = [];
  if (undecided.length > 0)
    questions.push(`covers ${undecided.length} of ${subject.published} published CIDRs`);
  if (subject.mode === 'exact' && possiblyExtra.length > 0) {
    questions.push('allows nothing beyond the published CIDRs');
  }
  return `undecided whether ${ruleName(subject)} ${questions.join(' and ')}${manner(subject)}`;
}

/** What keeps the verdict open, each with what would decide it. */
function doubtLines({ doubts, extraDoubts }: Coverage, { mode }: Subject): string[] {
  const texts = [...doubts, ...(mode === 'exact' ? extraDoubts : [])].map(
    ({ place, reason, wayOut }: Doubt) => `  ${printable(`${place} ${reason}: ${wayOut}`)}`,
  );
  const unique = [...new Set(texts)];
  return unique.length === 0 ? [] : ['undecided because:', ...cut(unique, listedDoubts)];
}

/** How and for what the rules were judged: the end of a first line. */
function manner({ traffic, isWithoutPorts, asOf, criteria, syncToken }: Subject): string {
  const ports = isWithoutPorts ? ', ports not judged' : ` for ${formatTraffic(traffic)}`;
  const time = asOf === undefined ? '' : `, ${asOf}`;
  return `${ports}${time} (${describe(criteria)}, syncToken ${syncToken})`;
}

function ruleName({ file, name }: Subject): string {
  return printable(name === undefined ? file : `${file} (${name})`);
}

function formatTraffic({ protocol, ports }: Traffic): string {
  return `${protocol} ${ports.map(formatPorts).join(',')}`;
}

function formatPorts({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function gapTable(word: string, gaps: readonly Gap[]): string[] {
  return cut(table(gaps.slice(0, listed).map((gap) => gapRow(word, gap))), listed, gaps.length);
}

function gapRow(word: string, { published, gaps }: Gap): string[] {
  const { cidr } = published;
  const isWhole = gaps.length === 1 && gaps[0] === cidr.text;
  const part = isWhole
    ? ''
    : `only in part: ${word === 'missing' ? 'without ' : ''}${cut(gaps, listedInLine).join(' ')}`;
  return [word, cidr.text, unique(published, 'region'), unique(published, 'service'), part];
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
  return total > shown.length ? [...shown, `... and ${total - shown.length} more`] : shown;
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
