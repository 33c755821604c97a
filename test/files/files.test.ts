// Files before they are written: the archive of several, and what the file system says, in words.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** The error of work that must fail. */
function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it was done');
}

test('fileFault() says each error of a path in words, without the path', (t) => {
  const directory = temporaryDirectory(t);
  const path = (...names: string[]) => join(directory, ...names);
  writeFileSync(path('file'), '');
  symlinkSync('loop', path('loop'));
  symlinkSync('nowhere', path('link'));
  const faults = [
    ['missing', 'there is no such file or directory'],
    ['link', 'there is no such file or directory'],
    ['file/below', 'a part of its path is a file, not a directory'],
    ['.', 'it is a directory, not a file'],
    ['loop', 'its symbolic links lead in a circle'],
    ['x'.repeat(300), 'its name is too long'],
  ] as const;
  for (const [name, words] of faults) t.is(fileFault(errorOf(() => readFileSync(path(name)))), words);
});

test('fileFault() says that permission is denied', (t) => {
  const directory = join(temporaryDirectory(t), 'closed');
  mkdirSync(directory);
  chmodSync(directory, 0);
  const user = process.geteuid?.() ?? 0;
  // Root may read everything.
  if (user === 0) process.seteuid?.(65534);
  try {
    t.is(fileFault(errorOf(() => readdirSync(directory))), 'permission is denied');
  } finally {
    if (user === 0) process.seteuid?.(user);
  }
});

test("fileFault() keeps Node's description of a code without words, and the message of what no system call threw", (t) => {
  const error = errorOf(() => mkdirSync(temporaryDirectory(t)));
  t.is(fileFault(error), 'file already exists (EEXIST)');
  t.is(fileFault(new Error('it is a FIFO, not a file')), 'it is a FIFO, not a file');
  t.is(fileFault('text'), 'text');
});
