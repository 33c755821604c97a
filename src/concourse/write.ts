// Writing to stdout and stderr, whatever they are connected to.
import { writeSync } from 'node:fs';

/**
 * Writes all of `text` to file descriptor 1 or 2. A closed one is no error: nobody is there to read it.
 * Throws what else the system says, such as ENOSPC when the output is a file on a full disk.
 */
export function writeAll(fd: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE' || code === 'EBADF') return;
      if (code !== 'EAGAIN') throw error;
      // A full pipe in non-blocking mode: Node's stream waits for its reader without keeping the processor busy.
      const stream = fd === 1 ? process.stdout : process.stderr;
      stream.on('error', () => undefined);
      stream.write(bytes.subarray(written));
      return;
    }
  }
}
