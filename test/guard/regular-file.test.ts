// A file that changes while it is read: what is judged is one file of a bearable size, whatever takes its place meanwhile.
import { execFileSync } from 'node:child_process';
import fs, { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readRegularFile } from '../../src/guard/regular-file.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Runs `work`, which must be synchronous, with Node's own functions, and `change` right before one of them is first called. */
function changedBefore<T>(name: 'openSync' | 'readFileSync', change: () => void, work: () => T): T {
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

test('readRegularFile() refuses what takes the place of a file after a first look at it, without waiting for it', (t) => {
  const { path, other } = setUp(t);
  const exchange = (make: () => void) => () => {
    rmSync(path);
    make();
  };
  const changes = [
    [exchange(() => execFileSync('mkfifo', [path])), 'it is a FIFO, not a file'],
    [exchange(() => fs.mkdirSync(path)), 'it is a directory, not a file'],
    [
      () => truncateSync(path, 2 ** 26 + 1),
      'it has 67108865 bytes, more than the 67108864 (64 MiB) that the guard reads',
    ],
  ] as const;
  for (const [change, message] of changes) {
    t.throws(() => changedBefore('openSync', change, () => readRegularFile(path)), { message });
    rmSync(path, { recursive: true });
    writeFileSync(other, 'before');
    renameSync(other, path);
  }
});

test('readRegularFile() reads one file to its end, though another one takes its name meanwhile', (t) => {
  const { path, other } = setUp(t);
  const exchange = () => {
    writeFileSync(other, 'after');
    renameSync(other, path);
  };
  t.is(changedBefore('readFileSync', exchange, () => readRegularFile(path)).toString(), 'before');
});
