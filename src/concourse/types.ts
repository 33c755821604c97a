// Concourse's protocol as types: what each executable gets on stdin, and what it answers on stdout
// (https://concourse-ci.org/implementing-resource-types.html). What a pipeline wrote is not validated yet: the comments say which
// function validates each member.
import type { Version } from '../version.ts';

/** To check. */
export interface CheckRequest {
  /** `source` of the resource; read by parseSource in config/source.ts. */
  readonly source?: unknown;
  /** The newest version that Concourse has; null or absent before the first. Read by parseVersion in version.ts. */
  readonly version?: unknown;
}

/** From check: the given version while it is still valid, and those that came after it, oldest first. */
export type CheckResponse = Version[];

/** To in, whose $1 is the directory in which it puts what it fetches. */
export interface InRequest {
  readonly source?: unknown;
  /** The version to fetch: one that check returned, or that somebody pinned. Read by requireVersion in version.ts. */
  readonly version?: unknown;
  /** `params` of the get step; read by parseInParams in config/params.ts. */
  readonly params?: unknown;
}

/** To out, whose $1 is the directory of the build's sources: all that earlier steps fetched or made. */
export interface OutRequest {
  readonly source?: unknown;
  /** `params` of the put step; read by parseOutParams in config/params.ts. */
  readonly params?: unknown;
}

/** What stdin holds, whichever executable it is for. */
export type Request = CheckRequest & InRequest & OutRequest;

/** From in, the version that was fetched; from out, the one that the put stands for. */
export interface Response {
  readonly version: Version;
  readonly metadata: readonly Metadatum[];
}

/** A row on the build page, and a variable of the build. */
export interface Metadatum {
  readonly name: string;
  readonly value: string;
}
