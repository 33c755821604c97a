// The history that a replay reads: of each document only what check and in would make of it is kept.
import { gunzipSync } from 'node:zlib';
import type { Criteria } from '../src/config/source.ts';
import { messageOf, UserError } from '../src/errors.ts';
import { type Document, DocumentError, parseDocument } from '../src/ip-ranges/document.ts';
import { versionOf } from '../src/selection/digest.ts';
import { select } from '../src/selection/select.ts';
import { isNewer, type SyncToken, type Version } from '../src/version.ts';
import { type CidrList, type CidrTable, openCidrTable } from './cidr-table.ts';
import type { StoredFile } from './files.ts';

/** A publication that check would have answered. */
export interface Publication {
  readonly version: Version;
  /** Publications with the same list have the same object. */
  readonly list: CidrList;
}

/** A publication at which check would have failed: it does not know a name of the source, say. */
export interface Refusal {
  readonly syncToken: SyncToken;
  readonly reason: string;
}

/** A file that is no document. */
export interface Stranger {
  readonly name: string;
  readonly reason: string;
}

export interface History {
  /** In the order of publication, each once. */
  readonly publications: readonly Publication[];
  /** In the order of publication. */
  readonly refusals: readonly Refusal[];
  readonly strangers: readonly Stranger[];
  /** How many documents came again after one with the same syncToken. */
  readonly repeated: number;
  readonly table: CidrTable;
}

/** Reads files in any order, and selects from each what a source would. */
export function openHistory(criteria: Criteria): { add(file: StoredFile): void; history(): History } {
  const table = openCidrTable();
  const lists = new Map<string, CidrList>();
  const publications = new Map<SyncToken, Publication>();
  const refusals = new Map<SyncToken, Refusal>();
  const strangers: Stranger[] = [];
  let repeated = 0;

  const publish = (document: Document) => {
    const { syncToken } = document;
    if (publications.has(syncToken) || refusals.has(syncToken)) {
      repeated++;
      return;
    }
    try {
      const selection = select(document, criteria);
      const version = versionOf(document, selection);
      const list = lists.get(version.digest) ?? table.pack(selection.map(({ cidr }) => cidr));
      lists.set(version.digest, list);
      publications.set(syncToken, { version, list });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Without the token the reason is the same for each document that has the same fault.
      refusals.set(syncToken, { syncToken, reason: error.message.replace(` (syncToken ${syncToken})`, '') });
    }
  };
  return {
    add: ({ name, bytes }) => {
      try {
        publish(parseDocument(decode(bytes)));
      } catch (error) {
        if (!(error instanceof DocumentError)) throw error;
        strangers.push({ name, reason: error.message });
      }
    },
    history: () => ({
      publications: [...publications.values()].sort((a, b) => byToken(a.version, b.version)),
      refusals: [...refusals.values()].sort(byToken),
      strangers,
      repeated,
      table,
    }),
  };
}

/** Seconds without a document above which some were not read: AWS publishes every few hours. */
const longestSilence = 7 * 24 * 3600;

/** Whether documents are missing between two publications, so that nobody knows when something changed. */
export function isGap(earlier: Publication, later: Publication): boolean {
  return timeOf(later) - timeOf(earlier) > longestSilence;
}

/** When a document was published, in seconds since 1970. */
export function timeOf({ version }: Publication): number {
  return Number(version.syncToken);
}

function byToken(a: { readonly syncToken: SyncToken }, b: { readonly syncToken: SyncToken }): number {
  return isNewer(a.syncToken, b.syncToken) ? 1 : -1;
}

function decode(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 64 * 2 ** 20 });
  } catch (error) {
    throw new DocumentError(`it cannot be decompressed: ${messageOf(error)}`);
  }
}
