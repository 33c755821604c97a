// Why the published document cannot serve a version, and the ways out of it.
import type { Source } from '../config/source.ts';
import { UserError } from '../errors.ts';
import { holdsList, type SyncToken, type Version } from '../version.ts';

/** What a get asks for. */
export interface Wanted {
  readonly version: Version;
  readonly source: Source;
  /** Whether the very document is needed, and not only the list. */
  readonly needsDocument: boolean;
}

/** What is published instead; `digest` and `count` are undefined when this source selects nothing usable from it. */
export interface Instead {
  readonly syncToken: SyncToken;
  readonly digest: string | undefined;
  readonly count: number | undefined;
}

/** AWS has published another document since. */
export function gone(wanted: Wanted, instead: Instead): UserError {
  const { version, needsDocument } = wanted;
  const need = needsDocument ? ', and params.document and params.bundle need the very document' : '';
  return new UserError(
    `the version with syncToken ${version.syncToken} is gone: AWS serves only its newest document, now syncToken ` +
      `${instead.syncToken}${listOf(version, instead)}${need}${waysOut(wanted, instead)}`,
  );
}

/** The published document has the version's token and another list. */
export function reissued({ version, source }: Wanted, digest: string | undefined): UserError {
  const wayOut =
    source.access.historyUrl === undefined
      ? '; unpin the version if it is pinned: the next publication, which AWS makes about every three hours, is a new version'
      : '';
  return new UserError(
    `the document with syncToken ${version.syncToken} selects a list with the digest ${digest}, not the ` +
      `${version.digest} that was asked for: AWS has published this token again with another list, or the version was ` +
      `made for another source${wayOut}`,
  );
}

function listOf(version: Version, { digest }: Instead): string {
  if (digest === undefined) return ', from which this source can select no list';
  return digest === version.digest
    ? ' with the same list'
    : ` with another list (${digest}, not ${version.digest})`;
}

/** None where `history_url` is asked next. */
function waysOut({ version, source, needsDocument }: Wanted, { count }: Instead): string {
  if (source.access.historyUrl !== undefined) return '';
  const history = 'set source.history_url to where superseded documents are kept';
  if (needsDocument && holdsList(version)) {
    return `; leave them out, since the version holds its list, or ${history}`;
  }
  const isTooLong = count !== undefined && count > source.holdCidrs;
  const hold = isTooLong
    ? `, or source.hold_cidrs to ${count} or more, so that versions hold their lists`
    : '';
  return `; let a check find the newer version, and unpin this one if it is pinned; or ${history}${hold}`;
}
