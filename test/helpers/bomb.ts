// A body that is small on the wire and huge when it is decoded.
import { gzipSync } from 'node:zlib';
import type { Handler } from './server.ts';

/** A gigabyte of one character, compressed to a megabyte; with a content-encoding or as a file that is gzip itself. */
export function bomb(filling: string, headers: Readonly<Record<string, string>> = {}): Handler {
  // A gzip file may have several members (RFC 1952, 2.2): one is compressed, and sent again and again.
  const member = gzipSync(Buffer.alloc(2 ** 20, filling), { level: 1 });
  const body = Buffer.concat(Array<Buffer>(1024).fill(member));
  return (_request, response) => response.writeHead(200, headers).end(body);
}
