// The bytes of a rules file, read in parts: a run that reads a large file still ends when a signal says so.
import { closeSync, readSync } from 'node:fs';
import { show, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import { largest, openRegularFile } from './regular-file.ts';
import { whatIsThere } from './what-is-there.ts';

/** Bytes that are read at a time, without a promise: node:fs/promises would load Node's readline among others, 5 ms. */
const readSize = 1 << 20;

/** Bytes of a part: the shortest lines, a hundred thousand in it, take less than a tenth of a second. */
const partSize = 1 << 17;

/** An open rules file. */
export interface RulesFile {
  /** Its name, for messages. */
  readonly name: string;
  /** The first bytes, up to 1 MiB. */
  readonly start: Buffer;
  /** All the bytes in parts, the first ones included. Each part is good until the next one is asked for. */
  parts(): AsyncIterable<Buffer>;
}

/** Has `use` read the file. Rejects with a UserError when it cannot be read. */
export async function withRulesFile<T>(
  path: string,
  name: string,
  use: (file: RulesFile) => Promise<T>,
): Promise<T> {
  let descriptor: number;
  try {
    descriptor = openRegularFile(path);
  } catch (error) {
    const there = whatIsThere(path, name, 'their directory');
    throw unreadable(name, error, there);
  }
  try {
    const start = readOn(descriptor, name);
    // 10,000 rules are read at once. More of them run long enough to be worth optimised code.
    if (start.length < readSize) doWithoutTurbofan();
    return await use({ name, start, parts: () => partsOf(descriptor, name, start) });
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Leaves code to Maglev from here on, which compiles quickly and is enough for a fifth of a second; TurboFan's threads would take a
 * quarter of the run's processor time. As in meanwhile.ts no flag of the start.
 */
function doWithoutTurbofan(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-turbofan');
}

async function* partsOf(descriptor: number, name: string, start: Buffer): AsyncIterable<Buffer> {
  let size = 0;
  for (let bytes = start; bytes.length > 0; bytes = readOn(descriptor, name)) {
    size += bytes.length;
    // A file may grow while it is read.
    if (size > largest) throw unreadable(name, new Error(`it has more than ${largest} bytes`));
    for (let from = 0; from < bytes.length; from += partSize) {
      const part = bytes.subarray(from, from + partSize);
      yield part;
      // A signal takes effect here alone. Of a file of one part nothing more is to come.
      if (part.length === partSize) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function readOn(descriptor: number, name: string): Buffer {
  try {
    const buffer = Buffer.allocUnsafe(readSize);
    return buffer.subarray(0, readSync(descriptor, buffer));
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** `there` is what stands where the file should. */
function unreadable(name: string, error: unknown, there?: string): UserError {
  return new UserError(
    `params.rules is ${show(name)}, which cannot be read: ${fileFault(error)}; ` +
      `name a file below the build's sources${there === undefined ? '' : ` (${there})`}`,
  );
}
