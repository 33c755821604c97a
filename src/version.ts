// The hard idea of the resource: which version follows the given one.
import { show, UserError } from './errors.ts';

/** When AWS published a document, in seconds since 1970, as decimal digits. Newer documents have larger tokens. */
export type SyncToken = string & { readonly [syncTokenBrand]: true };
declare const syncTokenBrand: unique symbol;

/** A version as Concourse keeps it: it is identified by its content, so every member tells versions apart. */
export type Version = BareVersion | HeldVersion;

/** A version that names its list by the digest alone: the list is long, or release 1 made the version. */
export interface BareVersion {
  readonly syncToken: SyncToken;
  /** AWS's own form of the publication time; informative. */
  readonly createDate: string;
  /** `sha256:` and the digest of the bytes of cidrs.txt. */
  readonly digest: string;
}

/** A version that holds its list, so that `in` needs nothing else. As it was given, the list is not verified. */
export interface HeldVersion extends BareVersion {
  /** The source's selection in words: a list that was made for another source is not served. */
  readonly selection: string;
  /** The lines of cidrs.txt, joined by spaces. */
  readonly cidrs: string;
}

/** What `version_on` may be. */
export type VersionOn = 'syncToken' | 'cidrs';

/** The token in `text`, or undefined when it is no positive decimal number. */
export function parseSyncToken(text: unknown): SyncToken | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? (text as SyncToken) : undefined;
}

/** Whether `token` was published after `other`. */
export function isNewer(token: SyncToken, other: SyncToken): boolean {
  return Number(token) > Number(other);
}

/** Whether `token` is more than a day ahead of the clock, which is in milliseconds since 1970: AWS cannot have made it. */
export function isFromFuture(token: SyncToken, now: number): boolean {
  return Number(token) * 1000 > now + 24 * 3_600_000;
}

/** The version in a request, or undefined when it has another shape: hand-written, or of another resource. */
export function parseVersion(value: unknown): Version | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as { readonly [name in keyof HeldVersion]?: unknown };
  const { createDate, digest, selection, cidrs } = members;
  const syncToken = parseSyncToken(members.syncToken);
  if (syncToken === undefined || typeof createDate !== 'string') return undefined;
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  const bare = { syncToken, createDate, digest };
  switch (Object.keys(value).length) {
    case 3:
      return bare;
    case 5:
      return typeof selection === 'string' && typeof cidrs === 'string'
        ? { ...bare, selection, cidrs }
        : undefined;
    default:
      return undefined;
  }
}

/** The version that `in` was asked for. Throws a UserError when it has another shape. */
export function requireVersion(value: unknown): Version {
  const version = parseVersion(value);
  if (version !== undefined) return version;
  throw new UserError(
    'version must be an object of the strings syncToken, createDate and digest, with or without selection and cidrs, ' +
      `as check returned it, not ${show(value)}`,
  );
}

/** Whether the version holds its list. */
export function holdsList(version: Version): version is HeldVersion {
  return 'cidrs' in version;
}

/**
 * Decides what check returns. A published version that is not newer, be it the same or an older one from a stale
 * edge, leaves the given one. With `cidrs` so does a newer one that selects the same list; one that selects another
 * list is a new version by its token, even if the same list was a version before: a list that comes back counts.
 * Whether the versions hold their lists makes no difference, so that an update of the image is no new version.
 */
export function nextVersion(given: Version | undefined, published: Version, versionOn: VersionOn): Version {
  if (given === undefined) return published;
  if (!isNewer(published.syncToken, given.syncToken)) return given;
  return versionOn === 'cidrs' && published.digest === given.digest ? given : published;
}
