// check: which version of the ranges is there now.
import type { Log } from './concourse/log.ts';
import type { CheckRequest, CheckResponse } from './concourse/types.ts';
import { requireContract } from './config/contract.ts';
import { parseSource, type Source } from './config/source.ts';
import type { Outside } from './ip-ranges/outside.ts';
import { changesInWords, faultOfHeld, isOfOther, versionOf } from './selection/held.ts';
import { remarksOn, select } from './selection/select.ts';
import {
  isFromFuture,
  isNewer,
  parseVersion,
  type SyncToken,
  type Version,
  versionsSince,
} from './version.ts';

/**
 * Answers a check: the given version while it is valid, and behind it the new one if there is one. The document is read only when
 * its token is newer, and with `version_on: cidrs` only once for each token.
 */
export async function check(request: CheckRequest, outside: Outside): Promise<CheckResponse> {
  const source = parseSource(request.source);
  await requireContract(source.contract);
  const version = givenVersion(request.version, source, outside);
  const { published } = await outside.openDocuments(source);

  const token = version && (await published.syncToken());
  if (version !== undefined && token !== undefined && !isNewer(token, version.syncToken)) {
    return keep(version, token, outside.log);
  }
  const given = version && soundVersion(version, source, outside.log);
  const memory = source.version_on === 'cidrs' ? outside.openMemory(source) : undefined;
  const remembered = token && memory?.recall(token);
  if (remembered && faultOfHeld(remembered, source) === undefined) {
    return follow(given, remembered, source, outside.log);
  }
  const { selection, current } = await published.document((document) => {
    const selection = select(document, source);
    return { selection, current: versionOf(document, selection, source) };
  });
  for (const remark of remarksOn(selection, source)) outside.log.note(remark);
  memory?.remember(current);
  return follow(given, current, source, outside.log);
}

/** The version in the request; undefined, as if there were none, where check can never have returned it for this source. */
function givenVersion(value: unknown, source: Source, { log, now }: Outside): Version | undefined {
  if (value === undefined || value === null) return undefined;
  const version = parseVersion(value);
  if (version === undefined)
    return ignored('is not one of this resource (syncToken, createDate, digest)', log);
  if (isFromFuture(version.syncToken, now())) {
    return ignored(
      `has the syncToken ${version.syncToken}, more than a day ahead of this machine's clock`,
      log,
    );
  }
  if (isOfOther(version, source)) return ignored('holds the list of another selection', log);
  return version;
}

/**
 * The given version, unless it holds an altered list, or one that this source refuses. Called only when there is something new:
 * computing a digest takes longer than the rest of a check, and `in` verifies the list that it writes anyway.
 */
function soundVersion(version: Version, source: Source, log: Log): Version | undefined {
  const fault = faultOfHeld(version, source);
  return fault === undefined ? version : ignored(fault, log);
}

function ignored(fault: string, log: Log): undefined {
  log.note(`the given version ${fault}; ignoring it`);
}

/** The versions from the given one on, now that the published one is known. */
function follow(given: Version | undefined, published: Version, source: Source, log: Log): Version[] {
  const versions = versionsSince(given, published, source.version_on);
  const next = versions.at(-1) ?? published;
  if (next === given) return keep(given, published.syncToken, log);
  log.info(`new version: syncToken ${next.syncToken}${given ? changesInWords(given, next) : ''}`);
  return versions;
}

/** The given version alone. */
function keep(given: Version, published: SyncToken, log: Log): Version[] {
  log.info(
    isNewer(given.syncToken, published)
      ? `keeping syncToken ${given.syncToken}: AWS was asked, and it serves an older one: syncToken ${published}, of ` +
          `${new Date(Number(published) * 1000).toISOString().slice(0, 10)}; an edge that is behind`
      : `nothing new since syncToken ${given.syncToken}`,
  );
  return [given];
}
