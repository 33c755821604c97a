// Builds dist/check, dist/in and dist/out: one self-contained executable file each.
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = 'dist';

// Node reads a file without extension as CommonJS or as an ES module, depending on the directory that it lies in. With
// `require` from where both find it, and no import or export, the file is the same in either.
const banner = '#!/usr/bin/env node\nvar require = process.getBuiltinModule;';

await rm(outdir, { recursive: true, force: true });
await Promise.all(
  ['check', 'in', 'out'].map(async (name) => {
    const outfile = `${outdir}/${name}`;
    await build({
      entryPoints: [`src/bin/${name}.ts`],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'iife',
      minifySyntax: true,
      minifyWhitespace: true,
      alias: { 'node:http': './tools/no-http.cjs', 'node:http2': './tools/no-http2.cjs' },
      legalComments: 'none',
      logLevel: 'warning',
      banner: { js: banner },
    });
    await chmod(outfile, 0o755);
  }),
);
