// Runs tests: `tsx tools/tests.ts all|unit|e2e [ava's options]`. A test file is e2e when it, or a helper that it imports, can
// start a process; the others run in process alone. So no list of files needs to be kept.
//
// Unit tests run in two processes, whatever file they stand in.
//
// The executables are those of dist/, installed as the image has them: what is tested is what runs there, and it starts in
// three quarters of the time.
//
// They run on the Node of test/node, where there is one for this machine: most of what they take is the start of processes,
// and that Node starts in half the time of Node 20. One test runs the executables on the Node that npm runs on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
// Files that somebody names run as they are.
const isNamed = options.some((option) => option.endsWith('.ts'));
const together = kind !== 'e2e' && !isNamed ? filesOf('unit') : [];
const installed = kind === 'unit' ? undefined : install(join(directory, 'node'));
const files = [
  ...(together.length > 0 ? ['test/helpers/together/*.ts'] : []),
  ...(kind === 'unit' || isNamed ? [] : filesOf('e2e')),
];
const { status } = spawnSync(
  join(directory, 'node'),
  ['node_modules/ava/entrypoints/cli.mjs', ...options, ...files],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      // Seventy processes load the same libraries: V8 compiles them once.
      NODE_COMPILE_CACHE: resolve('node_modules/.cache/compiled'),
      // Those of dist/ start what `env node` finds.
      PATH: [directory, process.env['PATH']].join(delimiter),
      ...(together.length > 0 && { TOGETHER: JSON.stringify(together) }),
      ...(installed === undefined ? { QUICK: '1' } : { INSTALLED: installed }),
    },
  },
);
if (installed !== undefined) rmSync(installed, { recursive: true });
process.exitCode = status ?? 1;

/** Installs what dist/ has in a directory of its own. */
function install(node: string): string {
  // The first line of an executable names its Node, in 255 bytes on Linux, without white space.
  const cache = resolve('node_modules/.cache');
  const isUsable = cache.length < 150 && !/\s/.test(cache);
  if (isUsable) mkdirSync(cache, { recursive: true });
  const target = mkdtempSync(join(isUsable ? cache : tmpdir(), 'installed-'));
  const link = join(target, 'node');
  symlinkSync(node, link);
  const args = ['--import=tsx', 'tools/install.ts', target, link];
  if (spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) {
    throw new Error('the executables of dist/ cannot be installed');
  }
  return target;
}
