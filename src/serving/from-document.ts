// Serving from a document: the one that AWS publishes, as long as that will do, otherwise the one that history_url keeps.
import type { Source } from '../config/source.ts';
import { historyUrlOf, withoutSecrets } from '../config/url.ts';
import { UserError } from '../errors.ts';
import type { Document } from '../ip-ranges/document.ts';
import { Failure } from '../ip-ranges/http/failure.ts';
import type { Documents, Outside } from '../ip-ranges/outside.ts';
import type { Served } from '../outputs/served.ts';
import { digestOf } from '../selection/digest.ts';
import { select } from '../selection/select.ts';
import type { Selection } from '../selection/selection.ts';
import { isFromFuture, isNewer, type Version } from '../version.ts';
import { gone, reissued, type Wanted } from './not-served.ts';
import type { Serving } from './serve.ts';

/** The ranges of the version, or a UserError. A document with another token will do for the list, if that is the same. */
export async function serveFromDocument(wanted: Wanted, outside: Outside): Promise<Serving> {
  const { version, source } = wanted;
  const { access } = source;
  if (isFromFuture(version.syncToken, outside.now())) {
    throw new UserError(
      `version.syncToken ${version.syncToken} is more than a day ahead of this machine's clock, so AWS cannot have ` +
        'published it; check the resource again, which returns what is published, and unpin the version if it is pinned',
    );
  }
  const documents = await outside.openDocuments(access);
  try {
    const served = await documents.published.document((document) => servePublished(document, wanted));
    return { served, url: withoutSecrets(access.url) };
  } catch (error) {
    const { history } = documents;
    if (!(error instanceof UserError) || history === undefined || access.historyUrl === undefined)
      throw error;
    outside.log.note(`${error.message}; asking source.history_url`);
    const served = await serveKept(history, wanted);
    return { served, url: withoutSecrets(historyUrlOf(access.historyUrl, version.syncToken)) };
  }
}

function servePublished(document: Document, wanted: Wanted): Served {
  const { version, source } = wanted;
  const isRequested = document.syncToken === version.syncToken;
  const selection = isRequested ? select(document, source.criteria) : selectIfPossible(document, source);
  const digest = selection && digestOf(selection);
  if (selection !== undefined && digest === version.digest && (isRequested || !wanted.needsDocument)) {
    return servedOf(document, selection, wanted);
  }
  if (isRequested) throw reissued(wanted, digest);
  if (isNewer(version.syncToken, document.syncToken)) throw behind(document, version);
  throw gone(wanted, { syncToken: document.syncToken, digest, count: selection?.length });
}

/** The selection from another document than the requested one, whose faults are beside the point: the version is gone. */
function selectIfPossible(document: Document, { criteria }: Source): Selection | undefined {
  try {
    return select(document, criteria);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

async function serveKept(history: NonNullable<Documents['history']>, wanted: Wanted): Promise<Served> {
  const { version, source, needsDocument } = wanted;
  return history.document(version.syncToken, (document, bundled) => {
    // A bundle of release 1 can hold the same list in a document with another token.
    const tokens = needsDocument ? [document.syncToken] : [document.syncToken, bundled?.syncToken];
    if (!tokens.includes(version.syncToken)) {
      throw new Failure(
        `the document that is kept there has the syncToken ${document.syncToken}, not ${version.syncToken}`,
        { isTransient: false },
      );
    }
    const selection = select(document, source.criteria);
    const digest = digestOf(selection);
    if (digest === version.digest) return servedOf(document, selection, wanted);
    throw new Failure(
      `the document that is kept there selects a list with the digest ${digest}, not ${version.digest}`,
      { isTransient: false },
    );
  });
}

function servedOf(document: Document, selection: Selection, { version, source }: Wanted): Served {
  return { version, document, selection, criteria: source.criteria, versionOn: source.versionOn };
}

function behind(document: Document, version: Version): Failure {
  return new Failure(
    `it serves the document with syncToken ${document.syncToken}, older than the ${version.syncToken} that was asked for: ` +
      'an edge of the CDN is behind',
    { isTransient: true },
  );
}
