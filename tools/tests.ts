// Runs the tests of one kind: `tsx tools/tests.ts unit|e2e [ava's options]`. A test file is e2e when it, or a helper that it
// imports, can start a process; the others run in process alone. So no list of files needs to be kept.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const startsProcesses = /from 'node:child_process'/;
const known = new Map<string, boolean>();

/** Whether a module or one of those in test/ that it imports for more than types can start a process. */
function isEndToEnd(path: string): boolean {
  const answer = known.get(path);
  if (answer !== undefined) return answer;
  // For modules that import each other.
  known.set(path, false);
  const text = readFileSync(path, 'utf8');
  const helpers = [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']*)'/gm)]
    .map(([, target = '']) => join(dirname(path), target))
    .filter((target) => target.startsWith('test/'));
  const result = startsProcesses.test(text) || helpers.some(isEndToEnd);
  known.set(path, result);
  return result;
}

const [kind, ...options] = process.argv.slice(2);
if (kind !== 'unit' && kind !== 'e2e') throw new Error('usage: tsx tools/tests.ts unit|e2e [options of ava]');
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !/^(?:image|network)\//.test(name))
  .map((name) => join('test', name))
  .filter((path) => isEndToEnd(path) === (kind === 'e2e'))
  .sort();
const { status } = spawnSync('ava', [...options, ...files], {
  stdio: 'inherit',
  env: { ...process.env, ...(kind === 'unit' && { QUICK: '1' }) },
});
process.exitCode = status ?? 1;
