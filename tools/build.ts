// Builds dist/check, dist/in, dist/out and dist/changes, one self-contained executable file each, and dist/THIRD_PARTY_LICENSES.
// What it writes depends on the sources and the packages of the lock alone: not on the day, the place or the user.
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundledPackages, renderNotices } from './notices.ts';
import { digestFile, digestOfSources } from './sources.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

// Node reads a file without extension as CommonJS or as an ES module, depending on the directory that it lies in. With
// `require` from where both find it, and no import or export, the file is the same in either.
const banner = '#!/usr/bin/env node\nvar require = process.getBuiltinModule;';

// Buys 15 ms of the 35 more that a steady check would take: what undici loads at every start and this resource does not use
// gets a file that stands in for it, which says why.
const stubs: readonly (readonly [import: RegExp, stub: string])[] = [
  [/^node:http$/, 'http'],
  [/^node:assert$/, 'assert'],
  [/\/tree(?:\.js)?$/, 'tree'],
  [/\/client-h2\.js$/, 'unused'],
];
const withoutTheUnused: Plugin = {
  name: 'without-the-unused',
  setup: ({ onResolve }) => {
    for (const [filter, stub] of stubs) {
      onResolve({ filter }, ({ importer }) =>
        /[\\/]undici[\\/]/.test(importer)
          ? { path: join(root, `src/start-up/stubs/${stub}.cjs`) }
          : undefined,
      );
    }
  },
};

// Taken first: what is changed while this runs makes the build an old one.
const digest = digestOfSources(root);
// Written aside, then renamed file by file: who runs an executable meanwhile, or builds beside this, meets whole files.
const aside = await mkdtemp(join(root, 'dist-'));
const metafiles = await Promise.all(
  ['check', 'in', 'out', 'changes'].map(async (name) => {
    const outfile = join(aside, name);
    const { metafile } = await build({
      absWorkingDir: root,
      stdin: {
        contents: `import { executable } from './${name}.ts';
          import { runAsProcess } from './process.ts';
          void runAsProcess(executable);`,
        resolveDir: 'src/bin',
        sourcefile: `${name}-as-process.ts`,
        loader: 'ts',
      },
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'iife',
      minifySyntax: true,
      minifyWhitespace: true,
      plugins: [withoutTheUnused],
      legalComments: 'none',
      metafile: true,
      logLevel: 'warning',
      banner: { js: banner },
    });
    await chmod(outfile, 0o755);
    return metafile;
  }),
);
const texts = {
  THIRD_PARTY_LICENSES: await renderNotices(root, bundledPackages(metafiles)),
  [digestFile]: digest,
};
for (const [name, text] of Object.entries(texts)) {
  await writeFile(join(aside, name), text);
  await chmod(join(aside, name), 0o644);
}

const built = await readdir(aside);
await mkdir(dist, { recursive: true });
for (const name of built) await rename(join(aside, name), join(dist, name));
await rm(aside, { recursive: true });
for (const name of await readdir(dist)) {
  if (!built.includes(name)) await rm(join(dist, name), { recursive: true, force: true });
}
