// Packs files into an archive that is the same, byte for byte, on any machine and day.
import { gzipSync } from 'fflate';
import { pack } from 'tar-stream';
import type { OutputFile } from './output-file.ts';

/** The last second that tar-stream can write as a time. */
const latest = 2 ** 31 - 1;

/** A tar archive of the files in the given order. `mtime`, in seconds since 1970, is the time of every entry, until 2038. */
export async function packTar(files: readonly OutputFile[], mtime: number): Promise<Buffer> {
  const archive = pack();
  const time = new Date(Math.min(mtime, latest) * 1000);
  for (const { name, bytes } of files) {
    archive.entry({ name, mode: 0o644, uid: 0, gid: 0, mtime: time }, bytes);
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** A tar archive as .tgz. The compression is fflate's, in JavaScript: zlib's output depends on its version and on the processor. */
export function compressTar(tar: Buffer): Buffer {
  return Buffer.from(gzipSync(tar, { level: 6, mtime: 0 }));
}
