// A document that the network brought: one that is not AWS's is a failed attempt.
import { isFromFuture } from '../version.ts';
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

/**
 * The document, unless its token is more than a day ahead of the clock: every publication after it would count as older,
 * for good. `now` is in milliseconds since 1970. Throws a transient Failure, as for any document that is not AWS's.
 */
export function requirePast(document: Document, now: number): Document {
  const { syncToken } = document;
  if (!isFromFuture(syncToken, now)) return document;
  const clock = new Date(now).toISOString().slice(0, 16);
  throw new Failure(
    `what it serves is not a usable ip-ranges.json: its syncToken ${syncToken} is more than a day ahead of this ` +
      `machine's clock (${clock} UTC)`,
    { isTransient: true },
  );
}
