// npm run demo: what it shows is what the executables do.
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { type ExecutableName, openExecutables, type Run } from '../../demo/executables.ts';
import { showLive } from '../../demo/live.ts';
import { readDocument } from '../../demo/publications.ts';
import { openPublisher, type Publisher } from '../../demo/server.ts';
import { tellStory } from '../../demo/story.ts';
import { openTerminal } from '../../demo/terminal.ts';
import { executable, withoutWaits } from '../helpers/executables.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { readingTypeScript } from '../helpers/typescript.ts';

interface Ending {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs demo/demo.ts as `npm run demo` does, with a temporary directory of its own. */
function runDemo(args: readonly string[], directory: string): Promise<Ending> {
  const env = { PATH: process.env['PATH'], TMPDIR: directory };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...readingTypeScript, 'demo/demo.ts', ...args],
      { env },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

let known: Promise<Ending & { readonly left: readonly string[] }> | undefined;

/** The demo as it is without arguments, run once, and what it left in its temporary directory. */
function wholeDemo(t: ExecutionContext): NonNullable<typeof known> {
  const directory = temporaryDirectory(t);
  known ??= runDemo([], directory).then((ending) => ({ ...ending, left: readdirSync(directory) }));
  return known;
}

async function publisherFor(t: ExecutionContext): Promise<Publisher> {
  const publisher = await openPublisher();
  t.teardown(() => publisher.close());
  return publisher;
}

function builtExecutables(directory: string, env: Record<string, string> = {}): Run {
  const environment = { PATH: process.env['PATH'], TMPDIR: directory, ...env };
  return openExecutables(dirname(executable('check')), environment);
}

/** The same executables, asking another place than AWS. */
function redirected(run: Run, url: string): Run {
  return (name, request, directory) => {
    const { source, ...rest } = request as { source: object };
    return run(name, { ...rest, source: { ...source, url } }, directory);
  };
}

const silent = openTerminal(false, () => undefined);

test('the demo shows the incident, what the guard says about it, and which publications are skipped', async (t) => {
  const { code, stdout, stderr } = await wholeDemo(t);
  t.is(code, 0, stderr);
  t.is(stderr, '');

  // Lines of the executables may be broken to fit.
  const joined = stdout.replace(/\s+/g, ' ');
  t.regex(stdout, /^ +new +2024-08-29 13:43 +syncToken 1724938990 /m);
  t.true(
    joined.includes('15.200.28.240/28 15.200.176.128/28 108.175.48.0/22 108.175.56.0/22 136.18.0.0/23 '),
  );
  t.regex(joined, /error: .* leaves out 3 of 5 published CIDRs for tcp 443 \(.*syncToken 1724938990\)/);
  t.regex(stdout, /^ +missing +108\.175\.56\.0\/22 +us-gov-west-1 +S3$/m);
  t.regex(stdout, /exit 1.*5 of 5 published CIDRs covered.*exit 0/s);

  const verdicts = [...stdout.matchAll(/^ +(\d{4}-\d\d-\d\d \d\d:\d\d) .* {2}(new|skipped) +(.*)$/gm)];
  t.deepEqual(
    verdicts.map(([, published, each, changed]) => [published, each, changed]),
    [
      ['2024-09-02 23:53', 'new', 'skipped'],
      ['2024-09-03 03:43', 'new', 'skipped'],
      ['2024-09-03 05:53', 'new', 'skipped'],
      ['2026-08-21 00:17', 'new', 'new'],
      ['2026-08-21 12:17', 'new', 'skipped'],
    ],
  );
  t.regex(joined, /7 ranges: 1\.178\.30\.0\/24 and 3\.2\.99\.0\/24 are new/);
  t.regex(
    joined,
    / 6 in a plan of 29 August is applied now: .* the same 5 ranges, without a request to AWS /,
  );
  t.true(
    stdout.endsWith('Nine years of S3 in us-gov-west-1: 5,269 builds against 11 (npm run replay)\n'),
    stdout,
  );
});

test('the demo fits 78 columns and 24 lines a step, and leaves nothing behind', async (t) => {
  const { stdout, left } = await wholeDemo(t);
  t.deepEqual(
    stdout.split('\n').filter((line) => line.length > 78),
    [],
  );
  const steps = stdout.trimEnd().split(/^(?=\d {2})/m);
  t.true(steps.length > 5, stdout);
  for (const step of steps) t.true(step.trimEnd().split('\n').length <= 24, step);
  t.is(stdout, stripVTControlCharacters(stdout), 'colour although stdout is no terminal');
  t.deepEqual(
    left.filter((name) => name.startsWith('aws-ip-ranges')),
    [],
  );
});

test('--help says what the demo shows, in as many columns and lines, and runs nothing', async (t) => {
  const { code, stdout, stderr } = await runDemo(['--help'], temporaryDirectory(t));
  t.is(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  t.true(lines.length <= 24 && lines.every((line) => line.length <= 78), stdout);
  for (const word of ['--live', '--help', 'check', 'out stops a build']) t.true(stdout.includes(word), word);
});

test('an argument that the demo does not know ends it with a message', async (t) => {
  const { code, stdout, stderr } = await runDemo(['--life'], temporaryDirectory(t));
  t.is(code, 1);
  t.is(stdout, '');
  t.is(stderr, 'demo: unknown arguments: --life; there are --live and --help\n');
});

const broken: readonly { name: ExecutableName; does: string; script: string; complaint: RegExp }[] = [
  {
    name: 'out',
    does: 'passes every rule',
    script: `echo '{"version":{},"metadata":[]}'`,
    complaint: /^the guard let rules with two of five ranges pass \(exit code 0\)$/,
  },
  {
    name: 'out',
    does: 'fails without naming what is missing',
    script: 'echo "something is missing" >&2; exit 1',
    complaint: /^the guard failed without naming 15\.200\.28\.240\/28: something is missing/,
  },
  {
    name: 'check',
    does: 'finds nothing new',
    script: `echo '[{"syncToken":"1724884996","createDate":"2024-08-28-22-43-16","digest":"sha256:0"}]'`,
    complaint: /^check found \{"syncToken":"1724884996".*\}, not syncToken 1724938990$/,
  },
  {
    name: 'check',
    does: 'writes more than JSON',
    script: 'echo checking; echo []',
    complaint: /^check answered "checking\\n\[\]\\n" on stdout$/,
  },
  {
    name: 'in',
    does: 'fails',
    script: 'echo "error: no such version" >&2; exit 1',
    complaint: /^in ended with exit code 1: no such version$/,
  },
];

for (const { name, does, script, complaint } of broken) {
  test(`the demo fails with a message when ${name} ${does}`, async (t) => {
    const directory = temporaryDirectory(t);
    const folder = join(directory, 'dist');
    cpSync(dirname(executable('check')), folder, { recursive: true });
    writeFileSync(join(folder, name), `#!/bin/sh\ncat > /dev/null\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    const run = openExecutables(folder, { PATH: process.env['PATH'], TMPDIR: directory });
    const stage = { run, publisher: await publisherFor(t), directory, terminal: silent };
    await t.throwsAsync(tellStory(stage), { name: 'DemoFailure', message: complaint });
  });
}

test('the demo fails when version_on: cidrs skips nothing', async (t) => {
  const directory = temporaryDirectory(t);
  const run = builtExecutables(directory);
  const forgetful: Run = (name, request, argument) =>
    run(
      name,
      JSON.parse(JSON.stringify(request).replace('"version_on":"cidrs"', '"version_on":"syncToken"')),
      argument,
    );
  const stage = { run: forgetful, publisher: await publisherFor(t), directory, terminal: silent };
  await t.throwsAsync(tellStory(stage), {
    name: 'DemoFailure',
    message: /^version_on: cidrs made \{.*\} of 1725321189, which has the same list$/,
  });
});

test('the demo says how to get the executables when they are missing', async (t) => {
  const directory = temporaryDirectory(t);
  const run = openExecutables(join(directory, 'nowhere'), {});
  const stage = { run, publisher: await publisherFor(t), directory, terminal: silent };
  await t.throwsAsync(tellStory(stage), { message: /cannot be run .*ENOENT.*npm run build makes it$/ });
});

test('--live shows the current version and the first lines of cidrs.txt', async (t) => {
  const directory = temporaryDirectory(t);
  const publisher = await publisherFor(t);
  publisher.publish(readDocument('1787314625'));
  let output = '';
  const terminal = openTerminal(false, (text) => {
    output += text;
  });
  await showLive({ run: redirected(builtExecutables(directory), publisher.url), directory, terminal });
  t.regex(output, /^ +syncToken +1787314625$/m);
  t.regex(output, /\n +1\.178\.30\.0\/24\n +3\.2\.99\.0\/24\n/);
  t.regex(output, /^ +and 10 more$/m);
});

test('--live says so when AWS cannot be reached', async (t) => {
  const directory = temporaryDirectory(t);
  const { url, close } = await openPublisher();
  await close();
  const run = redirected(builtExecutables(directory, withoutWaits), url);
  await t.throwsAsync(showLive({ run, directory, terminal: silent }), {
    name: 'DemoFailure',
    message: /could not be had from this machine.*\ncheck ended with exit code 1: http:.*refuse/,
  });
});

test('a line that is too long is broken at spaces, its indent kept, and colour does not count', (t) => {
  let output = '';
  const terminal = openTerminal(true, (text) => {
    output += text;
  });
  terminal.print(`  ${'word '.repeat(20).trim()}`, terminal.tone('red', 'x'.repeat(75)), 'one\n\ntwo');
  t.deepEqual(stripVTControlCharacters(output).split('\n'), [
    `     ${'word '.repeat(14).trim()}`,
    `       ${'word '.repeat(6).trim()}`,
    `   ${'x'.repeat(75)}`,
    '   one',
    '',
    '   two',
    '',
  ]);
});

test('colour is for terminals: codes of the executables are left out with the rest', (t) => {
  let output = '';
  const terminal = openTerminal(false, (text) => {
    output += text;
  });
  terminal.print(terminal.tone('red', 'exit 1'), '\u001b[31merror:\u001b[0m no');
  t.is(output, '   exit 1\n   error: no\n');
});
