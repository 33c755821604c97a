export default {
  files: ['test/**/*.test.ts', '!test/image', '!test/network'],
  // Compiles all of TypeScript to build/, a second at most, and runs the tests there, from this directory.
  typescript: { rewritePaths: { 'test/': 'build/test/' }, compile: 'tsc' },
  nodeArguments: ['--enable-source-maps'],
  // Some tests change what belongs to a process: its file system functions, its memory.
  workerThreads: false,
  timeout: '10m',
};
