// What Concourse gets from `in` and `out` on stdout.
import { inAscii } from '../errors.ts';
import type { Version } from '../version.ts';
import type { Metadatum } from './metadata.ts';

export interface Response {
  readonly version: Version;
  readonly metadata: readonly Metadatum[];
}

/** The response with metadata in ASCII. A name from a rules file is the only text that can hold anything else. */
export function response(version: Version, metadata: readonly Metadatum[]): Response {
  return { version, metadata: metadata.map(({ name, value }) => ({ name, value: inAscii(value) })) };
}
