// Reads the archive that `bundle: true` writes. It comes from the network, so nothing in it is believed unseen.
import { extract } from 'tar-stream';
import type { OutputFile } from './output-file.ts';

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
      const { name, size } = entry.header;
      const place = `entry ${files.size + 1}`;
      // tar-stream says null for a type or a size that it cannot read, and waits for ever for a body of such a size.
      const type: string | null = entry.header.type ?? null;
      if (type !== 'file') {
        throw new BundleError(`holds as ${place} something else than a file`);
      }
      if (!Number.isSafeInteger(size)) throw new BundleError(`is damaged: ${place} has no size`);
      if (!/^[A-Za-z0-9_][\w.-]*$/.test(name))
        throw new BundleError(`has a name that leads elsewhere as that of ${place}`);
      if (files.has(name)) throw new BundleError(`has a name twice, the second time in ${place}`);
      if (files.size === mostFiles) throw new BundleError(`holds more than ${mostFiles} files`);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(name, { name, bytes: Buffer.concat(chunks) });
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('is damaged, or only a part of it arrived');
  }
  return files;
}
