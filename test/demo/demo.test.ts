// npm run demo: what it shows is what the executables do.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { openResource } from '../../demo/resource.ts';
import { openPublisher } from '../../demo/server.ts';
import { tellStory } from '../../demo/story.ts';
import { openTerminal } from '../../demo/terminal.ts';
import { executable } from '../helpers/executables.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Runs demo/demo.ts as `npm run demo` does, with a temporary directory of its own. */
function runDemo(directory: string, ...args: string[]) {
  const env = { PATH: process.env['PATH'], TMPDIR: directory };
  return spawnSync(process.execPath, ['--import=tsx', 'demo/demo.ts', ...args], {
    env,
    encoding: 'utf8',
  });
}

/** Tells the story with the executables of a folder. */
async function story(t: ExecutionContext, folder: string): Promise<string> {
  const publisher = await openPublisher();
  t.teardown(() => publisher.close());
  const directory = temporaryDirectory(t);
  const resource = openResource(folder, { PATH: process.env['PATH'], TMPDIR: directory });
  let output = '';
  const terminal = openTerminal(false, (text) => {
    output += text;
  });
  await tellStory({ resource, publisher, directory, terminal });
  return output;
}

test('the demo shows the incident, what the guard says about it, and what comes next, on one screen', (t) => {
  const directory = temporaryDirectory(t);
  const { status, stdout, stderr } = runDemo(directory);
  t.is(stderr, '');
  t.is(status, 0);
  t.is(stdout, stripVTControlCharacters(stdout), 'colour although stdout is no terminal');
  const lines = stdout.split('\n');
  t.true(lines.length <= 24, 'with the prompt a terminal of 24 lines shows all of it');
  t.deepEqual(
    lines.filter((line) => line.length > 78),
    [],
  );
  t.deepEqual(readdirSync(directory), [], 'something was left behind');

  // Lines of the executables may be broken to fit.
  const joined = stdout.replace(/\s+/g, ' ');
  for (const part of [
    /1 check .* syncToken 1724938990, created 2024-08-29-13-43-10 2 in /,
    /15\.200\.28\.240\/28 15\.200\.176\.128\/28 108\.175\.48\.0\/22 108\.175\.56\.0\/22 136\.18\.0\.0\/23 3 out /,
    /error: .* leaves out 3 of 5 published CIDRs for tcp 443 .* 108\.175\.56\.0\/22 .* exit 1: never deployed 4 out /,
    /exit 0: deployed 5 check .* version_on: syncToken starts 5 builds, version_on: cidrs 1 6 in /,
    /the same 5 ranges, without a request to AWS The guard stopped .* left out 3 of 5 published ranges\. Next: /,
  ]) {
    t.regex(joined, part);
  }
});

test('two demos beside each other do not disturb each other', async (t) => {
  const folder = dirname(executable('check'));
  const [one, other] = await Promise.all([story(t, folder), story(t, folder)]);
  t.is(one, other);
});

test('--help says what the demo shows, and an argument that it does not know is an error', (t) => {
  const help = runDemo(temporaryDirectory(t), '--help');
  t.is(help.status, 0);
  t.regex(help.stdout, /^npm run demo\n\nRuns the built check, in and out /);
  const unknown = runDemo(temporaryDirectory(t), '--life');
  t.is(unknown.status, 1);
  t.is(unknown.stdout, '');
  t.is(unknown.stderr, 'demo: unknown arguments: --life; there is --help\n');
});

const broken: readonly (readonly [name: string, does: string, script: string, complaint: RegExp])[] = [
  [
    'out',
    'passes every rule',
    `echo '{"version":{},"metadata":[]}'`,
    /^the guard let rules with two of five ranges pass \(exit code 0\)$/,
  ],
  [
    'out',
    'fails without naming what is missing',
    'echo "something is missing" >&2; exit 1',
    /^the guard failed without naming 15\.200\.28\.240\/28: something is missing/,
  ],
  [
    'check',
    'finds nothing new',
    `echo '[{"syncToken":"1724884996","createDate":"2024-08-28-22-43-16","digest":"sha256:0"}]'`,
    /^check found \{"syncToken":"1724884996".*\}, not syncToken 1724938990$/,
  ],
  [
    'check',
    'skips nothing',
    `sed s/cidrs/syncToken/ <"$0.request" | "$0.own"`,
    /^version_on: cidrs made 5 versions, and the list changed once$/,
  ],
  [
    'in',
    'fails',
    'echo "error: no such version" >&2; exit 1',
    /^in ended with exit code 1: error: no such version\n$/,
  ],
];

for (const [name, does, script, complaint] of broken) {
  test(`the demo fails with a message when ${name} ${does}`, async (t) => {
    const folder = join(temporaryDirectory(t), 'dist');
    cpSync(dirname(executable('check')), folder, { recursive: true });
    cpSync(executable(name), join(folder, `${name}.own`));
    writeFileSync(join(folder, name), `#!/bin/sh\ncat > "$0.request"\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    await t.throwsAsync(story(t, folder), { name: 'DemoFailure', message: complaint });
  });
}

test('the demo says how to get the executables when they are missing', async (t) => {
  await t.throwsAsync(story(t, join(temporaryDirectory(t), 'nowhere')), {
    message: /cannot be run .*ENOENT.*npm run build makes it$/,
  });
});

test('a line that is too long is broken at spaces, its indent kept, and colour does not count', (t) => {
  let output = '';
  const terminal = openTerminal(true, (text) => {
    output += text;
  });
  terminal.print(`  ${'word '.repeat(20).trim()}`, terminal.tone('red', 'x'.repeat(75)), '');
  t.deepEqual(stripVTControlCharacters(output).split('\n'), [
    `     ${'word '.repeat(14).trim()}`,
    `       ${'word '.repeat(6).trim()}`,
    `   ${'x'.repeat(75)}`,
    '',
    '',
  ]);
});
