// A disk that fails at a chosen operation: Node's own functions, of which one throws what the system would.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Functions that change a disk. */
const operations = [
  'mkdtempSync',
  'mkdirSync',
  'writeFileSync',
  'linkSync',
  'renameSync',
  'chmodSync',
  'chownSync',
  'rmSync',
] as const;

export type Operation = (typeof operations)[number];

/**
 * Runs `work`, which must be synchronous, and has every operation fail for which `fails` is true, given its number from
 * 0 and its name. Returns the operations that were asked for.
 */
export function onFailingDisk(
  fails: (index: number, operation: Operation) => boolean,
  work: () => void,
): Operation[] {
  const asked: Operation[] = [];
  const originals = Object.fromEntries(operations.map((name) => [name, fs[name]]));
  const failing = operations.map((name) => {
    const original = fs[name] as (...args: unknown[]) => unknown;
    const operation = (...args: unknown[]) => {
      asked.push(name);
      if (fails(asked.length - 1, name)) throw new Error(`EIO: i/o error, ${name}`);
      return original(...args);
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
