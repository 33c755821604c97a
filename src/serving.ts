// Serving: the ranges of exactly the requested version, from the version itself or from wherever they still are. Where they are
// nowhere, the error says so and names the ways out.
import type { Log } from './concourse/log.ts';
import type { InParams } from './config/params.ts';
import type { Source } from './config/source.ts';
import { historyUrlOf, withoutSecrets } from './config/url.ts';
import { UserError } from './errors.ts';
import type { Document } from './ip-ranges/document.ts';
import { Failure } from './ip-ranges/http/failure.ts';
import type { Outside } from './ip-ranges/outside.ts';
import type { Served } from './outputs/served.ts';
import { heldSelection } from './selection/held.ts';
import { select } from './selection/select.ts';
import { digestOf, type Selection } from './selection/selection.ts';
import { holdsList, isFromFuture, isNewer, type Version } from './version.ts';

/** What a get asks for. */
interface Wanted {
  readonly version: Version;
  readonly source: Source;
  /** Whether the very document is needed, and not only the list. */
  readonly needsDocument: boolean;
}

/**
 * The ranges of the requested version. A list that the version holds is served without a request; otherwise, and for params that
 * write the files of the publication, from the document that AWS publishes, as long as that will do, and then from the one that
 * history_url keeps. Rejects with a UserError that names the ways out when they are nowhere; never serves another list.
 */
export async function serve(
  version: Version,
  source: Source,
  params: Pick<InParams, 'document' | 'bundle'>,
  outside: Outside,
): Promise<Served> {
  const selection = heldSelection(version, source);
  const needsDocument = params.document || params.bundle;
  if (selection !== undefined && !needsDocument) return { version, source, selection };
  if (isFromFuture(version.syncToken, outside.now())) {
    throw new UserError(
      `version.syncToken ${version.syncToken} is more than a day ahead of this machine's clock, so AWS cannot have ` +
        'published it; check the resource again, which returns what is published, and unpin the version if it is pinned',
    );
  }
  const wanted = { version, source, needsDocument };
  const { published, history } = await outside.openDocuments(source);
  const { url, history_url: historyUrl } = source;
  try {
    const served = await published.document((document) => servePublished(document, wanted, outside.log));
    return { ...served, url: withoutSecrets(url) };
  } catch (error) {
    if (!(error instanceof UserError) || history === undefined || historyUrl === undefined) throw error;
    outside.log.note(`${error.message}; asking source.history_url`);
    const served = await history(version.syncToken, (document) => serveKept(document, wanted));
    return { ...served, url: withoutSecrets(historyUrlOf(historyUrl, version.syncToken)) };
  }
}

function servePublished(document: Document, wanted: Wanted, log: Log): Served {
  const { version, source, needsDocument } = wanted;
  const { syncToken } = document;
  const isRequested = syncToken === version.syncToken;
  const selection = isRequested ? select(document, source) : selectIfPossible(document, source);
  const digest = selection && digestOf(selection);
  const isBehind = isNewer(version.syncToken, syncToken);
  if (selection !== undefined && digest === version.digest && (isRequested || !needsDocument)) {
    if (!isRequested) {
      const what = isBehind ? 'is not what this edge serves yet' : 'is superseded';
      log.note(
        `syncToken ${version.syncToken} ${what}; the document with syncToken ${syncToken} has the same list`,
      );
    }
    return { version, source, selection, document };
  }
  if (isRequested) throw reissued(wanted, digest);
  if (!isBehind) throw gone(wanted, document, selection, digest);
  throw new Failure(
    `it serves the document with syncToken ${syncToken}, older than the ${version.syncToken} that was asked for: ` +
      'an edge of the CDN is behind',
    { isTransient: true },
  );
}

/** The selection from another document than the requested one, whose faults are beside the point: the version is gone. */
function selectIfPossible(document: Document, source: Source): Selection | undefined {
  try {
    return select(document, source);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

function serveKept(document: Document, { version, source }: Wanted): Served {
  const what = 'the document that is kept there';
  if (document.syncToken !== version.syncToken) {
    throw new Failure(`${what} has the syncToken ${document.syncToken}, not ${version.syncToken}`);
  }
  const selection = select(document, source);
  const digest = digestOf(selection);
  if (digest === version.digest) return { version, source, selection, document };
  throw new Failure(`${what} selects another list: ${short(digest)}, not ${short(version.digest)}`);
}

/** The published document has the version's token and another list. */
function reissued({ version, source }: Wanted, digest: string | undefined): UserError {
  const wayOut =
    source.history_url === undefined
      ? '; unpin the version if it is pinned: the next publication, which AWS makes about every three hours, is a new version'
      : '';
  return new UserError(
    `the document with syncToken ${version.syncToken} selects another list: ${short(digest)}, not ${short(version.digest)}: ` +
      `AWS has published this token again with another list, or the version was made for another source${wayOut}`,
  );
}

/** AWS has published another document since. The ways out are left to `history_url` where that is asked next. */
function gone(
  { version, source, needsDocument }: Wanted,
  document: Document,
  selection: Selection | undefined,
  digest: string | undefined,
): UserError {
  const isSame = digest === version.digest;
  const list =
    digest === undefined
      ? 'from which this source can select no list'
      : isSame
        ? 'with the same list'
        : `with another list (${short(digest)}, not ${short(version.digest)})`;
  const need = needsDocument ? '; params.document and params.bundle need the very document' : '';
  const facts = [
    `the version with syncToken ${version.syncToken} is gone`,
    `AWS serves only its newest document, now syncToken ${document.syncToken} ${list}${need}`,
  ];
  if (source.history_url !== undefined) return new UserError(facts.join(': '));
  // A list in the version helps those who need no document, and only where it is too long for the versions of now.
  const count = selection?.length ?? 0;
  const longer = needsDocument || count <= source.hold_cidrs ? '' : `source.hold_cidrs: ${count}, or `;
  const ways = [
    'if it is pinned: unpin it; otherwise nothing: the newer version starts its own build',
    needsDocument && (isSame || holdsList(version))
      ? 'to get the list alone: leave out params.document and params.bundle; to keep old documents: source.history_url'
      : `to keep old versions: ${longer}source.history_url`,
  ];
  return new UserError([...facts, ...ways].join('\n  '));
}

/** The first 12 digits of a digest tell two lists apart. */
function short(digest = ''): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
