// What reaches outside: the network, the clock, the temporary directory. Commands receive it as an argument, so that a test can
// pass something else.
import type { Log } from '../concourse/log.ts';
import type { Call } from '../concourse/run.ts';
import type { Source } from '../config/source.ts';
import type { SyncToken } from '../version.ts';
import type { Document } from './document.ts';
import { type Memory, openMemory } from './memory.ts';

/** The published document, read as far as it is needed. */
export interface Published {
  /** The token by a request for the first bytes; undefined when the document does not start with it. */
  syncToken(): Promise<SyncToken | undefined>;
  /** What `use` makes of the whole document. A transient Failure that it throws has the document read again. */
  document<T>(use: (document: Document) => T): Promise<T>;
}

/** What `use` makes of the document that is kept for the token. */
export type History = <T>(token: SyncToken, use: (document: Document) => T) => Promise<T>;

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
  /** Opens what AWS publishes and what superseded it; the time of `timeout` starts here. */
  openDocuments(source: Source): Promise<Documents>;
  openMemory(source: Source): Memory;
}

/** What reaches outside for one call of an executable, whose network work takes no longer than `longest` milliseconds. */
export function realOutside(call: Call, longest?: number): Outside {
  const { env, log, clock } = call;
  return {
    log,
    now: clock.now,
    openDocuments: async (source) => {
      // Loaded when it is first needed.
      const { openNetwork } = await import('./network.ts');
      return openNetwork(source, call, longest);
    },
    openMemory: (source) => openMemory(source, env),
  };
}
