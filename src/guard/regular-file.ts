// Files of the build's sources: only regular ones of a bearable size, so that no path in params can make a run wait forever.
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';

/** Bytes that a file may have; a plan of thousands of resources has a few MiB. */
const largest = 64 * 1024 * 1024;

// O_NONBLOCK: if the file is swapped for a FIFO after stat(), open() must not wait for somebody who writes to it.
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** The bytes of a file. Throws an Error whose message says why it is not read. */
export function readRegularFile(path: string): Buffer {
  requireRegular(statSync(path));
  const descriptor = openSync(path, flags);
  try {
    requireRegular(fstatSync(descriptor));
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function requireRegular(stats: Stats): void {
  if (!stats.isFile()) throw new Error(`it is ${kindOf(stats)}, not a file`);
  if (stats.size > largest) {
    throw new Error(`it has ${stats.size} bytes, more than the ${largest} (64 MiB) that the guard reads`);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
