// A real HTTP proxy on loopback, for the length of one test: it forwards http, and opens tunnels for https.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Tls } from './server.ts';

export interface ProxyOptions {
  /** The URL of the server that every host is, whatever its name; without it a host is reached as it is named. */
  readonly target?: string;
  /** `user:password` that a client has to give; without it the proxy answers 407. */
  readonly credentials?: string;
  /** Answers every CONNECT in the place of the proxy. */
  readonly onConnect?: (socket: Socket) => void;
  /** Key and certificate of a proxy that is itself reached by TLS. */
  readonly tls?: Tls;
}

export interface TestProxy {
  /** Without credentials. */
  readonly url: string;
  /** The requests that were served, as `GET http://host/path` or `CONNECT host:port`. */
  readonly log: string[];
  /** The headers of every request, served or not. */
  readonly headers: IncomingMessage['headers'][];
}

/** Starts a proxy that the test closes. */
export async function startProxy(t: ExecutionContext, options: ProxyOptions = {}): Promise<TestProxy> {
  const log: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const sockets = new Set<Socket>();
  const isAllowed = (message: IncomingMessage) => {
    headers.push(message.headers);
    const authorization = `Basic ${Buffer.from(options.credentials ?? '').toString('base64')}`;
    if (options.credentials !== undefined && message.headers['proxy-authorization'] !== authorization)
      return false;
    log.push(`${message.method} ${message.url}`);
    return true;
  };
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    if (isAllowed(message)) forward(message, response, options);
    else response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end('no');
  });
  server.on('connect', (message: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isAllowed(message))
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    else if (options.onConnect !== undefined) options.onConnect(socket);
    else tunnel(message, socket, head, options);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http${options.tls === undefined ? '' : 's'}://127.0.0.1:${port}`, log, headers };
}

function forward(message: IncomingMessage, response: ServerResponse, { target }: ProxyOptions): void {
  const { pathname, search } = new URL(message.url ?? '');
  const { hostname, port } = new URL(target ?? message.url ?? '');
  const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = message.headers;
  const onward = request({ hostname, port, path: `${pathname}${search}`, method: message.method, headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  onward.end();
}

function tunnel(message: IncomingMessage, socket: Socket, head: Buffer, { target }: ProxyOptions): void {
  const { hostname, port } = new URL(target ?? `https://${message.url}`);
  const onward = connect(Number(port || 443), hostname, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
  socket.on('error', () => undefined);
  socket.on('close', () => onward.destroy());
  onward.on('close', () => socket.destroy());
}
