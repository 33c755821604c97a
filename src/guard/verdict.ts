// The verdict for people: a first line that alone says the outcome, then what is missing, undecided and extra.
import { intersectRanges } from '../addresses/address-range.ts';
import type { Criteria } from '../config/criteria.ts';
import type { PortRange } from '../config/params.ts';
import { counted, plainName, printable } from '../errors.ts';
import { describe } from '../selection/keys.ts';
import type { SelectedCidr } from '../selection/selection.ts';
import type { SyncToken } from '../version.ts';
import type { Coverage, Gap, Part, Traffic } from './coverage.ts';
import { where } from './json-place.ts';
import type { Direction, Doubt, Rule } from './rule.ts';

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
export function summarize(coverage: Coverage, subject: Subject): string {
  const { missing, undecided } = coverage;
  const covered =
    subject.published - new Set([...missing, ...undecided].map(({ published }) => published)).size;
  return `${covered} of ${subject.published} published CIDRs covered by ${ruleName(subject)}${manner(coverage, subject)}`;
}

/** What a verdict leaves to say, a sentence each: what the rules allow besides, and what `exact` did not look at. */
export function notesOn(coverage: Coverage, subject: Subject): string[] {
  const { beyond, everything } = coverage;
  if (subject.mode === 'exact') {
    if (subject.isWithoutPorts || outcomeOf(coverage, subject) !== 'covered') return [];
    return [
      `mode: exact looks at ${formatTraffic(subject.traffic)}${onlyFamily(subject)} alone, and not at what the rules allow for other traffic`,
    ];
  }
  if (everything !== undefined) return [everythingLine(everything)];
  if (beyond.length === 0) return [];
  const rules = cut(beyond.map(ruleLine), listedInLine).join('; ');
  return [`also allows ${counted(beyond.length, 'CIDR')} beyond the published ones: ${rules}`];
}

/** The family of the selection, where it is one: addresses of the other can't be beyond it. */
function onlyFamily({ criteria: { ip_versions } }: Subject): string {
  return ip_versions.length === 1 ? ` over IPv${ip_versions[0]}` : '';
}

/**
 * Why the rules do not pass, or undefined when they do. The first line alone says the outcome; a line for each missing
 * or undecided CIDR follows, what makes or would close the gap, which rules allow more, and what keeps the rest undecided.
 */
export function objection(coverage: Coverage, subject: Subject): string | undefined {
  const outcome = outcomeOf(coverage, subject);
  if (outcome === 'covered') return undefined;
  const { missing, undecided, denies, everything, beyond } = coverage;
  return [
    outcome === 'failed' ? failure(coverage, subject) : doubtfulness(coverage, subject),
    ...gapTable('missing', missing, coverage, subject),
    ...gapTable('undecided', undecided, coverage, subject),
    ...section('denied by', denies.map(ruleLine)),
    ...(subject.isManagedByAws ? [] : closingLines(coverage, subject)),
    ...(subject.mode === 'covers'
      ? []
      : everything !== undefined
        ? [everythingLine(everything)]
        : section('beyond the published CIDRs', beyond.map(ruleLine))),
    ...doubtLines(coverage, subject),
  ].join('\n  ');
}

/** What to allow, where it says something else than the lines of what is missing. */
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

/** The first line of a verdict on rules that are certainly wrong. */
function failure(coverage: Coverage, subject: Subject): string {
  const { missing, extra, beyond } = coverage;
  const faults = [];
  if (missing.length > 0) faults.push(`leaves out ${missing.length} of ${subject.published} published CIDRs`);
  if (subject.mode === 'exact' && extra.length > 0) {
    faults.push(`allows ${counted(beyond.length, 'CIDR')} beyond the published ones`);
  }
  const parts = faults.length === 1 ? coverage.parts.filter((part) => part.missing.length > 0) : [];
  return `${ruleName(subject)} ${faults.join(' and ')}${manner(coverage, subject, parts)}`;
}

/** The first line of a verdict on rules of which the file does not show enough. */
function doubtfulness(coverage: Coverage, subject: Subject): string {
  const { undecided, possiblyExtra } = coverage;
  const questions = [];
  if (undecided.length > 0)
    questions.push(`covers ${undecided.length} of ${subject.published} published CIDRs`);
  if (subject.mode === 'exact' && possiblyExtra.length > 0) {
    questions.push('allows nothing beyond the published CIDRs');
  }
  const parts = questions.length === 1 ? coverage.parts.filter((part) => part.undecided.length > 0) : [];
  return `undecided whether ${ruleName(subject)} ${questions.join(' and ')}${manner(coverage, subject, parts)}`;
}

/** What keeps the verdict open, each with what would decide it. */
function doubtLines({ doubts, extraDoubts }: Coverage, { mode }: Subject): string[] {
  const texts = [...doubts, ...(mode === 'exact' ? extraDoubts : [])].map(
    ({ place, reason, wayOut }: Doubt) => `  ${printable(`${place} ${reason}: ${wayOut}`)}`,
  );
  const unique = [...new Set(texts)];
  return unique.length === 0 ? [] : ['undecided because:', ...cut(unique, listedDoubts)];
}

/**
 * How and for what the rules were judged: the end of a first line. `open` are the parts of the ports that it is about; where
 * others are covered, both are named: ` for tcp 80 (tcp 443: all covered)`.
 */
function manner({ parts }: Coverage, subject: Subject, open: readonly Part[] = []): string {
  const { traffic, isWithoutPorts, asOf, criteria, syncToken } = subject;
  const { protocol } = traffic;
  const covered = parts.filter(({ missing, undecided }) => missing.length + undecided.length === 0);
  const ports = isWithoutPorts
    ? ', ports not judged'
    : open.length === 0 || covered.length === 0
      ? ` for ${formatTraffic(traffic)}`
      : ` for ${protocol} ${portsOf(open)} (${protocol} ${portsOf(covered)}: all covered)`;
  const time = asOf === undefined ? '' : `, ${asOf}`;
  return `${ports}${time} (${describe(criteria)}, syncToken ${syncToken})`;
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

function gapTable(
  word: 'missing' | 'undecided',
  gaps: readonly Gap[],
  { parts }: Coverage,
  { traffic, isWithoutPorts }: Subject,
): string[] {
  const open = parts.filter((part) => part[word].length > 0);
  const rows = gaps.slice(0, listed).map((gap) => {
    const own = open.filter((part) => intersectRanges(gap.published.cidr, part[word]).length > 0);
    const isOnlyHere = own.length < open.length && !isWithoutPorts;
    return gapRow(word, gap, isOnlyHere ? `${traffic.protocol} ${portsOf(own)}` : '');
  });
  const [first] = gaps;
  const hasNoRegion = first !== undefined && first.published.prefixes.length === 0;
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

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...cut(lines, listed).map((line) => `  ${line}`)];
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
