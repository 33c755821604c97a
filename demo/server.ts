// AWS's place in the demo: a server on loopback that has one document at a time and serves ranges of it.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Publisher {
  /** Where the document is. */
  readonly url: string;
  /** Replaces the document, as AWS does: there is never more than the newest one. */
  publish(document: Buffer): void;
  /** How many requests it has had. */
  requests(): number;
  close(): Promise<void>;
}

/** Opens the server on a free port of 127.0.0.1. It answers 404 until a document is published. */
export async function openPublisher(): Promise<Publisher> {
  let document: Buffer | undefined;
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    if (document === undefined || request.url !== '/ip-ranges.json') response.writeHead(404).end();
    else serve(document, request.headers.range, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/ip-ranges.json`,
    publish: (next) => {
      document = next;
    },
    requests: () => requests,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** One range `bytes=a-b` or `bytes=a-` is honoured (RFC 9110, 14); any other gets the whole, as the RFC allows. */
function serve(document: Buffer, range: string | undefined, response: ServerResponse): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  const headers = { 'content-type': 'application/json', 'accept-ranges': 'bytes' };
  if (match === null) {
    response.writeHead(200, { ...headers, 'content-length': document.length }).end(document);
    return;
  }
  const first = Number(match[1]);
  const last = Math.min(match[2] ? Number(match[2]) : Infinity, document.length - 1);
  if (first > last) {
    response.writeHead(416, { 'content-range': `bytes */${document.length}` }).end();
    return;
  }
  const part = document.subarray(first, last + 1);
  response
    .writeHead(206, {
      ...headers,
      'content-length': part.length,
      'content-range': `bytes ${first}-${last}/${document.length}`,
    })
    .end(part);
}
