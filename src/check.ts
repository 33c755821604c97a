// check: which version of the ranges is there now.
import type { Log } from './concourse/log.ts';
import type { RawRequest } from './concourse/request.ts';
import { requireContract } from './config/contract.ts';
import { type Criteria, parseSource, type Source } from './config/source.ts';
import type { Outside } from './ip-ranges/outside.ts';
import { requirePast } from './ip-ranges/received.ts';
import { changesInWords } from './selection/changes.ts';
import { versionOf } from './selection/digest.ts';
import { isListSound, isOfSource, withList } from './selection/held.ts';
import { remarksOn } from './selection/remarks.ts';
import { select } from './selection/select.ts';
import { isFromFuture, isNewer, nextVersion, parseVersion, type Version } from './version.ts';

/**
 * Answers a check with the one version that counts: the given one when nothing changed, the new one otherwise.
 * The document is read only when its token is newer, and with `version_on: cidrs` only once for each token.
 */
export async function check(request: RawRequest, outside: Outside): Promise<[Version]> {
  const source = parseSource(request['source']);
  await requireContract(source.contract);
  const { criteria } = source;
  const given = givenVersion(request['version'], criteria, outside);
  const { published } = await outside.openDocuments(source.access);
  const memory = source.versionOn === 'cidrs' ? outside.openMemory(source) : undefined;

  if (given !== undefined) {
    const token = await published.syncToken();
    if (token !== undefined && !isNewer(token, given.syncToken)) return unchanged(given, outside.log);
    const remembered = token && memory?.recall(token);
    if (remembered && isListSound(remembered, criteria)) return follow(given, remembered, source, outside);
  }
  const { selection, current } = await published.document((document) => {
    const selection = select(requirePast(document, outside.now()), criteria);
    return { selection, current: withList(versionOf(document, selection), selection, source) };
  });
  for (const remark of remarksOn(selection, criteria)) outside.log.note(remark);
  memory?.remember(current);
  return follow(given, current, source, outside);
}

/** The version in the request, unless it is one that check can never have returned for this source. */
function givenVersion(value: unknown, criteria: Criteria, { log, now }: Outside): Version | undefined {
  if (value === undefined || value === null) return undefined;
  const version = parseVersion(value);
  if (version === undefined) {
    log.note('the given version is not one of this resource (syncToken, createDate, digest); ignoring it');
  } else if (isFromFuture(version.syncToken, now())) {
    log.note(
      `the given version's syncToken, ${version.syncToken}, is more than a day ahead of this machine's clock; ignoring it`,
    );
  } else if (!isOfSource(version, criteria)) {
    log.note('the given version holds the list of another selection; ignoring it');
  } else {
    return version;
  }
  return undefined;
}

/** The version that follows the given one, now that another publication is known. */
function follow(
  given: Version | undefined,
  current: Version,
  { criteria, versionOn }: Source,
  { log }: Outside,
): [Version] {
  const isSound = given === undefined || isListSound(given, criteria);
  if (!isSound) log.note('the list in the given version is not the one of its digest; ignoring it');
  const known = isSound ? given : undefined;
  const next = nextVersion(known, current, versionOn);
  if (next === known) return unchanged(known, log);
  log.info(`new version: syncToken ${next.syncToken}${known ? changesInWords(known, next) : ''}`);
  return [next];
}

function unchanged(given: Version, log: Log): [Version] {
  log.info(`nothing new since syncToken ${given.syncToken}`);
  return [given];
}
