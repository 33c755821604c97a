// npm run setup, which comes before the demo, the tests and the replay: a Node that is too old is told in one line.
import { spawnSync } from 'node:child_process';
import test from 'ava';

/** What the script does under a Node that says it has this version. */
function setup(version: string) {
  const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('./tools/setup.cjs');`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
}

test('a Node that is too old is told in one line, before anything is installed', (t) => {
  for (const version of ['18.20.4', '20.18.3', '4.0.0']) {
    const { status, stdout, stderr } = setup(version);
    t.is(status, 1);
    t.is(stdout, '');
    t.is(stderr, `error: Node ${version} is too old: 20.19 or later is needed (https://nodejs.org)\n`);
  }
});

test('any later Node will do, and packages that are there are not installed again', (t) => {
  for (const version of ['20.19.0', '22.1.0', '100.0.0']) {
    const { status, stdout, stderr } = setup(version);
    t.deepEqual([status, stdout, stderr], [0, '', ''], version);
  }
});
