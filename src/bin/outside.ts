// The real outside: the network, the clock, chance, the temporary directory.
import type { Call } from '../concourse/run.ts';
import { openHistory } from '../ip-ranges/history.ts';
import { allowances } from '../ip-ranges/http/budget.ts';
import { type HttpOutside, openHttpClient } from '../ip-ranges/http/client.ts';
import { openMemory } from '../ip-ranges/memory.ts';
import type { Outside } from '../ip-ranges/outside.ts';
import { openPublished } from '../ip-ranges/published.ts';

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
    openDocuments: (access) => {
      verifyCertificates(outside);
      const { url, historyUrl } = access;
      const start = outside.now();
      const { published, historyAfter } = allowances(access.timeout, {
        hasHistory: historyUrl !== undefined,
        longest,
      });
      const publishedTerms = {
        access,
        headers: { key: 'source.headers', values: access.headers },
        allowance: () => published,
      };
      const historyTerms = {
        access,
        headers: { key: 'source.history_headers', values: access.historyHeaders },
        allowance: () => historyAfter(outside.now() - start),
      };
      return {
        published: openPublished(openHttpClient(publishedTerms, outside), url),
        history:
          historyUrl === undefined
            ? undefined
            : openHistory(openHttpClient(historyTerms, outside), historyUrl),
      };
    },
    openMemory,
  };
}

/** Nothing turns verification off. Every connection asks for it; without the variable Node does not warn either. */
function verifyCertificates({ env, log }: HttpOutside): void {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  if (env[name] === '0') {
    log.note(
      `the environment variable ${name} is ignored: certificates are verified; source.ca_certs names more CAs`,
    );
  }
  delete process.env[name];
}
