// A real HTTP server on loopback that answers as a test's script says, for the length of one test.
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ExecutionContext } from 'ava';
import { incident, s3Source } from './documents.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A handler for every request, or one for each in turn, of which the last one has all that follow. */
export type Script = Handler | readonly Handler[];

/** A server's key and certificate, both PEM. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
}

export interface TestServer {
  readonly url: string;
  /** The requests so far, as `GET bytes=0-255` or `GET`. */
  readonly requests: string[];
  /** Puts another script in the place of the present one. */
  serve(script: Script): void;
}

/** Starts a server that the test closes; one with TLS when it has a key and a certificate. */
export async function startServer(t: ExecutionContext, script: Script, tls?: Tls): Promise<TestServer> {
  const requests: string[] = [];
  let handlers: Handler[] = [];
  const serve = (next: Script) => {
    handlers = [next].flat();
  };
  serve(script);
  const listener: Handler = (request, response) => {
    requests.push([request.method, request.headers.range].filter(Boolean).join(' '));
    const [handler] = handlers.length > 1 ? handlers.splice(0, 1) : handlers;
    handler?.(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${port}/ip-ranges.json`, requests, serve };
}

/** A server that publishes a document, that of the incident unless another is given, and the source that leads to it. */
export async function publish(t: ExecutionContext, document = incident, more: object = {}) {
  const server = await startServer(t, documentHandler(document));
  return { ...server, source: s3Source(server.url, more) };
}

/** Answers every request with the same. */
export function send(body: string | Buffer = '', headers: OutgoingHttpHeaders = {}, status = 200): Handler {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

/** Answers every request with a status. */
export function answer(status: number, headers: OutgoingHttpHeaders = {}): Handler {
  return send('nothing here', headers, status);
}

/** Serves bytes as AWS's CDN does: whole, or the range that was asked for. */
export function documentHandler(document: string | Buffer): Handler {
  const bytes = Buffer.from(document);
  return (request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const part = first === undefined ? bytes : bytes.subarray(Number(first), Number(last) + 1);
    response.writeHead(first === undefined ? 200 : 206, {
      'content-type': 'application/json',
      'content-length': part.length,
      ...(first !== undefined && {
        'content-range': `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`,
      }),
    });
    response.end(part);
  };
}

/** A gigabyte of one character as a gzip file of a few megabytes: many members (RFC 1952, 2.2), of which one was compressed. */
export function bomb(filling: string): Buffer {
  const member = gzipSync(Buffer.alloc(2 ** 20, filling), { level: 1 });
  return Buffer.concat(Array<Buffer>(1024).fill(member));
}
