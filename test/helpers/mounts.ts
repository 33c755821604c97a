// Small file systems, read-only ones and mount points, where the tests may mount at all: as root of a machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';

/** A test that is skipped where nothing can be mounted. */
export const mountTest: TestFn = canMount() ? anyTest : (anyTest.skip as unknown as TestFn);

/** Mounts a file system in memory on a directory until the test ends. */
export function mountMemory(t: ExecutionContext, directory: string, size = '64k'): void {
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory);
  t.teardown(() => execFileSync('umount', [directory]));
}

/** Mounts a directory on another one until the test ends: the same file system, and still a mount point. */
export function mountDirectory(t: ExecutionContext, from: string, directory: string): void {
  mount('--bind', from, directory);
  t.teardown(() => execFileSync('umount', [directory]));
}

/** Makes a mounted file system read-only. */
export function makeReadOnly(directory: string): void {
  mount('-o', 'remount,ro', directory);
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' });
}

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const directory = mkdtempSync(join(tmpdir(), 'aws-ip-ranges-test-'));
  try {
    mount('-t', 'tmpfs', 'tmpfs', directory);
    execFileSync('umount', [directory]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(directory);
  }
}
