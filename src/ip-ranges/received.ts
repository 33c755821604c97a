// A document that the network brought: one that is not AWS's is a failed attempt.
import { type Document, DocumentError, parseDocument } from './document.ts';
import { Failure } from './http/failure.ts';

/** Parses a received document. Throws a transient Failure for anything else: the next attempt may bring it whole. */
export function receiveDocument(body: Buffer): Document {
  try {
    return parseDocument(body);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new Failure(`what it serves is not a usable ip-ranges.json: ${error.message}`, {
      isTransient: true,
    });
  }
}
