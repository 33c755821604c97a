// The outside of the three commands without a network: for tests that drive them through thousands of documents.
import type { Document } from '../../src/ip-ranges/document.ts';
import type { Outside } from '../../src/ip-ranges/outside.ts';

/** An outside in which AWS publishes what `published` returns, nothing is remembered, and nobody reads the log. */
export function inMemoryOutside(published: () => Document): Outside {
  const silent = () => undefined;
  return {
    log: { info: silent, note: silent, debug: silent, error: silent },
    now: () => Number(published().syncToken) * 1000,
    openDocuments: async () => ({
      published: {
        syncToken: async () => published().syncToken,
        document: async (use) => use(published()),
      },
      history: undefined,
    }),
    openMemory: () => ({ recall: silent, remember: silent }),
  };
}
