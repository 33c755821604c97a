// AWS's place: a server on loopback that has one document at a time and serves ranges of it, as AWS does.
import { once } from 'node:events';
import { createServer } from 'node:http';
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

/** Opens the server on a free port of 127.0.0.1. */
export async function openPublisher(): Promise<Publisher> {
  let document = Buffer.alloc(0);
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined || Number(first) >= document.length) {
      response.writeHead(200, { 'content-length': document.length }).end(document);
      return;
    }
    const part = document.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${document.length}`;
    response.writeHead(206, { 'content-length': part.length, 'content-range': range }).end(part);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/ip-ranges.json`,
    publish: (next) => {
      document = Buffer.from(next);
    },
    requests: () => requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
