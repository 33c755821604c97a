// What dist/ is built from, as one digest: the build leaves it there, and the tests see by it when dist/ is old.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where the build leaves the digest. */
export const digestFile = '.sources';

/**
 * SHA-256 of src, of the build and of the lock: their paths below `root`, and their bytes. Dates say nothing, since git
 * sets them anew.
 */
export function digestOfSources(root: string): string {
  const filesIn = (folder: string, options: { readonly recursive: boolean }) =>
    readdirSync(join(root, folder), { ...options, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const paths = [...filesIn('src', { recursive: true }), ...filesIn('tools', { recursive: false })];
  const hash = createHash('sha256');
  for (const path of [...paths, 'package-lock.json'].sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Throws unless `dist/` was built from what is there now: new code in process and old executables would mix. */
export function requireFresh(root: string): void {
  const path = join(root, 'dist', digestFile);
  if (existsSync(path) && readFileSync(path, 'utf8') === digestOfSources(root)) return;
  throw new Error('dist/ was not built from the sources as they are now: run `npm run build`');
}
