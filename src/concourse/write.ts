// Writing to stdout and stderr, whatever they are connected to.
import { writeSync } from 'node:fs';

/** What is written to one file descriptor, in its order. */
export interface Output {
  /** Writes, or hands over to be written when the reader is slow. Throws what the system says, such as ENOSPC. */
  write(text: string): void;
  /** Resolves when all is written, and rejects with what the system says otherwise. */
  flushed(): Promise<void>;
}

/**
 * Output to a file descriptor. A closed one is no error: nobody is there to read it. A pipe in non-blocking mode that is
 * full is waited for, by `flushed`: a process that ends before loses what its reader has not taken.
 */
export function outputTo(fd: 1 | 2): Output {
  let pending: Promise<void> | undefined;
  const handOver = (bytes: Buffer) => {
    const stream = fd === 1 ? process.stdout : process.stderr;
    stream.on('error', () => undefined);
    const written = new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => (error && !isClosed(error) ? reject(error) : resolve()));
    });
    const before = pending;
    pending = before === undefined ? written : before.then(() => written);
    // flushed() reports the error; without this, Node would call it unhandled.
    pending.catch(() => undefined);
  };
  return {
    write(text) {
      const bytes = Buffer.from(text);
      // Behind what waits for the reader, or the order would change.
      if (pending !== undefined) return handOver(bytes);
      for (let written = 0; written < bytes.length; ) {
        try {
          written += writeSync(fd, bytes, written);
        } catch (error) {
          if (isClosed(error)) return;
          if (codeOf(error) !== 'EAGAIN') throw error;
          return handOver(bytes.subarray(written));
        }
      }
    },
    flushed: async () => pending,
  };
}

function isClosed(error: unknown): boolean {
  return ['EPIPE', 'EBADF', 'ECONNRESET', 'ERR_STREAM_DESTROYED'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
