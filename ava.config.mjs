import { availableParallelism } from 'node:os';

// What only .ci/run can do: it installs a proxy, a web server and what runs an image.
const ofMachine = process.env['WITH_IMAGE'] === undefined ? ['!test/image/**', '!test/network/**'] : [];

if (!process.env['IP_RANGES_CORPUS']) {
  console.error(
    'Tests of real documents are skipped: IP_RANGES_CORPUS names no folder of them (CONTRIBUTING.md).',
  );
}

const takesLong = (file) => /[/](forms|terraform-simulation|nine-years|process|build)\.test\.ts$/.test(file);

export default {
  files: ['test/**/*.test.ts', ...ofMachine],
  // Compiles all of TypeScript to build/, a second at most, and runs the tests there, from this directory.
  typescript: { rewritePaths: { 'test/': 'build/test/' }, compile: 'tsc' },
  nodeArguments: ['--enable-source-maps'],
  // Some tests change what belongs to a process: its file system functions, its memory.
  workerThreads: false,
  timeout: '10m',
  // One more file than there are processors: some tests wait for a connection that stays silent, or for a program.
  concurrency: availableParallelism() + 1,
  // What takes long starts first, or it would run on alone at the end.
  sortTestFiles: (one, other) => Number(takesLong(other)) - Number(takesLong(one)),
};
