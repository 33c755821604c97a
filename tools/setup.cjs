// Before the tests, the demo, the replay and the benchmark: says when this Node is too old, and installs the packages where
// the lock is newer than they are. It needs no package, and no syntax that an old Node does not know.
const { execSync } = require('node:child_process');
const { existsSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const [major, minor] = process.versions.node.split('.').map(Number);
const [, neededMajor, neededMinor] = /(\d+)\.(\d+)/.exec(require('../package.json').engines.node).map(Number);
if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  console.error(
    `error: Node ${process.versions.node} is too old: ${neededMajor}.${neededMinor} or later is needed (https://nodejs.org)`,
  );
  process.exit(1);
}

const installed = join(root, 'node_modules/.package-lock.json');
const lock = join(root, 'package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('installing the packages that this needs, once (10 to 20 s)');
  execSync('npm ci --no-audit --no-fund --loglevel=error', {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
