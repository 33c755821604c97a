// What the file system says, in words. Each error is one that the system makes.
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { fileFault } from '../../src/files/fault.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

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
