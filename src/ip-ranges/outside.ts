// What reaches outside, as the three commands get it: handed in, so that a test can hand in something else.
import type { Log } from '../concourse/log.ts';
import type { Access, Source } from '../config/source.ts';
import type { History } from './history.ts';
import type { Memory } from './memory.ts';
import type { Published } from './published.ts';

/** Documents by the way they are reached. */
export interface Documents {
  readonly published: Published;
  /** Where `history_url` leads, if it is set. */
  readonly history: History | undefined;
}

export interface Outside {
  readonly log: Log;
  /** Milliseconds since 1970. */
  now(): number;
  /** Opens what AWS publishes and what superseded it; the budget of `timeout` starts here. */
  openDocuments(access: Access): Promise<Documents>;
  openMemory(source: Source): Memory;
}
