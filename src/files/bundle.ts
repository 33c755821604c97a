// The archive that `bundle: true` writes: packed so that it is the same, byte for byte, on any machine and day. It is read back
// from `history_url`, so each entry is validated.
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'fflate';
import { extract, type Header, pack } from 'tar-stream';
import type { OutputFile } from './output-file.ts';

/** The last second that tar-stream can write as a time. */
const latest = 2 ** 31 - 1;

/**
 * The files in the given order as a .tgz. `mtime`, in seconds since 1970, is the time of every entry, until 2038. The compression
 * is fflate's, in JavaScript: zlib's output depends on its version and on the processor.
 */
export async function packBundle(files: readonly OutputFile[], mtime: number): Promise<Buffer> {
  const archive = pack();
  const time = new Date(Math.min(mtime, latest) * 1000);
  for (const { name, bytes } of files) {
    archive.entry({ name, mode: 0o644, uid: 0, gid: 0, mtime: time }, bytes);
  }
  archive.finalize();
  return Buffer.from(gzipSync(await buffer(archive), { level: 6, mtime: 0 }));
}

/** An archive that is not one that this resource wrote. The message completes the sentence "the archive …". */
export class BundleError extends Error {
  override name = 'BundleError';
}

/** Files that no bundle comes near. */
const mostFiles = 100;

/**
 * The files of an uncompressed tar archive. Rejects with a BundleError for a damaged archive, for entries that are not
 * plain files with plain names (links, devices, directories, paths that lead elsewhere), for names that repeat, and for more
 * files than any bundle has.
 */
export async function unpackBundle(tar: Buffer): Promise<Map<string, OutputFile>> {
  const files = new Map<string, OutputFile>();
  const archive = extract();
  archive.end(tar);
  try {
    for await (const entry of archive) {
      const { name } = entry.header;
      const place = `entry ${files.size + 1}`;
      requirePlainFile(entry.header, place);
      if (files.has(name)) throw new BundleError(`has a name twice, the second time in ${place}`);
      if (files.size === mostFiles) throw new BundleError(`holds more than ${mostFiles} files`);
      files.set(name, { name, bytes: await buffer(entry) });
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('is damaged, or only a part of it arrived');
  }
  return files;
}

/** tar-stream says null for a type or a size that it cannot read, and waits for ever for a body of such a size. */
function requirePlainFile({ name, size, ...header }: Header, place: string): void {
  const type: string | null = header.type ?? null;
  if (type !== 'file') throw new BundleError(`holds as ${place} something else than a file`);
  if (!Number.isSafeInteger(size)) throw new BundleError(`is damaged: ${place} has no size`);
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(name)) {
    throw new BundleError(`has a name that leads elsewhere as that of ${place}`);
  }
}
