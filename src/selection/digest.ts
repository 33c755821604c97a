// cidrs.txt and its digest: what identifies a selected list.

import { sha256 } from '../files/sha256.ts';
import type { Document } from '../ip-ranges/document.ts';
import type { Version } from '../version.ts';
import type { Selection } from './selection.ts';

/** The bytes of cidrs.txt: every selected CIDR, one a line; empty when there are none. */
export function cidrLines(selection: Selection): string {
  return selection.map(({ cidr }) => `${cidr.text}\n`).join('');
}

/** The version of a selection from a document. */
export function versionOf(document: Document, selection: Selection): Version {
  const { syncToken, createDate } = document;
  return { syncToken, createDate, digest: `sha256:${sha256(cidrLines(selection))}` };
}
