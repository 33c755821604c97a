// A document that the network brought: one that is not AWS's is a failed attempt.
import { isFromFuture } from '../version.ts';
import { type Document, DocumentError, parseDocument } from './document.ts';
import { Failure } from './http/failure.ts';

/**
 * What is parsed in a millisecond of a document that is not laid out as AWS's is. A processor that has other work to do takes
 * so long; one that has none, a quarter of it.
 */
const bytesPerMillisecond = 16 * 2 ** 10;

/**
 * Parses a received document, in `milliseconds`. Throws a transient Failure for anything else: the next attempt may bring it
 * whole.
 */
export function receiveDocument(body: Buffer, milliseconds: number): Document {
  try {
    return parseDocument(body, milliseconds * bytesPerMillisecond);
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
