// Serving: the ranges of exactly the requested version, from wherever they still are.
import type { Source } from '../config/source.ts';
import { UserError } from '../errors.ts';
import type { Document } from '../ip-ranges/document.ts';
import { Failure } from '../ip-ranges/http/failure.ts';
import type { Documents, Outside } from '../ip-ranges/outside.ts';
import type { Served } from '../outputs/served.ts';
import { versionOf } from '../selection/digest.ts';
import { select } from '../selection/select.ts';
import { isNewer, type Version } from '../version.ts';

/**
 * The ranges of the requested version: from what AWS publishes, as long as that is the same list, otherwise from
 * `history_url`. Rejects with a UserError that tells the ways out when they are nowhere; never serves another list.
 */
export async function serve(version: Version, source: Source, outside: Outside): Promise<Served> {
  const documents = outside.openDocuments(source.access);
  try {
    return await documents.published.document((document) => {
      const served = servedFrom(document, version, source);
      if ('selection' in served) return served;
      throw notServed(version, served.current, documents.history === undefined);
    });
  } catch (error) {
    if (!(error instanceof UserError) || documents.history === undefined) throw error;
    outside.log.note(`${error.message}; asking source.history_url`);
    return await fromHistory(version, source, documents.history);
  }
}

/** The ranges, if the document selects the requested list; otherwise the version that it amounts to. */
function servedFrom(
  document: Document,
  version: Version,
  { criteria, versionOn }: Source,
): Served | { current: Version } {
  const selection = select(document, criteria);
  const current = versionOf(document, selection);
  return current.digest === version.digest
    ? { version, document, selection, criteria, versionOn }
    : { current };
}

async function fromHistory(
  version: Version,
  source: Source,
  history: NonNullable<Documents['history']>,
): Promise<Served> {
  return history.document(version.syncToken, (document, bundled) => {
    const tokens = [document.syncToken, bundled?.syncToken];
    if (!tokens.includes(version.syncToken)) {
      throw new Failure(
        `the document that is kept there has the syncToken ${document.syncToken}, not ${version.syncToken}`,
        { isTransient: false },
      );
    }
    const served = servedFrom(document, version, source);
    if ('selection' in served) return served;
    throw new Failure(
      `the document that is kept there selects a list with the digest ${served.current.digest}, not ${version.digest}`,
      { isTransient: false },
    );
  });
}

function notServed(version: Version, current: Version, isLastResort: boolean): UserError {
  if (isNewer(version.syncToken, current.syncToken)) {
    return new Failure(
      `it serves the document with syncToken ${current.syncToken}, older than the ${version.syncToken} that was asked for: ` +
        'an edge of the CDN is behind',
      { isTransient: true },
    );
  }
  if (current.syncToken === version.syncToken) {
    return new UserError(
      `the document with syncToken ${version.syncToken} selects a list with the digest ${current.digest}, not the ` +
        `${version.digest} that was asked for: that version was made for another source; check the resource again`,
    );
  }
  const waysOut = isLastResort
    ? '; let the next check pick up the newer version, or set source.history_url to where superseded documents are kept'
    : '';
  return new UserError(
    `the version with syncToken ${version.syncToken} is gone: AWS serves only its newest document, now syncToken ` +
      `${current.syncToken} with another list (${current.digest}, not ${version.digest})${waysOut}`,
  );
}
