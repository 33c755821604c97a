// The network of one run: what AWS publishes, and what superseded it. Loaded only when a run needs it, since it is most of
// what an executable consists of.
import type { Source } from '../config/source.ts';
import { openHistory } from './history.ts';
import { allowances } from './http/budget.ts';
import { type HttpOutside, openHttpClient } from './http/client.ts';
import type { Documents } from './outside.ts';
import { openPublished } from './published.ts';

/** Both ways to documents, and what drops their connections. */
export interface Network {
  readonly documents: Documents;
  readonly close: () => void;
}

/** Opens both ways to documents; their budgets start now. The network work takes no longer than `longest` milliseconds. */
export function openNetwork(source: Source, outside: HttpOutside, longest?: number): Network {
  verifyCertificates(outside);
  const { url, history_url: historyUrl } = source;
  const start = outside.now();
  const { published, historyAfter } = allowances(source.timeout, {
    hasHistory: historyUrl !== undefined,
    longest,
  });
  const publishedClient = openHttpClient(
    {
      source,
      headers: { key: 'source.headers', values: source.headers },
      allowance: () => published,
    },
    outside,
  );
  const historyClient = openHttpClient(
    {
      source,
      headers: { key: 'source.history_headers', values: source.history_headers },
      allowance: () => historyAfter(outside.now() - start),
    },
    outside,
  );
  return {
    documents: {
      published: openPublished(publishedClient, url, outside.now),
      history: historyUrl === undefined ? undefined : openHistory(historyClient, historyUrl, outside.now),
    },
    close: () => {
      publishedClient.close();
      historyClient.close();
    },
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
