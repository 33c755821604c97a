// A file that changes while it is read: what is judged is one file of a bearable size, whatever takes its place meanwhile.
import { execFileSync } from 'node:child_process';
import fs, { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sha256 } from '../../src/files/sha256.ts';
import { hashRegularFile, largest, openRegularFile, readRegularFile } from '../../src/guard/regular-file.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Runs `work`, which must be synchronous, with Node's own functions, and `change` right before one of them is first called. */
function changedBefore<T>(
  name: 'openSync' | 'readSync' | 'readFileSync',
  change: () => void,
  work: () => T,
): T {
  const original = fs[name] as (...args: unknown[]) => unknown;
  let isChanged = false;
  const restore = () => {
    Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  };
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      const isFirst = !isChanged;
      // The change may call the same function.
      isChanged = true;
      if (isFirst) change();
      return original(...args);
    },
  });
  syncBuiltinESMExports();
  try {
    return work();
  } finally {
    restore();
  }
}

function setUp(t: ExecutionContext) {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'file');
  writeFileSync(path, 'before');
  return { path, other: join(directory, 'other') };
}

const readers = { hashRegularFile, readRegularFile, openRegularFile };

for (const [name, read] of Object.entries(readers)) {
  test(`${name}() refuses what takes the place of a file after a first look at it, without waiting for it`, (t) => {
    const { path, other } = setUp(t);
    const exchange = (make: () => void) => () => {
      rmSync(path);
      make();
    };
    const changes = [
      [exchange(() => execFileSync('mkfifo', [path])), 'it is a FIFO, not a file'],
      [exchange(() => fs.mkdirSync(path)), 'it is a directory, not a file'],
      [
        () => truncateSync(path, largest + 1),
        `it has ${largest + 1} bytes, more than the ${largest} (256 MiB) that the guard reads`,
      ],
    ] as const;
    for (const [change, message] of changes) {
      t.throws(() => changedBefore('openSync', change, () => read(path)), { message });
      rmSync(path, { recursive: true });
      writeFileSync(other, 'before');
      renameSync(other, path);
    }
  });
}

test('hashRegularFile() refuses a file that grows beyond the limit while it is hashed', (t) => {
  const { path } = setUp(t);
  const grow = () => truncateSync(path, largest + 1);
  t.throws(() => changedBefore('readSync', grow, () => hashRegularFile(path)), {
    message: `it has more than ${largest} bytes`,
  });
});

test('hashRegularFile() and readRegularFile() read one file to its end, though another one takes its name meanwhile', (t) => {
  const exchange = ({ path, other }: ReturnType<typeof setUp>) => {
    writeFileSync(other, 'after');
    renameSync(other, path);
  };
  const hashed = setUp(t);
  t.is(
    changedBefore(
      'readSync',
      () => exchange(hashed),
      () => hashRegularFile(hashed.path),
    ),
    sha256('before'),
  );
  t.is(hashRegularFile(hashed.path), sha256('after'));
  const whole = setUp(t);
  const bytes = changedBefore(
    'readFileSync',
    () => exchange(whole),
    () => readRegularFile(whole.path),
  );
  t.is(bytes.toString(), 'before');
});
