// cidrs.txt and its digest: what identifies a selected list.

import { sha256 } from '../files/sha256.ts';
import type { Document } from '../ip-ranges/document.ts';
import type { BareVersion } from '../version.ts';
import type { Selection } from './selection.ts';

/** The bytes of cidrs.txt: every selected CIDR, one a line; empty when there are none. */
export function cidrLines(selection: Selection): string {
  return selection.map(({ cidr }) => `${cidr.text}\n`).join('');
}

/** The digest of a list as a version has it. */
export function digestOf(selection: Selection): string {
  return `sha256:${sha256(cidrLines(selection))}`;
}

/** What identifies a selection from a document; `withList` makes the whole version of it. */
export function versionOf(document: Document, selection: Selection): BareVersion {
  const { syncToken, createDate } = document;
  return { syncToken, createDate, digest: digestOf(selection) };
}
