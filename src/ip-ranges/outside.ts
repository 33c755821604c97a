// What reaches outside: the network, the clock, the temporary directory. Commands receive it as an argument, so that a test can
// pass something else.
import type { Log } from '../concourse/log.ts';
import type { Call } from '../concourse/run.ts';
import type { Source } from '../config/source.ts';
import type { History } from './history.ts';
import { type Memory, openMemory } from './memory.ts';
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
  openDocuments(source: Source): Promise<Documents>;
  openMemory(source: Source): Memory;
}

/** What reaches outside for one call of an executable, whose network work takes no longer than `longest` milliseconds. */
export function realOutside({ env, log, clock, atEnd }: Call, longest?: number): Outside {
  return {
    log,
    now: clock.now,
    openDocuments: async (source) => {
      // Loaded when it is first needed.
      const { openNetwork } = await import('./network.ts');
      const { documents, close } = openNetwork(source, { env, log, ...clock }, longest);
      atEnd(close);
      return documents;
    },
    // As node:os has it, which few runs need to load.
    openMemory: (source) => openMemory(source, env['TMPDIR'] || env['TMP'] || env['TEMP'] || '/tmp'),
  };
}
