import { availableParallelism } from 'node:os';

// Node from 22.18 on reads TypeScript by itself; before, tsx does it, which takes longer than most files of tests.
const readsTypeScript = process.features.typescript !== undefined && process.features.typescript !== false;

// Named by tools/tests.ts, which has them import the files of unit tests.
const together = process.env['TOGETHER'] === undefined ? [] : ['test/helpers/together/*.ts'];

export default {
  files: ['test/**/*.test.ts', '!test/image', '!test/network', ...together],
  // Some files wait for a while, for a timeout say, and leave a processor to another.
  concurrency: availableParallelism() + 1,
  extensions: { ts: 'module' },
  nodeArguments: readsTypeScript ? [] : ['--import=tsx'],
  timeout: '10m',
  workerThreads: false,
};
