// Where a replay's documents come from: a folder, an archive that is read as a stream, or one file.
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { messageOf, show, UserError } from '../src/errors.ts';
import { unpackBundle } from '../src/files/bundle.ts';
import { fileFault } from '../src/files/fault.ts';

/** A file that should be a document, after decoding, or why it cannot be one. */
export interface StoredFile {
  readonly name: string;
  readonly content: Buffer | Unreadable;
  /** How much of the whole has been read with it, 0 to 1. */
  readonly progress: number;
}

/** The reason completes the sentence "the file cannot be read: …". */
interface Unreadable {
  readonly reason: string;
}

/** Bytes that are read or decoded at a time: about a document. */
const chunkSize = 3 * 2 ** 20;

/** Bytes above which a file is no document; a bundle has one of at most 16 MiB, and more files. */
const sizeLimit = 64 * 2 ** 20;

/**
 * The documents at a path. From a folder, in the order of their names, the files `*.json`, `*.json.gz` and the bundles that `in`
 * writes; from a `.tar`, `.tar.gz` or `.tgz` the same, in its order; or one such file. Rejects with a UserError when the path
 * cannot be read to its end; one odd file in it is `Unreadable`.
 */
export async function* readFiles(path: string): AsyncGenerator<StoredFile> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) yield* readFolder(path);
    else if (isDocumentName(basename(path))) yield await load(path, basename(path), 1);
    else if (/\.(tar|tar\.gz|tgz)$/.test(path)) yield* readArchive(path, stats.size);
    else throw new Error('it is no folder, and not named *.json, *.json.gz, *.tar, *.tar.gz or *.tgz');
  } catch (error) {
    throw new UserError(`${show(path)} cannot be read: ${fileFault(error)}`);
  }
}

async function* readFolder(path: string): AsyncGenerator<StoredFile> {
  const names = (await readdir(path)).filter(isDocumentName).sort();
  for (const [index, name] of names.entries()) {
    yield await load(join(path, name), name, (index + 1) / names.length);
  }
}

async function load(path: string, name: string, progress: number): Promise<StoredFile> {
  try {
    // A pipe would be waited for without end.
    if (!(await stat(path)).isFile()) return { name, content: { reason: 'it is no file' }, progress };
    return { name, content: await decode(name, await readFile(path)), progress };
  } catch (error) {
    return { name, content: { reason: fileFault(error) }, progress };
  }
}

async function* readArchive(path: string, size: number): AsyncGenerator<StoredFile> {
  const file = createReadStream(path, { highWaterMark: chunkSize });
  const entries = extract();
  const isRead = path.endsWith('.tar')
    ? pipeline(file, entries)
    : pipeline(file, createGunzip({ chunkSize }), entries);
  // A failure ends the iteration too, and is reported there.
  isRead.catch(() => undefined);
  for await (const entry of entries) {
    const { name, size: length = 0 } = entry.header;
    const type: string | null = entry.header.type ?? null;
    // tar-stream waits without end for the body of an entry whose size it cannot read.
    if (!Number.isSafeInteger(length)) throw new Error(`it is damaged: ${show(name)} has no size`);
    const progress = size === 0 ? 1 : Math.min(1, file.bytesRead / size);
    if (type === 'directory' || !isDocumentName(basename(name))) {
      entry.resume();
    } else if (type !== 'file' || length > sizeLimit) {
      entry.resume();
      const reason =
        type === 'file' ? 'it has more than 64 MiB' : `it is no file, but a ${type ?? 'damaged entry'}`;
      yield { name, content: { reason }, progress };
    } else {
      yield { name, content: await decodeOrReason(name, await buffer(entry)), progress };
    }
  }
  await isRead;
}

/** Hidden files are left out: some systems put one beside each file of an archive. */
function isDocumentName(name: string): boolean {
  return /^[^.].*\.json(\.gz)?$/.test(name) || isBundleName(name);
}

/** A bundle as `in` names it (src/files/bundle.ts). */
function isBundleName(name: string): boolean {
  return /^aws-ip-ranges-\d+\.tgz$/.test(name);
}

async function decodeOrReason(name: string, bytes: Buffer): Promise<Buffer | Unreadable> {
  try {
    return await decode(name, bytes);
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** The document in a stored file. Rejects when it cannot be decompressed, or is a bundle without one. */
async function decode(name: string, stored: Buffer): Promise<Buffer> {
  const bytes = isGzip(stored) ? await decompress(stored) : stored;
  if (!isBundleName(basename(name))) return bytes;
  const document = (await unpackBundle(bytes)).get('ip-ranges.json');
  if (document === undefined) throw new Error('it is a bundle without ip-ranges.json');
  return document.bytes;
}

async function decompress(bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { chunkSize, maxOutputLength: sizeLimit });
  } catch (error) {
    throw new Error(`it cannot be decompressed: ${messageOf(error)}`);
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
