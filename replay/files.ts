// Where a replay's documents come from: a folder, or an archive that is read as a stream.
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { messageOf, show, UserError } from '../src/errors.ts';

/** A file that should be a document, as it is stored. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** How much of the whole has been read with it, 0 to 1. */
  readonly progress: number;
}

/** Bytes that are read or decoded at a time. A document has some megabytes. */
const chunkSize = 2 ** 20;

/** Bytes above which a file is no document; the resource refuses one then, too. */
const sizeLimit = 64 * 2 ** 20;

/**
 * The files named `*.json` or `*.json.gz` of a folder, by name, or of a `.tar.gz` or `.tgz`, in its order. The bytes of
 * one are good until the next is asked for. Rejects with a UserError when the path cannot be read to its end.
 */
export async function* readFiles(path: string): AsyncGenerator<StoredFile> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) yield* readFolder(path);
    else if (/\.(tar\.gz|tgz)$/.test(path)) yield* readArchive(path, stats.size);
    else throw new Error('it is neither a folder nor a .tar.gz');
  } catch (error) {
    throw new UserError(`${show(path)} cannot be read: ${messageOf(error)}`);
  }
}

async function* readFolder(path: string): AsyncGenerator<StoredFile> {
  const names = (await readdir(path)).filter(isDocumentName).sort();
  for (const [index, name] of names.entries()) {
    yield { name, bytes: await readFile(join(path, name)), progress: (index + 1) / names.length };
  }
}

async function* readArchive(path: string, size: number): AsyncGenerator<StoredFile> {
  const file = createReadStream(path, { highWaterMark: chunkSize });
  const entries = extract();
  const isRead = pipeline(file, createGunzip({ chunkSize }), entries);
  // A failure ends the iteration too, which tells it.
  isRead.catch(() => undefined);
  // One for all files: buffers of their own would pile up until they are collected.
  let buffer = Buffer.alloc(0);
  for await (const entry of entries) {
    const { name, type, size: length = 0 } = entry.header;
    if (type === 'file' && length <= sizeLimit && isDocumentName(basename(name))) {
      if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(length);
      const bytes = buffer.subarray(0, length);
      await fill(bytes, entry);
      yield { name, bytes, progress: file.bytesRead / size };
    } else {
      entry.resume();
    }
  }
  await isRead;
}

async function fill(bytes: Buffer, entry: AsyncIterable<unknown>): Promise<void> {
  let filled = 0;
  for await (const chunk of entry) filled += (chunk as Buffer).copy(bytes, filled);
}

/** Hidden files are left out: some systems put one beside each file of an archive. */
function isDocumentName(name: string): boolean {
  return /^[^.].*\.json(\.gz)?$/.test(name);
}
