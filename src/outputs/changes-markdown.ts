// changes.md: what changed, for a chat or a mail.
import type { Difference } from '../addresses/difference.ts';
import { firstOf } from '../errors.ts';
import type { Version } from '../version.ts';

/** CIDRs that a list shows before it only counts them: the whole lists are in added.txt and removed.txt. */
const listed = 50;

export interface Changes extends Difference {
  readonly before: { readonly version: Version; readonly cidrs: number };
  readonly after: { readonly version: Version; readonly cidrs: number };
}

/** A line that says how much changed, then what, then which publications were compared. */
export function changesMarkdown({ added, removed, before, after }: Changes): string {
  const title =
    added.length + removed.length === 0
      ? 'AWS publishes the same addresses'
      : `AWS changed its ranges: ${added.length} added, ${removed.length} removed`;
  return [
    `**${title}**`,
    '',
    ...section('Added', added),
    ...section('Removed', removed),
    `Before: ${describe(before)}. After: ${describe(after)}.`,
    '',
  ].join('\n');
}

function section(title: string, cidrs: readonly string[]): string[] {
  if (cidrs.length === 0) return [];
  return [
    `${title}:`,
    '',
    ...firstOf(
      cidrs.map((cidr) => `\`${cidr}\``),
      listed,
    ).map((item) => `- ${item}`),
    '',
  ];
}

function describe({ version, cidrs }: Changes['before']): string {
  const date = version.createDate === '' ? '' : `, ${version.createDate}`;
  return `${cidrs} CIDRs (syncToken ${version.syncToken}${date})`;
}
