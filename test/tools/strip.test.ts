// tools/strip.ts: a program without its symbols is the same program.
import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { readingTypeScript } from '../helpers/typescript.ts';

const execute = promisify(execFile);
const strip = (program: string, copy: string) =>
  execute(process.execPath, [...readingTypeScript, 'tools/strip.ts', program, copy]);

test('Node without its symbols runs, hashes and finds its modules', async (t) => {
  const copy = join(temporaryDirectory(t), 'node');
  await strip(process.execPath, copy);
  t.true((await stat(copy)).size <= (await stat(process.execPath)).size);
  const script = 'console.log(process.version, crypto.hash("sha256", ""), typeof tls.connect)';
  const [own, stripped] = await Promise.all(
    [process.execPath, copy].map((node) => execute(node, ['-e', script])),
  );
  t.is(stripped?.stdout, own?.stdout);
});

test('a file that is no program of this kind is refused', async (t) => {
  const directory = temporaryDirectory(t);
  const script = join(directory, 'script');
  await writeFile(script, '#!/bin/sh\n');
  await t.throwsAsync(strip(script, join(directory, 'copy')), { message: /script is no 64-bit ELF file/ });
});
