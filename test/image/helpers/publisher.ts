// AWS's place: a server on the host's loopback that the containers reach by the host's network.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ExecutionContext } from 'ava';

export interface Publisher {
  readonly url: string;
  /** What was asked for so far: the range, or `whole`. */
  readonly requests: readonly string[];
}

/** Serves a document, ranges of it too, until the test ends; by https with a key and its certificate. */
export async function publish(
  t: ExecutionContext,
  document: Buffer,
  tls?: { key: Buffer; cert: Buffer },
): Promise<Publisher> {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    requests.push(request.headers.range ?? 'whole');
    if (from === undefined || to === undefined) {
      response.end(document);
      return;
    }
    const part = document.subarray(Number(from), Number(to) + 1);
    response.writeHead(206, {
      'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${document.length}`,
    });
    response.end(part);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  return { url: await listen(t, server, tls ? 'https' : 'http'), requests };
}

/** Accepts requests and never answers. `requested` resolves with the first one. */
export async function keepWaiting(
  t: ExecutionContext,
): Promise<{ url: string; requested: Promise<unknown> }> {
  const server = createServer();
  const requested = once(server, 'request');
  return { url: await listen(t, server, 'http'), requested };
}

async function listen(t: ExecutionContext, server: Server, scheme: string): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `${scheme}://127.0.0.1:${address.port}/ip-ranges.json`;
}
