// The verdict for people: a first line that alone says the outcome, then what is missing, undecided and extra.
import { intersectRanges } from '../addresses/address-range.ts';
import type { Criteria } from '../config/criteria.ts';
import type { OutParams, PortRange } from '../config/params.ts';
import { counted, plainName, printable } from '../errors.ts';
import { describe } from '../selection/keys.ts';
import type { SelectedCidr } from '../selection/selection.ts';
import type { SyncToken } from '../version.ts';
import type { Coverage, Gap, Part, Traffic } from './coverage.ts';
import { where } from './json-place.ts';
import type { Rules } from './read-rules.ts';
import type { Doubt, Rule } from './rule.ts';

/** What was compared, and how. */
export interface Subject extends Omit<Rules, 'rules'>, Pick<OutParams, 'direction' | 'mode'> {
  /** The rules file as the put step names it. */
  readonly file: string;
  readonly traffic: Traffic;
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

/**
 * Why the rules do not pass, or undefined when they do. The first line alone says the outcome; a line for each missing
 * or undecided CIDR follows, what makes or would close the gap, which rules allow more, and what keeps the rest undecided.
 */
export function objection(coverage: Coverage, subject: Subject): string | undefined {
  const headline = headlineOf(coverage, subject);
  if (headline === undefined) return undefined;
  const { missing, undecided, denies, everything, beyond, doubts, extraDoubts } = coverage;
  const isExact = subject.mode === 'exact';
  return [
    headline,
    ...gapTable('missing', missing, coverage, subject),
    ...gapTable('undecided', undecided, coverage, subject),
    ...section('denied by', denies.map(ruleLine)),
    ...(subject.isManagedByAws ? [] : closingLines(coverage, subject)),
    ...(isExact && everything !== undefined ? [everythingLine(everything)] : []),
    ...section('beyond the published CIDRs', isExact && everything === undefined ? beyond.map(ruleLine) : []),
    ...section('undecided because', doubtLines(isExact ? [...doubts, ...extraDoubts] : doubts), listedDoubts),
  ].join('\n  ');
}

/**
 * The first line about rules that do not pass: what they certainly leave out or allow too much, or else what is undecided about
 * them. Undefined for rules that pass.
 */
function headlineOf(coverage: Coverage, subject: Subject): string | undefined {
  const { missing, undecided, extra, possiblyExtra, beyond } = coverage;
  const isExact = subject.mode === 'exact';
  const line = (start: string, word: 'missing' | 'undecided', clauses: readonly string[]) =>
    `${start}${ruleName(subject)} ${clauses.join(' and ')}${manner(coverage, subject, clauses.length === 1 ? word : undefined)}`;
  const faults = [
    missing.length > 0 && `leaves out ${missing.length} of ${subject.published} published CIDRs`,
    isExact && extra.length > 0 && `allows ${counted(beyond.length, 'CIDR')} beyond the published ones`,
  ].filter((clause) => clause !== false);
  if (faults.length > 0) return line('', 'missing', faults);
  const questions = [
    undecided.length > 0 && `covers ${undecided.length} of ${subject.published} published CIDRs`,
    isExact && possiblyExtra.length > 0 && 'allows nothing beyond the published CIDRs',
  ].filter((clause) => clause !== false);
  return questions.length > 0 ? line('undecided whether ', 'undecided', questions) : undefined;
}

/** `7 of 7 published CIDRs covered by plan.json (aws_security_group.app) for tcp 443 (S3, us-gov-west-1, syncToken 1787411825)`. */
export function summarize(coverage: Coverage, subject: Subject): string {
  const { published } = subject;
  return `${published} of ${published} published CIDRs covered by ${ruleName(subject)}${manner(coverage, subject)}`;
}

/**
 * The notes beside a verdict, a sentence each: what else the rules allow, what `exact` did not look at, and remarks on how the
 * rules are used.
 */
export function notesOn(coverage: Coverage, subject: Subject): string[] {
  const { remarks = [], mode, isWithoutPorts, traffic, criteria } = subject;
  const { beyond, everything } = coverage;
  const notes: string[] = [];
  if (mode === 'exact') {
    // Addresses of a family that is not selected can't be beyond the selection.
    const [family, other] = criteria.ip_versions;
    const judged = `${formatTraffic(traffic)}${other === undefined ? ` over IPv${family}` : ''}`;
    if (!isWithoutPorts && headlineOf(coverage, subject) === undefined) {
      notes.push(`mode: exact looks at ${judged} alone, and not at what the rules allow for other traffic`);
    }
  } else if (everything !== undefined) notes.push(everythingLine(everything));
  else if (beyond.length > 0) {
    const rules = cut(beyond.map(ruleLine), listedInLine).join('; ');
    notes.push(`also allows ${counted(beyond.length, 'CIDR')} beyond the published ones: ${rules}`);
  }
  return [...notes, ...remarks];
}

/** The lines that say what to allow, where they differ from the lines about what is missing. */
function closingLines(coverage: Coverage, { traffic, direction, isWithoutPorts }: Subject): string[] {
  const { missing, closing, parts } = coverage;
  const gaps = missing.flatMap((gap) => gap.gaps);
  const isWhole = missing.length <= listed && missing.every((gap) => gap.gaps.length <= listedInLine);
  if (isWhole && gaps.join() === closing.join()) return [];
  const ports = portsOf(parts.filter((part) => part.missing.length > 0));
  const way = direction === 'egress' ? 'to' : 'from';
  const what = isWithoutPorts ? '' : ` ${traffic.protocol} ${ports} ${way}`;
  return section(`to close the gap, allow${what}`, closing);
}

function everythingLine(rule: Rule): string {
  return `allows everything: ${ruleLine(rule)}`;
}

/** A rule as it is written, with its place: `plan.json: aws_security_group.app.egress[0].cidr_blocks[0] has 10.0.0.0/8`. */
function ruleLine({ at }: Rule): string {
  return at === undefined ? 'a rule' : `${where(at)} has ${at.value}`;
}

/** What keeps the verdict open, each with what would decide it. */
function doubtLines(doubts: readonly Doubt[]): string[] {
  return [...new Set(doubts.map(({ place, reason, wayOut }) => printable(`${place} ${reason}: ${wayOut}`)))];
}

/**
 * How and for what the rules were judged: the end of a first line. With a word it is about the parts of the ports where something
 * is so; where others are covered, both are named: ` for tcp 80 (tcp 443: all covered)`.
 */
function manner({ parts }: Coverage, subject: Subject, word?: 'missing' | 'undecided'): string {
  const { traffic, isWithoutPorts, asOf, criteria, syncToken } = subject;
  const { protocol } = traffic;
  const open = word === undefined ? [] : parts.filter((part) => part[word].length > 0);
  const covered = parts.filter(({ missing, undecided }) => missing.length + undecided.length === 0);
  const ports =
    open.length === 0 || covered.length === 0
      ? formatTraffic(traffic)
      : `${protocol} ${portsOf(open)} (${protocol} ${portsOf(covered)}: all covered)`;
  const time = asOf === undefined ? '' : `, ${asOf}`;
  return `${isWithoutPorts ? ', ports not judged' : ` for ${ports}`}${time} (${describe(criteria)}, syncToken ${syncToken})`;
}

function ruleName({ file, name }: Subject): string {
  return printable(name === undefined ? file : `${file} (${name})`);
}

function formatTraffic({ protocol, ports }: Traffic): string {
  return `${protocol} ${ports.map(formatPorts).join(',')}`;
}

/** The ports of parts in words, neighbours as one range. */
function portsOf(parts: readonly Part[]): string {
  const ranges: PortRange[] = [];
  for (const { ports } of parts) {
    const previous = ranges.at(-1);
    if (previous?.last === ports.first - 1) ranges[ranges.length - 1] = { ...previous, last: ports.last };
    else ranges.push(ports);
  }
  return cut(ranges.map(formatPorts), listedInLine).join(',');
}

function formatPorts({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** A line for each gap; with its ports where others of them have no such gap. */
function gapTable(
  word: 'missing' | 'undecided',
  gaps: readonly Gap[],
  { parts }: Coverage,
  { traffic }: Subject,
): string[] {
  const open = parts.filter((part) => part[word].length > 0);
  const rows = gaps.slice(0, listed).map((gap) => {
    const own = open.filter((part) => intersectRanges(gap.published.cidr, part[word]).length > 0);
    return gapRow(word, gap, own.length < open.length ? `${traffic.protocol} ${portsOf(own)}` : '');
  });
  const hasNoRegion = gaps[0]?.published.prefixes.length === 0;
  return [
    ...cut(table(rows), listed, gaps.length),
    ...(hasNoRegion ? ['(which region each is in stands here when the get has document: true)'] : []),
  ];
}

function gapRow(word: string, { published, gaps }: Gap, ports: string): string[] {
  const { cidr } = published;
  const isWhole = gaps.length === 1 && gaps[0] === cidr.text;
  const part = isWhole
    ? ''
    : `only in part: ${word === 'missing' ? 'without ' : ''}${cut(gaps, listedInLine).join(' ')}`;
  return [word, cidr.text, unique(published, 'region'), unique(published, 'service'), ports, part];
}

function unique({ prefixes }: SelectedCidr, member: 'region' | 'service'): string {
  const values = [...new Set(prefixes.map((prefix) => plainName(prefix[member])))];
  return cut(values, listedInLine).join(', ');
}

function section(title: string, lines: readonly string[], most = listed): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...cut(lines, most).map((line) => `  ${line}`)];
}

/** The first `most` of the items, and how many more there are; `total` where these are not all. */
function cut(items: readonly string[], most: number, total = items.length): string[] {
  const shown = items.slice(0, most);
  return total > shown.length ? [...shown, `... and ${total - shown.length} more`] : shown;
}

/** Rows in columns of equal width. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .filter((cell) => cell !== '')
      .join('  ')
      .trimEnd(),
  );
}
