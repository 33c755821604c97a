// The one place where tests get directories.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** A new directory, which is removed when the test ends. */
export function temporaryDirectory(t: Pick<ExecutionContext, 'teardown'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'aws-ip-ranges-test-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
