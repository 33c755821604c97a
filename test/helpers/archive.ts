// A .tar.gz for tests.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

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
