// A body that is small on the wire and huge when it is decoded.
import { createGzip } from 'node:zlib';
import type { Handler } from './server.ts';

/** A gigabyte of one character, compressed to a megabyte; with a content-encoding or as a file that is gzip itself. */
export function bomb(filling: string, headers: Readonly<Record<string, string>> = {}): Handler {
  const chunk = Buffer.alloc(2 ** 20, filling);
  return (_request, response) => {
    response.writeHead(200, headers);
    const gzip = createGzip({ level: 1 });
    gzip.pipe(response);
    gzip.on('error', () => undefined);
    response.on('close', () => gzip.destroy());
    let left = 1024;
    const fill = () => {
      while (left > 0 && !gzip.destroyed) {
        left--;
        if (!gzip.write(chunk)) return;
      }
      if (!gzip.destroyed) gzip.end();
    };
    gzip.on('drain', fill);
    fill();
  };
}
