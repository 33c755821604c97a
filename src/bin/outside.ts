// The real outside: the network, the clock, chance, the temporary directory.
import type { Call } from '../concourse/run.ts';
import type { HttpOutside } from '../ip-ranges/http/client.ts';
import { openMemory } from '../ip-ranges/memory.ts';
import type { Outside } from '../ip-ranges/outside.ts';

/** What reaches outside for one call of an executable, whose network work takes no longer than `longest` milliseconds. */
export function realOutside({ env, log }: Call, longest?: number): Outside {
  const outside: HttpOutside = {
    env,
    log,
    now: Date.now,
    // Loaded when it is first needed.
    wait: (milliseconds) => process.getBuiltinModule('node:timers/promises').setTimeout(milliseconds),
    random: Math.random,
  };
  return {
    log,
    now: outside.now,
    openDocuments: async (access) => {
      const { openNetwork } = await import('./network.ts');
      return openNetwork(access, outside, longest);
    },
    openMemory,
  };
}
