// The server's process: publishes the files of a folder over http and https, and counts what it sends.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { Authority } from './publisher.ts';

const [folder = '.', authority = '{}'] = process.argv.slice(2);
const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(join(folder, name))]));
const sockets = new Set<Socket>();
let sent = 0;

/** Answers as AWS's CDN does: with the whole file, or with the range that was asked for. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const file = files.get(request.url ?? '');
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const first = Number(range?.[1] ?? 0);
  const part = range === null ? file : file.subarray(first, Number(range[2]) + 1);
  response.writeHead(range === null ? 200 : 206, {
    'content-type': 'application/json',
    'content-length': part.length,
    ...(range && { 'content-range': `bytes ${first}-${first + part.length - 1}/${file.length}` }),
  });
  response.end(part);
}

/** On a TLS server these are the connections below TLS: what is counted is what goes over the wire. */
function count(socket: Socket): void {
  sockets.add(socket);
  socket.on('close', () => {
    sent += socket.bytesWritten;
    sockets.delete(socket);
  });
}

async function listen(server: Server): Promise<number> {
  server.on('connection', count);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const { key, cert } = JSON.parse(authority) as Authority;
const ports = {
  http: await listen(createServer(answer)),
  https: await listen(createTlsServer({ key, cert }, answer)),
};
// Every message asks for the bytes that were sent since the last one.
process.on('message', () => {
  const open = [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  process.send?.(sent + open);
  sent = -open;
});
process.on('disconnect', () => process.exit());
process.send?.(ports);
