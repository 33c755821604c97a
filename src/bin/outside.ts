// What a run reaches outside of it: the network, its clock, the temporary directory.
import type { Call } from '../concourse/run.ts';
import { openMemory } from '../ip-ranges/memory.ts';
import type { Outside } from '../ip-ranges/outside.ts';

/** What reaches outside for one call of an executable, whose network work takes no longer than `longest` milliseconds. */
export function realOutside({ env, log, clock, atEnd }: Call, longest?: number): Outside {
  return {
    log,
    now: clock.now,
    openDocuments: async (access) => {
      // Loaded when it is first needed.
      const { openNetwork } = await import('./network.ts');
      const { documents, close } = openNetwork(access, { env, log, ...clock }, longest);
      atEnd(close);
      return documents;
    },
    // As node:os has it, which few runs need to load.
    openMemory: (source) => openMemory(source, env['TMPDIR'] || env['TMP'] || env['TEMP'] || '/tmp'),
  };
}
