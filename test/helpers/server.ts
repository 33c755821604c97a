// A real HTTP server on loopback that publishes a document, for the length of one test.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ExecutionContext } from 'ava';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer {
  readonly url: string;
  /** The requests so far, as `GET bytes=0-255` or `GET`. */
  readonly requests: string[];
  /** Bytes that all connections have sent. */
  bytesSent(): number;
  /** Puts another handler in the place of the present one. */
  serve(handler: Handler): void;
}

/** Starts a server that the test closes; one with TLS when it has a key and a certificate. */
export async function startServer(
  t: ExecutionContext,
  handler: Handler,
  tls?: { readonly key: string; readonly cert: string },
): Promise<TestServer> {
  let current = handler;
  const requests: string[] = [];
  const listener: Handler = (request, response) => {
    requests.push([request.method, request.headers.range].filter(Boolean).join(' '));
    current(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const bytesSent = countBytes(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const serve = (next: Handler) => {
    current = next;
  };
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${port}/ip-ranges.json`, requests, bytesSent, serve };
}

/** Serves bytes as AWS's CDN does: whole, or the range that was asked for. */
export function documentHandler(document: string | Buffer): Handler {
  const bytes = Buffer.from(document);
  return (request, response) => {
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (match === null) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      response.end(bytes);
      return;
    }
    const first = Number(match[1]);
    const part = bytes.subarray(first, Number(match[2]) + 1);
    response.writeHead(206, {
      'content-type': 'application/json',
      'content-length': part.length,
      'content-range': `bytes ${first}-${first + part.length - 1}/${bytes.length}`,
    });
    response.end(part);
  };
}

/** Serves bytes whole, whatever range was asked for, and no faster than they are read. */
export function rangelessHandler(document: string | Buffer): Handler {
  const bytes = Buffer.from(document);
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const parts = function* () {
      for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
    };
    Readable.from(parts(), { objectMode: false }).pipe(response);
  };
}

function countBytes(server: Pick<Server, 'on'>): () => number {
  const sockets: { bytesWritten: number }[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  return () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
}
