// check: which version of the ranges is there now.
import type { RawRequest } from './concourse/request.ts';
import { requireContract } from './config/contract.ts';
import { parseSource } from './config/source.ts';
import type { Outside } from './ip-ranges/outside.ts';
import { versionOf } from './selection/digest.ts';
import { remarksOn } from './selection/remarks.ts';
import { select } from './selection/select.ts';
import { isNewer, nextVersion, parseVersion, type Version } from './version.ts';

/**
 * Answers a check with the one version that counts: the given one when nothing changed, the new one otherwise.
 * The document is read only when its token is newer, and with `version_on: cidrs` only once for each token.
 */
export async function check(request: RawRequest, outside: Outside): Promise<[Version]> {
  const source = parseSource(request['source']);
  await requireContract(source.contract);
  const given = givenVersion(request['version'], outside);
  const { published } = outside.openDocuments(source.access);
  const memory = source.versionOn === 'cidrs' ? outside.openMemory(source) : undefined;

  if (given !== undefined) {
    const token = await published.syncToken();
    if (token !== undefined && !isNewer(token, given.syncToken)) return answer(given, given, outside);
    const remembered = token && memory?.recall(token);
    if (remembered) return answer(given, nextVersion(given, remembered, source.versionOn), outside);
  }
  const { criteria } = source;
  const { selection, current } = await published.document((document) => {
    const selection = select(document, criteria);
    return { selection, current: versionOf(document, selection) };
  });
  for (const remark of remarksOn(selection, criteria)) outside.log.note(remark);
  memory?.remember(current);
  return answer(given, nextVersion(given, current, source.versionOn), outside);
}

function givenVersion(value: unknown, { log }: Outside): Version | undefined {
  if (value === undefined || value === null) return undefined;
  const version = parseVersion(value);
  if (version === undefined) {
    log.note('the given version is not one of this resource (syncToken, createDate, digest); ignoring it');
  }
  return version;
}

function answer(given: Version | undefined, next: Version, { log }: Outside): [Version] {
  log.info(
    next === given
      ? `nothing new since syncToken ${given.syncToken}`
      : `new version: syncToken ${next.syncToken}`,
  );
  return [next];
}
