// changes.md and changes.slack.txt: what changed, for people. The first line alone tells it in a chat.
import type { Difference } from '../addresses/address-range.ts';
import { counted, firstOf } from '../errors.ts';
import type { Version } from '../version.ts';

/** CIDRs that a list shows before it only counts them: the whole lists are in added.txt and removed.txt. */
const listed = 50;

export interface Changes extends Difference {
  /** The selection in words. */
  readonly words: string;
  readonly before: { readonly version: Version; readonly cidrs: number };
  readonly after: { readonly version: Version; readonly cidrs: number };
}

/** How a format marks what it shows. */
interface Marks {
  readonly bold: (text: string) => string;
  /** A line of a list, of a CIDR. */
  readonly item: (text: string) => string;
}

const markdown: Marks = {
  bold: (text) => `**${text.replaceAll('*', '\\*')}**`,
  item: (text) => `- ${text}`,
};

/** https://docs.slack.dev/messaging/formatting-message-text */
const slack: Marks = {
  bold: (text) => {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    // Nothing escapes the star of a glob.
    return escaped.includes('*') ? escaped : `*${escaped}*`;
  },
  item: (text) => `\u2022 ${text}`,
};

/** `S3, us-gov-west-1, IPv4: AWS added 2 ranges, removed none` */
export function headlineOf({ words, added, removed }: Changes): string {
  return `${words}: AWS ${whatAwsDid(added.length, removed.length)}`;
}

function whatAwsDid(added: number, removed: number): string {
  if (added + removed === 0) return 'publishes the same addresses';
  if (added === 0) return `removed ${counted(removed, 'range')}, added none`;
  return `added ${counted(added, 'range')}, removed ${removed === 0 ? 'none' : removed}`;
}

/** The changes a line each, `+1.178.30.0/24` or `-52.95.142.0/23`; the last line counts those beyond 50 of a kind. */
export function changeLines({ added, removed }: Difference): string[] {
  const signed = (sign: string, cidrs: readonly string[]) =>
    firstOf(
      cidrs.map((cidr) => `${sign}${cidr}`),
      listed,
    );
  return [...signed('+', added), ...signed('-', removed)];
}

export function changesMarkdown(changes: Changes): string {
  return message(changes, markdown);
}

/** Empty when nothing changed: slack-notification-resource sends no empty file. */
export function changesForSlack(changes: Changes): string {
  return changes.added.length + changes.removed.length === 0 ? '' : message(changes, slack);
}

/** The headline, what changed, and which publications were compared. */
function message(changes: Changes, marks: Marks): string {
  const { added, removed, before, after } = changes;
  return [
    marks.bold(headlineOf(changes)),
    '',
    ...section('Added', added, marks),
    ...section('Removed', removed, marks),
    `Before: ${describe(before)}. After: ${describe(after)}.`,
    '',
  ].join('\n');
}

function section(title: string, cidrs: readonly string[], { item }: Marks): string[] {
  if (cidrs.length === 0) return [];
  const items = firstOf(
    cidrs.map((cidr) => `\`${cidr}\``),
    listed,
  );
  return [`${title}:`, '', ...items.map(item), ''];
}

function describe({ version, cidrs }: Changes['before']): string {
  const date = version.createDate === '' ? '' : `, ${version.createDate}`;
  return `${counted(cidrs, 'CIDR')} (syncToken ${version.syncToken}${date})`;
}
