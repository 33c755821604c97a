// Writing to stdout and stderr, whatever they are connected to.
import { writeSync } from 'node:fs';

/** What is written to one file descriptor, in its order. */
export interface Output {
  /** Writes, or hands over to be written when the reader is slow. Throws what the system says, such as ENOSPC. */
  write(text: string): void;
  /** Resolves when all is written, or nobody reads it any more. */
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
    // Of a pipe that was open a moment ago: that it is closed now.
    if (pending === undefined) stream.on('error', () => undefined);
    pending = new Promise((resolve) => stream.write(bytes, () => resolve()));
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
  return ['EPIPE', 'EBADF', 'ECONNRESET'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
