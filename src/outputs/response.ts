// What Concourse gets from `in` and `out` on stdout.
import type { Version } from '../version.ts';
import type { Metadatum } from './metadata.ts';

export interface Response {
  readonly version: Version;
  readonly metadata: readonly Metadatum[];
}
