// The hard idea of the resource: which version follows the given one.
import { isObject, type JsonObject, show, UserError } from './errors.ts';

/** When AWS published a document, in seconds since 1970, as decimal digits. Newer documents have larger tokens. */
export type SyncToken = string & { readonly [syncTokenBrand]: true };
declare const syncTokenBrand: unique symbol;

/** A version as Concourse keeps it. Concourse compares whole versions, so one that differs in any member is another version. */
export interface Version extends HeldList {
  readonly syncToken: SyncToken;
  /** AWS's own form of the publication time; informative. */
  readonly createDate: string;
  /** `sha256:` and the digest of the bytes of cidrs.txt. */
  readonly digest: string;
  /** Beside a list, the source's selection in words: a list that was made for another source is not served. */
  readonly selection?: string;
}

/**
 * The lines of cidrs.txt, joined by spaces and split between CIDRs: `cidrs`, `cidrs_2`, `cidrs_3`, and so on, so that `in` needs no
 * request. parseVersion does not verify the list: heldSelection in selection/held.ts does. A version of a long list has none of
 * these members, and is known by its digest.
 */
interface HeldList {
  readonly cidrs?: string;
  readonly [further: `cidrs_${number}`]: string;
}

/** Concourse's pages squeeze their buttons beside a member of 200 characters. */
const longestMember = 120;

/** What `version_on` may be. */
export type VersionOn = 'syncToken' | 'cidrs';

/** The token in `text`, or undefined when it is no positive decimal number, or one beyond every date. */
export function parseSyncToken(text: unknown): SyncToken | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,11}$/.test(text) ? (text as SyncToken) : undefined;
}

/** Whether `token` was published after `other`. */
export function isNewer(token: SyncToken, other: SyncToken): boolean {
  return Number(token) > Number(other);
}

/** Whether `token` is more than a day ahead of the clock, which is in milliseconds since 1970: AWS cannot have made it. */
export function isFromFuture(token: SyncToken, now: number): boolean {
  return Number(token) * 1000 > now + 24 * 3_600_000;
}

/** The version in a request, or undefined when it has another shape: hand-written, or of another release or resource. */
export function parseVersion(value: unknown): Version | undefined {
  if (!isObject(value)) return undefined;
  const { syncToken: token, createDate, digest, selection, ...list } = value;
  const syncToken = parseSyncToken(token);
  if (syncToken === undefined || typeof createDate !== 'string') return undefined;
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  const bare = { syncToken, createDate, digest };
  if (selection === undefined && Object.keys(list).length === 0) return bare;
  const held = parseList(list);
  return held && typeof selection === 'string' ? { ...bare, selection, ...held } : undefined;
}

/** The members as check splits a list, or undefined for any others: the same list is never two versions. */
function parseList(members: JsonObject): HeldList | undefined {
  const list = splitList(joined(members).split(' '));
  const names = Object.keys(members);
  const isSame = names.length === Object.keys(list).length;
  return isSame && Object.entries(list).every(([name, part]) => members[name] === part) ? list : undefined;
}

/** The members of a version that hold these CIDRs: as many in each as fit; an empty list is an empty `cidrs`. */
export function splitList(cidrs: readonly string[]): HeldList {
  const [first = '', ...others] = cidrs;
  const parts = [first];
  for (const cidr of others) {
    const longer = `${parts.at(-1)} ${cidr}`;
    if (longer.length <= longestMember) parts[parts.length - 1] = longer;
    else parts.push(cidr);
  }
  return Object.fromEntries(parts.map((part, index) => [memberName(index), part]));
}

/** The lines of cidrs.txt that the version holds, joined by spaces; empty also where it holds none. */
export function heldList({ syncToken, createDate, digest, selection, ...list }: Version): string {
  return joined(list);
}

function joined(list: JsonObject): string {
  return Object.keys(list)
    .map((_, index) => list[memberName(index)])
    .join(' ');
}

function memberName(index: number): string {
  return index === 0 ? 'cidrs' : `cidrs_${index + 1}`;
}

/** The version that `in` was asked for. Throws a UserError when it has another shape. */
export function requireVersion(value: unknown): Version {
  const version = parseVersion(value);
  if (version !== undefined) return version;
  throw new UserError(
    'version must be an object of the strings syncToken, createDate and digest, with or without selection and the list ' +
      `(cidrs, cidrs_2, ...), as check returned it, not ${show(value)}`,
  );
}

/** Whether the version holds its list. */
export function holdsList(version: Version): boolean {
  return 'cidrs' in version;
}

/**
 * The version that counts after a check. A published version that is not newer, be it the same or an older one from a
 * stale edge, leaves the given one. With `cidrs` so does a newer one that selects the same list; one that selects another
 * list is a new version by its token, even if the same list was a version before: a list that comes back counts.
 * Whether the versions hold their lists makes no difference, so that an update of the image is no new version.
 */
export function nextVersion(given: Version | undefined, published: Version, versionOn: VersionOn): Version {
  if (given === undefined) return published;
  if (!isNewer(published.syncToken, given.syncToken)) return given;
  return versionOn === 'cidrs' && published.digest === given.digest ? given : published;
}

/**
 * What check returns: "the current version and all that came after it", as Concourse's contract has it, where the given one is
 * "still valid" (https://concourse-ci.org/implementing-resource-types.html). A version that holds its list can be served for
 * ever; one without it only as long as AWS serves its token.
 */
export function versionsSince(
  given: Version | undefined,
  published: Version,
  versionOn: VersionOn,
): [Version] | [Version, Version] {
  const next = nextVersion(given, published, versionOn);
  return given !== undefined && next !== given && holdsList(given) ? [given, next] : [next];
}
