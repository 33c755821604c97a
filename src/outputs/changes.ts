// What changes writes: lists, JSON, and what changed for people. The first line alone tells it in a chat.
import type { Difference } from '../addresses/address-range.ts';
import { counted, firstOf } from '../errors.ts';
import { jsonFile, listFile, type OutputFile, textFile } from '../files/output-file.ts';
import type { Version } from '../version.ts';

/** What changed between two gets, as changes.json has it. */
interface Changes extends Difference {
  readonly changed: boolean;
  readonly selection: unknown;
  readonly before: Get;
  readonly after: Get;
}

interface Get {
  readonly version: Version;
  /** Number of CIDRs. */
  readonly cidrs: number;
}

/** The files of the destination. `words` are the selection's. */
export function renderChanges(words: string, changes: Changes): OutputFile[] {
  // Empty when nothing changed: slack-notification-resource sends no empty file.
  const slack = changes.changed ? message(words, changes, boldInSlack, '\u2022') : '';
  return [
    listFile('added.txt', changes.added),
    listFile('removed.txt', changes.removed),
    textFile(
      'changes.md',
      message(words, changes, (text) => `**${text.replaceAll('*', '\\*')}**`, '-'),
    ),
    textFile('changes.slack.txt', slack),
    jsonFile('changes.json', changes),
  ];
}

/** https://docs.slack.dev/messaging/formatting-message-text */
function boldInSlack(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // Nothing escapes the star of a glob.
  return escaped.includes('*') ? escaped : `*${escaped}*`;
}

/** CIDRs that a list shows before it only counts them: the whole lists are in added.txt and removed.txt. */
const listed = 50;

/** The headline, and the changes a line each: `+1.178.30.0/24` or `-52.95.142.0/23`. */
export function changesInLines(words: string, changes: Changes): string[] {
  const signed = (sign: string, cidrs: readonly string[]) =>
    firstOf(
      cidrs.map((cidr) => `${sign}${cidr}`),
      listed,
    );
  return [headlineOf(words, changes), ...signed('+', changes.added), ...signed('-', changes.removed)];
}

/** `S3, us-gov-west-1, IPv4: AWS added 2 ranges, removed none` */
function headlineOf(words: string, { changed, added, removed }: Changes): string {
  const [came, went] = [added.length, removed.length];
  const some =
    came === 0
      ? `removed ${counted(went, 'range')}, added none`
      : `added ${counted(came, 'range')}, removed ${went || 'none'}`;
  return `${words}: AWS ${changed ? some : 'publishes the same addresses'}`;
}

/** The headline, what changed, and which publications were compared. */
function message(words: string, changes: Changes, bold: (text: string) => string, bullet: string): string {
  const section = (title: string, cidrs: readonly string[]) => {
    const items = firstOf(
      cidrs.map((cidr) => `\`${cidr}\``),
      listed,
    );
    return cidrs.length === 0 ? [] : [`${title}:`, '', ...items.map((item) => `${bullet} ${item}`), ''];
  };
  const { added, removed, before, after } = changes;
  return [
    bold(headlineOf(words, changes)),
    '',
    ...section('Added', added),
    ...section('Removed', removed),
    `Before: ${describe(before)}. After: ${describe(after)}.`,
    '',
  ].join('\n');
}

function describe({ version, cidrs }: Get): string {
  const date = version.createDate === '' ? '' : `, ${version.createDate}`;
  return `${counted(cidrs, 'CIDR')} (syncToken ${version.syncToken}${date})`;
}
