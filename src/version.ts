// The hard idea of the resource: which version follows the given one.
import { show, UserError } from './errors.ts';

/** When AWS published a document, in seconds since 1970, as decimal digits. Newer documents have larger tokens. */
export type SyncToken = string & { readonly [syncTokenBrand]: true };
declare const syncTokenBrand: unique symbol;

/** A version as Concourse keeps it: it is identified by its content, so every member tells versions apart. */
export interface Version {
  readonly syncToken: SyncToken;
  /** AWS's own form of the publication time; informative. */
  readonly createDate: string;
  /** `sha256:` and the digest of the bytes of cidrs.txt. */
  readonly digest: string;
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

/** The version in a request, or undefined when it has another shape: hand-written, or of another resource. */
export function parseVersion(value: unknown): Version | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return undefined;
  if (!('syncToken' in value && 'createDate' in value && 'digest' in value)) return undefined;
  const { createDate, digest } = value;
  const syncToken = parseSyncToken(value.syncToken);
  if (syncToken === undefined || typeof createDate !== 'string') return undefined;
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  return { syncToken, createDate, digest };
}

/** The version that `in` was asked for. Throws a UserError when it has another shape. */
export function requireVersion(value: unknown): Version {
  const version = parseVersion(value);
  if (version !== undefined) return version;
  throw new UserError(
    `version must be an object of the strings syncToken, createDate and digest as check returned it, not ${show(value)}`,
  );
}

/**
 * Decides what check returns. A published version that is not newer, be it the same or an older one from a stale
 * edge, leaves the given one. With `cidrs` so does a newer one that selects the same list; one that selects another
 * list is a new version by its token, even if the same list was a version before: a list that comes back counts.
 */
export function nextVersion(given: Version | undefined, published: Version, versionOn: VersionOn): Version {
  if (given === undefined) return published;
  if (!isNewer(published.syncToken, given.syncToken)) return given;
  return versionOn === 'cidrs' && published.digest === given.digest ? given : published;
}
