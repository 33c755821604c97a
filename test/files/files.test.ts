// Files before they are written: the archive of several, and what the file system says, in words.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { packBundle, unpackBundle } from '../../src/files/bundle.ts';
import { fileFault } from '../../src/files/fault.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { documentWith } from '../helpers/documents.ts';
import { getNewest, readFiles } from '../helpers/executables.ts';
import { runProgram } from '../helpers/program.ts';
import { publish } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const token = '1724938990';
const name = `aws-ip-ranges-${token}.tgz`;

/** What tar prints for these arguments. */
async function tar(t: ExecutionContext, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await runProgram('tar', args, { env: { TZ: 'UTC' } });
  t.is(stderr, '');
  return stdout;
}

test('bundle: true writes all files as an archive, each a plain file of nobody, whether or not they are beside it', async (t) => {
  const { source } = await publish(t);
  const { directory } = await getNewest(t, source, { document: true, bundle: true });
  const rows = (await tar(t, '--numeric-owner', '-tvzf', join(directory, name))).trim().split('\n');
  t.deepEqual(rows.map((row) => row.split(' ').at(-1)).sort(), filesOfGet({ document: true }));
  for (const row of rows) t.regex(row, /^-rw-r--r-- 0\/0 +\d+ 2024-08-29 13:43(:10)? [\w.-]+$/);
  const alone = await getNewest(t, source, { bundle: true });
  t.deepEqual(Object.keys(alone.files).sort(), filesOfGet({ bundle: true }));
  const archive = readFileSync(join(directory, name));
  t.true(readFileSync(join(alone.directory, name)).equals(archive));

  const unpacked = temporaryDirectory(t);
  await tar(t, '-xzf', join(directory, name), '-C', unpacked);
  rmSync(join(directory, name));
  t.deepEqual(readFiles(unpacked), readFiles(directory));
});

test('the same files give the same archive on any machine and day', async (t) => {
  const files = [
    { name: 'cidrs.txt', bytes: Buffer.from('15.200.28.240/28\n'.repeat(500)) },
    { name: 'empty', bytes: Buffer.alloc(0) },
    { name: 'ip-ranges.json', bytes: Buffer.from(documentWith(token)) },
  ];
  const archive = await packBundle(files, Number(token));
  t.is(
    createHash('sha256').update(archive).digest('hex'),
    'fb79bcfe42a91ba8c966c3f6840e82bfa8763b164086e794c782fc4732233f1a',
  );
});

test('an archive of any token is one that tar reads', async (t) => {
  const files = ['cidrs.txt', 'manifest.json'].map((file) => ({ name: file, bytes: Buffer.from('x') }));
  for (const late of [2147483647, 3000000000, 999999999999999]) {
    const path = join(temporaryDirectory(t), 'late.tgz');
    writeFileSync(path, await packBundle(files, late));
    t.is((await tar(t, '-tvzf', path)).match(/ 2038-01-19 03:14/g)?.length, files.length);
    const unpacked = await unpackBundle(gunzipSync(readFileSync(path)));
    t.deepEqual([...unpacked.keys()], ['cidrs.txt', 'manifest.json']);
  }
});

test('fileFault() says an error of a path in words, without the path; what has none keeps those of Node or its own', (t) => {
  const fail = (message: string) => {
    throw new Error(message);
  };
  const directory = temporaryDirectory(t);
  symlinkSync('loop', join(directory, 'loop'));
  for (const [work, words] of [
    [() => readFileSync(join(directory, 'loop')), 'its symbolic links lead in a circle'],
    [() => readFileSync(join(directory, 'x'.repeat(300))), 'its name is too long'],
    [() => mkdirSync(directory), 'file already exists (EEXIST)'],
    [() => fail('it is a FIFO, not a file'), 'it is a FIFO, not a file'],
  ] as const) {
    t.is(fileFault(t.throws(work)), words);
  }
});
