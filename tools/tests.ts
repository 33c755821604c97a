// Runs tests: `tsx tools/tests.ts all|unit|e2e [ava's options]`. A test file is e2e when it, or a helper that it imports, can
// start a process; the others run in process alone. So no list of files needs to be kept.
//
// They run on the Node of test/node, where there is one for this machine: most of what they take is the start of processes,
// and that Node starts in half the time of Node 20. One test runs the executables on the Node that npm runs on.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

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

function filesOf(kind: 'unit' | 'e2e'): readonly string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !/^(?:image|network|node)\//.test(name))
    .map((name) => join('test', name))
    .filter((path) => isEndToEnd(path) === (kind === 'e2e'))
    .sort();
}

/** The directory of the Node that the tests run on. On musl the package is there and its Node does not start. */
function directoryOfNode(): string {
  const directory = resolve(`test/node/node_modules/node-linux-${process.arch}/bin`);
  const node = join(directory, 'node');
  return existsSync(node) && spawnSync(node, ['-e', '']).status === 0 ? directory : dirname(process.execPath);
}

const [kind, ...options] = process.argv.slice(2);
if (kind !== 'all' && kind !== 'unit' && kind !== 'e2e') {
  throw new Error('usage: tsx tools/tests.ts all|unit|e2e [options of ava]');
}
const directory = directoryOfNode();
const { status } = spawnSync(
  join(directory, 'node'),
  ['node_modules/ava/entrypoints/cli.mjs', ...options, ...(kind === 'all' ? [] : filesOf(kind))],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      // Seventy processes load the same libraries: V8 compiles them once.
      NODE_COMPILE_CACHE: resolve('node_modules/.cache/compiled'),
      // The executables start what `env node` finds.
      PATH: [directory, process.env['PATH']].join(delimiter),
      ...(kind === 'unit' && { QUICK: '1' }),
    },
  },
);
process.exitCode = status ?? 1;
