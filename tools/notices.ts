// The licences of the packages whose code is in the bundles: what these licences ask to be passed on with the code.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Licences that the image may carry: permissive, and content with their text beside the code. */
const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const separator = `\n${'-'.repeat(80)}\n\n`;

/** A package that must not be in the bundles as it is. The message says what is wrong with it. */
class NoticeError extends Error {
  override name = 'NoticeError';
}

/** Directories of the packages that have at least one byte in any output, relative to the root, sorted by path. */
export function bundledPackages(metafiles: readonly Pick<Metafile, 'outputs'>[]): string[] {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const directories = inputs.flatMap(
    ([path]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(directories)].sort();
}

/**
 * Names, versions and licence texts of the packages in these directories below `root`. Rejects with a NoticeError when
 * a package has no licence text, or states a licence that is not allowed.
 */
export async function renderNotices(root: string, directories: readonly string[]): Promise<string> {
  const notices = await Promise.all(directories.map((directory) => renderNotice(join(root, directory))));
  const head = 'The executables contain code of these packages, each under its own licence.\n';
  return [head, ...notices].join(separator);
}

/** The packages, as `name version`, of a text that renderNotices wrote. */
export function noticedPackages(text: string): string[] {
  const notices = text.split(separator).slice(1);
  return notices.flatMap((notice) => /^(\S+ \S+) \(\S+\)$/m.exec(notice)?.[1] ?? []);
}

async function renderNotice(directory: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(join(directory, 'package.json'), 'utf8'),
  ) as Readonly<Record<string, unknown>>;
  if (typeof license !== 'string' || !allowed.includes(license)) {
    throw new NoticeError(
      `${name} ${version} has the licence ${JSON.stringify(license)}, which is none of ${allowed.join(', ')}; ` +
        'do without the package, or allow its licence in tools/notices.ts',
    );
  }
  const names = (await readdir(directory)).sort();
  const texts = names.filter((file) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(file));
  if (texts.length === 0) {
    throw new NoticeError(
      `${name} ${version} has no file with its licence, ${license}; do without the package`,
    );
  }
  const files = [...texts, ...names.filter((file) => /^notice(?:\.|$)/i.test(file))];
  const contents = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  return `${name} ${version} (${license})\n\n${contents.map((text) => `${text.trim()}\n`).join('\n')}`;
}
