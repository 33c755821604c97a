// The real outside: the network, the clock, the temporary directory.
import type { Call } from '../concourse/run.ts';
import { openHttpClient } from '../ip-ranges/http/client.ts';
import { openMemory } from '../ip-ranges/memory.ts';
import { openPublished } from '../ip-ranges/published.ts';
import type { Outside } from '../outside.ts';

/** What reaches outside for one call of an executable. */
export function realOutside({ env, log }: Call): Outside {
  return {
    log,
    now: Date.now,
    openPublished: (access) => openPublished(openHttpClient(access, { env, log }), access.url),
    openMemory,
  };
}
