// The real outside: the network, the clock, the temporary directory.
import type { Call } from '../concourse/run.ts';
import { openHistory } from '../ip-ranges/history.ts';
import { openHttpClient } from '../ip-ranges/http/client.ts';
import { openMemory } from '../ip-ranges/memory.ts';
import type { Outside } from '../ip-ranges/outside.ts';
import { openPublished } from '../ip-ranges/published.ts';

/** What reaches outside for one call of an executable. */
export function realOutside({ env, log }: Call): Outside {
  return {
    log,
    now: Date.now,
    openDocuments: (access) => {
      const client = openHttpClient(access, { env, log });
      const { url, historyUrl } = access;
      return {
        published: openPublished(client, url),
        history: historyUrl === undefined ? undefined : openHistory(client, historyUrl),
      };
    },
    openMemory,
  };
}
