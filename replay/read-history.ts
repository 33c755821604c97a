// Reads every stored file once, whatever the number of sources, and has each source take it.
import type { Criteria } from '../src/config/criteria.ts';
import { UserError } from '../src/errors.ts';
import { DocumentError, parseDocument } from '../src/ip-ranges/document.ts';
import type { Period } from './period.ts';
import { type History, openHistory } from './source-history.ts';
import type { StoredFile } from './stored-files.ts';

/** A file that is no document. */
interface Stranger {
  readonly name: string;
  readonly reason: string;
}

export interface Reading {
  /** A history for each source, in the order of the sources. */
  readonly histories: readonly History[];
  /** Files that were read, strangers included. */
  readonly files: number;
  readonly strangers: readonly Stranger[];
  /** How many documents were published outside the period. */
  readonly outside: number;
  /** Why not all could be read; the histories hold what came before. */
  readonly cut: string | undefined;
}

/** Reads files to their end, or as far as they can be read. `onFile` is called after each. */
export async function readHistory(
  stored: AsyncIterable<StoredFile>,
  sources: readonly Criteria[],
  period: Period,
  onFile: (progress: number, files: number) => void,
): Promise<Reading> {
  const readers = sources.map(openHistory);
  const strangers: Stranger[] = [];
  let files = 0;
  let outside = 0;
  let cut: string | undefined;

  const read = ({ name, content }: StoredFile) => {
    try {
      if ('reason' in content) throw new DocumentError(content.reason);
      if (isOutside(tokenAtStart(content), period)) {
        outside++;
        return;
      }
      const document = parseDocument(content);
      if (isOutside(Number(document.syncToken), period)) outside++;
      else for (const reader of readers) reader.add(document);
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      strangers.push({ name, reason: error.message });
    }
  };
  try {
    for await (const file of stored) {
      read(file);
      onFile(file.progress, ++files);
    }
  } catch (error) {
    if (!(error instanceof UserError) || files === 0) throw error;
    cut = error.message;
  }
  return { histories: readers.map((reader) => reader.history()), files, strangers, outside, cut };
}

/** The token where every document of AWS has it, so that one that is not asked for need not be parsed. */
function tokenAtStart(bytes: Buffer): number | undefined {
  const match = /^\s*\{\s*"syncToken"\s*:\s*"(\d{1,15})"/.exec(bytes.toString('latin1', 0, 200));
  return match === null ? undefined : Number(match[1]);
}

function isOutside(token: number | undefined, { from, to }: Period): boolean {
  return token !== undefined && (token < from || token >= to);
}
