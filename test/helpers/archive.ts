// A .tar.gz for tests, and what `bundle: true` makes.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { compressTar, packTar } from '../../src/files/bundle.ts';
import type { OutputFile } from '../../src/files/output-file.ts';

/** Writes the files to `path`, one at a time, as they come. With level 0 they are not compressed. */
export async function writeArchive(
  path: string,
  files: Iterable<readonly [name: string, bytes: Buffer]>,
  level = 1,
): Promise<void> {
  const archive = pack();
  const isWritten = pipeline(archive, createGzip({ level }), createWriteStream(path));
  for (const [name, bytes] of files) {
    await new Promise<void>((resolve, reject) => {
      archive.entry({ name }, bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
  archive.finalize();
  await isWritten;
}

/** A bundle of the files, as `in` makes it. */
export async function packBundle(files: readonly OutputFile[], mtime: number): Promise<Buffer> {
  return compressTar(await packTar(files, mtime));
}
