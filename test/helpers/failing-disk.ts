// A disk that fails at a chosen operation: Node's own functions, of which one throws what the system would.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Functions that change a disk. */
const operations = ['writeFileSync', 'renameSync', 'unlinkSync'] as const;

/**
 * Runs `work`, which must be synchronous, and has every operation fail for which `fails` is true, given its number from 0. A file
 * that cannot be written is written to its half. Returns how many operations were asked for.
 */
export function onFailingDisk(fails: (index: number) => boolean, work: () => void): number {
  let asked = 0;
  const originals = Object.fromEntries(operations.map((name) => [name, fs[name]]));
  const failing = operations.map((name) => {
    const original = fs[name] as (...args: unknown[]) => unknown;
    const operation = (...args: unknown[]) => {
      if (!fails(asked++)) return original(...args);
      if (name === 'writeFileSync') original(args[0], String(args[1]).slice(0, 100), args[2]);
      throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO', syscall: name });
    };
    return [name, operation];
  });
  Object.assign(fs, Object.fromEntries(failing));
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  }
  return asked;
}
