// in: the files of one version, the requested one and never another.
import type { InRequest, Response } from './concourse/types.ts';
import { requireContract } from './config/contract.ts';
import { parseInParams } from './config/params.ts';
import { parseSource } from './config/source.ts';
import type { OutputFile } from './files/output-file.ts';
import type { Outside } from './ip-ranges/outside.ts';
import { renderFiles } from './outputs/render.ts';
import { response } from './outputs/response.ts';
import { remarkOnGroup } from './outputs/security-group.ts';
import { describe } from './selection/keys.ts';
import { remarksOn } from './selection/select.ts';
import { serve } from './serving.ts';
import { requireVersion } from './version.ts';

/** Answers a get: renders the files of the requested version, has `write` make them appear, and reports the version. */
export async function get(
  request: InRequest,
  write: (files: readonly OutputFile[]) => void,
  outside: Outside,
): Promise<Response> {
  const source = parseSource(request.source);
  const params = parseInParams(request.params);
  const version = requireVersion(request.version);
  await requireContract(source.contract);
  const served = await serve(version, source, params, outside);
  const { selection, url } = served;
  const files = renderFiles(served, params);
  if (params.bundle) {
    // All files, those of the publication included, for the place that `history_url` reads from.
    const bundled = params.document ? files : renderFiles(served, { ...params, document: true });
    const { packBundle } = await import('./files/bundle.ts');
    const bytes = await packBundle(bundled, Number(version.syncToken));
    // manifest.json stays the last one.
    files.unshift({ name: `aws-ip-ranges-${version.syncToken}.tgz`, bytes });
  }
  write(files);
  for (const remark of remarksOn(selection, source)) outside.log.note(remark);
  // No note: most pipelines use another file.
  const left = remarkOnGroup(selection, params.security_group);
  if (left !== undefined) outside.log.info(left);
  const origin = url === undefined ? ', which the version holds' : '';
  outside.log.info(
    `${selection.length} CIDRs for ${describe(source)}, syncToken ${version.syncToken}${origin}: wrote ` +
      files.map(({ name }) => name).join(', '),
  );
  return response(served);
}
