// A .tar.gz for tests.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** Writes the files to `path`, one at a time, as they come. */
export async function writeArchive(
  path: string,
  files: Iterable<readonly [name: string, bytes: Buffer]>,
): Promise<void> {
  const archive = pack();
  const isWritten = pipeline(archive, createGzip({ level: 1 }), createWriteStream(path));
  for (const [name, bytes] of files) {
    await new Promise<void>((resolve, reject) => {
      archive.entry({ name }, bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
  archive.finalize();
  await isWritten;
}
