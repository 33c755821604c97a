// The outside of the commands without a network: for tests that drive them through thousands of documents.
import type { Document } from '../../src/ip-ranges/document.ts';
import type { Outside } from '../../src/ip-ranges/outside.ts';

/**
 * An outside in January 2027, in which AWS publishes the document, or fails the test where none is given, and nothing is
 * remembered; what a command says there, and which of it is a note.
 */
export function inMemory(document?: Document): { outside: Outside; said: string[]; notes: string[] } {
  const published = () => {
    if (document === undefined) throw new Error('a document was asked for');
    return document;
  };
  const [said, notes]: [string[], string[]] = [[], []];
  const silent = () => undefined;
  const note = (line: string) => {
    said.push(line);
    notes.push(line);
  };
  const outside: Outside = {
    log: { info: (line) => said.push(line), note, debug: silent, error: silent },
    now: () => 1_800_000_000_000,
    openDocuments: async () => ({
      published: {
        syncToken: async () => published().syncToken,
        document: async (use) => use(published()),
      },
      history: undefined,
    }),
    openMemory: () => ({ recall: silent, remember: silent }),
  };
  return { outside, said, notes };
}
