// What reaches outside, as the three commands get it: handed in, so that a test can hand in something else.
import type { Log } from './concourse/log.ts';
import type { Access, Source } from './config/source.ts';
import type { Memory } from './ip-ranges/memory.ts';
import type { Published } from './ip-ranges/published.ts';

export interface Outside {
  readonly log: Log;
  /** Milliseconds since 1970. */
  now(): number;
  /** Opens the published document; the budget of `timeout` starts here. */
  openPublished(access: Access): Published;
  openMemory(source: Source): Memory;
}
