// in: the files of one version, the requested one and never another.
import type { RawRequest } from './concourse/request.ts';
import { type InParams, parseInParams } from './config/params.ts';
import { parseSource, type Source } from './config/source.ts';
import { withoutSecrets } from './config/url.ts';
import { requireContract } from './contract.ts';
import { UserError } from './errors.ts';
import { Failure } from './ip-ranges/http/failure.ts';
import { type Metadatum, metadataOf } from './outputs/metadata.ts';
import { type OutputFile, type Ranges, renderFiles } from './outputs/render.ts';
import type { Outside } from './outside.ts';
import { versionOf } from './selection/digest.ts';
import { remarksOn } from './selection/remarks.ts';
import { describe, select } from './selection/select.ts';
import { isNewer, requireVersion, type Version } from './version.ts';

/** What Concourse gets from `in` and `out`. */
export interface Response {
  readonly version: Version;
  readonly metadata: readonly Metadatum[];
}

/** Answers a get: renders the files of the requested version, has `write` make them appear, and reports the version. */
export async function get(
  request: RawRequest,
  write: (files: readonly OutputFile[]) => void,
  outside: Outside,
): Promise<Response> {
  const source = parseSource(request['source']);
  const params: InParams = parseInParams(request['params']);
  const version = requireVersion(request['version']);
  await requireContract(source.contract);
  const ranges = await serve(version, source, outside);
  const files = renderFiles(ranges, params);
  write(files);
  const { criteria, selection } = ranges;
  for (const remark of remarksOn(selection, criteria)) outside.log.note(remark);
  outside.log.info(
    `${selection.length} CIDRs for ${describe(criteria)}, syncToken ${version.syncToken}: wrote ` +
      files.map(({ name }) => name).join(', '),
  );
  const metadata = metadataOf(ranges, withoutSecrets(source.access.url), outside.now());
  const { syncToken } = ranges.document;
  if (syncToken !== version.syncToken) {
    metadata.push({ name: 'servedFrom', value: `the same list in the document with syncToken ${syncToken}` });
  }
  return { version, metadata };
}

/** The ranges of the requested version. Rejects with a UserError when AWS no longer serves them. */
async function serve(version: Version, { access, criteria }: Source, outside: Outside): Promise<Ranges> {
  const published = outside.openPublished(access);
  return published.document((document) => {
    const selection = select(document, criteria);
    const current = versionOf(document, selection);
    if (current.digest !== version.digest) throw notServed(version, current);
    if (current.syncToken !== version.syncToken) {
      outside.log.note(
        `AWS now serves the document with syncToken ${current.syncToken} instead of ${version.syncToken}; it has the same list`,
      );
    }
    return { version, document, selection, criteria };
  });
}

function notServed(version: Version, current: Version): UserError {
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
  return new UserError(
    `the version with syncToken ${version.syncToken} is gone: AWS serves only its newest document, now syncToken ` +
      `${current.syncToken} with another list (${current.digest}, not ${version.digest}); let the next check pick up the newer version`,
  );
}
