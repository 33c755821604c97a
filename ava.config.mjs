// Node from 22.18 on reads TypeScript by itself; before, tsx does it, which takes longer than most files of tests.
const readsTypeScript = process.features.typescript !== undefined && process.features.typescript !== false;

export default {
  files: ['test/**/*.test.ts', '!test/image', '!test/network'],
  extensions: { ts: 'module' },
  nodeArguments: readsTypeScript ? [] : ['--import=tsx'],
  timeout: '10m',
  workerThreads: false,
};
