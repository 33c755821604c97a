// in: the files of one version, the requested one and never another.
import type { RawRequest } from './concourse/request.ts';
import { requireContract } from './config/contract.ts';
import { parseInParams } from './config/params.ts';
import { parseSource } from './config/source.ts';
import { withoutSecrets } from './config/url.ts';
import type { OutputFile } from './files/output-file.ts';
import type { Outside } from './ip-ranges/outside.ts';
import { metadataOf } from './outputs/metadata.ts';
import { renderFiles } from './outputs/render.ts';
import type { Response } from './outputs/response.ts';
import { describe } from './selection/describe.ts';
import { remarksOn } from './selection/remarks.ts';
import { serve } from './serving/serve.ts';
import { isNewer, requireVersion, type SyncToken } from './version.ts';

/** Answers a get: renders the files of the requested version, has `write` make them appear, and reports the version. */
export async function get(
  request: RawRequest,
  write: (files: readonly OutputFile[]) => void,
  outside: Outside,
): Promise<Response> {
  const source = parseSource(request['source']);
  const params = parseInParams(request['params']);
  const version = requireVersion(request['version']);
  await requireContract(source.contract);
  const served = await serve(version, source, outside);
  const { syncToken } = served.document;
  const isRepublished = syncToken !== version.syncToken;
  if (isRepublished) {
    const what = isNewer(syncToken, version.syncToken) ? 'is superseded' : 'is not what this edge serves yet';
    outside.log.note(
      `syncToken ${version.syncToken} ${what}; the document with syncToken ${syncToken} has the same list`,
    );
  }
  const files = renderFiles(served, params);
  if (params.bundle) files.push(await bundle(files, version.syncToken));
  write(files);
  const { criteria, selection } = served;
  for (const remark of remarksOn(selection, criteria)) outside.log.note(remark);
  outside.log.info(
    `${selection.length} CIDRs for ${describe(criteria)}, syncToken ${version.syncToken}: wrote ` +
      files.map(({ name }) => name).join(', '),
  );
  const metadata = metadataOf(served, withoutSecrets(source.access.url), outside.now());
  if (isRepublished) {
    metadata.push({ name: 'servedFrom', value: `the same list in the document with syncToken ${syncToken}` });
  }
  return { version, metadata };
}

/** All the other files in one archive, for the place that `history_url` reads from. */
async function bundle(files: readonly OutputFile[], syncToken: SyncToken): Promise<OutputFile> {
  const { packBundle } = await import('./files/pack.ts');
  return { name: `aws-ip-ranges-${syncToken}.tgz`, bytes: await packBundle(files, Number(syncToken)) };
}
