// What AWS publishes now: the token by its first bytes, or the whole document.

import { prepareForDocument } from '../start-up/prepare-for-document.ts';
import { parseSyncToken, type SyncToken } from '../version.ts';
import { type Document, receiveDocument } from './document.ts';
import type { HttpClient } from './http/client.ts';
import type { Reply } from './http/exchange.ts';

/** The published document, read as far as it is needed. */
export interface Published {
  /** The token by a request for the first bytes; undefined when the document does not start with it. */
  syncToken(): Promise<SyncToken | undefined>;
  /** What `use` makes of the whole document. A transient Failure that it throws has the document read again. */
  document<T>(use: (document: Document) => T): Promise<T>;
}

/** Bytes in which AWS's documents have shown their token, and more: it ends at byte 29. */
const startLength = 256;

/** Reads the document at `url`; `now` is the clock, in milliseconds since 1970. The methods reject with a UserError. */
export function openPublished(client: HttpClient, url: URL, now: () => number): Published {
  return {
    syncToken: () =>
      client.get(
        url,
        {
          headers: { range: `bytes=0-${startLength - 1}`, 'accept-encoding': 'identity' },
          statuses: [206, 416],
          // A server that ignores the range sends everything: the first bytes are enough. An answer that is no longer
          // than the range ends by itself, which leaves the connection for the whole document.
          isEnough: (body) => body.length > startLength,
        },
        readStart,
      ),
    document: (use) => {
      const answer = client.get(url, {}, ({ body }) => receiveDocument(body, now(), use));
      // By then the request is under way, and the modules that it takes are loaded.
      setImmediate(prepareForDocument);
      return answer;
    },
  };
}

/** The token in the first bytes of a document, or undefined when it is not the first thing there. */
export function findSyncToken(start: string): SyncToken | undefined {
  const match = /^[ \t\r\n]*\{[ \t\r\n]*"syncToken"[ \t\r\n]*:[ \t\r\n]*"(\d+)"/.exec(start);
  return parseSyncToken(match?.[1]);
}

function readStart({ status, headers, body }: Reply): SyncToken | undefined {
  if (status === 416) return undefined;
  if (status === 206 && !String(headers['content-range'] ?? '').startsWith('bytes 0-')) return undefined;
  return findSyncToken(body.toString('latin1'));
}
