// Files of the build's sources: only regular ones of a bearable size, so that no path in params can make a run wait forever.
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';

/** Bytes that a file may have. */
export const largest = 256 * 1024 * 1024;

const part = Buffer.allocUnsafeSlow(1 << 18);

// O_NONBLOCK: if the file is swapped for a FIFO after stat(), open() must not wait for somebody who writes to it.
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** The bytes of a file. Throws an Error whose message says why it is not read. */
export function readRegularFile(path: string): Buffer {
  return withDescriptor(path, (descriptor) => readFileSync(descriptor));
}

/** SHA-256 of a file, in hexadecimal. Throws an Error whose message says why it is not read. */
export function hashRegularFile(path: string): string {
  return withDescriptor(path, (descriptor) => {
    const { createHash } = process.getBuiltinModule('node:crypto');
    const hash = createHash('sha256');
    // Part by part through the same memory, which stays in the processor's cache; new memory for all of it takes longer than hashing.
    let size = 0;
    for (let count = readSync(descriptor, part); count > 0; count = readSync(descriptor, part)) {
      size += count;
      // A file may grow while it is read.
      if (size > largest) throw new Error(`it has more than ${largest} bytes`);
      hash.update(part.subarray(0, count));
    }
    return hash.digest('hex');
  });
}

function withDescriptor<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openRegularFile(path);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a file. Throws an Error whose message says why it is not read. */
export function openRegularFile(path: string): number {
  requireBearable(statSync(path));
  const descriptor = openSync(path, flags);
  try {
    requireBearable(fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function requireBearable(stats: Stats): void {
  if (!stats.isFile()) throw new Error(`it is ${kindOf(stats)}, not a file`);
  if (stats.size > largest) {
    throw new Error(`it has ${stats.size} bytes, more than the ${largest} (256 MiB) that the guard reads`);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
