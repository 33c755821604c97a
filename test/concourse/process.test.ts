import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, write, writeSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import test from 'ava';
import { incident, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, executable, readFiles, runRaw } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`${signal} ends a check that waits for its request`, async (t) => {
    const child = spawn(executable('check'), { stdio: ['pipe', 'pipe', 'pipe'] });
    const closed = once(child, 'close');
    // More than a pipe holds: once it is written, the process is reading.
    await new Promise((resolve) => child.stdin.write(`{"source": "${'x'.repeat(2 ** 20)}`, resolve));
    child.kill(signal);
    t.deepEqual(await closed, [code, null]);
  });

  test(`${signal} ends a check whose request does not come to its end in a pipe`, async (t) => {
    const path = join(temporaryDirectory(t), 'pipe');
    execFileSync('mkfifo', [path]);
    // Open for writing too, so that it never ends.
    const pipe = openSync(path, 'r+');
    t.teardown(() => closeSync(pipe));
    const child = spawn(executable('check'), { stdio: [pipe, 'pipe', 'pipe'] });
    const closed = once(child, 'close');
    await new Promise((resolve) => write(pipe, `{"source": "${'x'.repeat(2 ** 20)}`, resolve));
    child.kill(signal);
    t.deepEqual(await closed, [code, null]);
  });

  test(`${signal} ends an in that waits for the network, and the destination stays as it was`, async (t) => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const server = await startServer(t, documentHandler(incident));
    const version = await check(t, { source: s3Source(server.url) });
    server.serve(() => arrive());
    const directory = temporaryDirectory(t);
    const child = spawn(executable('in'), [directory]);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    const closed = once(child, 'close');
    // The version holds its list, and only the document is asked for.
    child.stdin.end(JSON.stringify({ source: s3Source(server.url), version, params: { document: true } }));
    await arrived;
    child.kill(signal);
    t.deepEqual(await closed, [code, null]);
    t.is(output, '');
    t.deepEqual(await readdir(directory), []);
  });
}

test('a request is read whole from a pipe, one that holds more than the pipe too', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  for (const space of ['', ' '.repeat(2 ** 20)]) {
    // Node gives its children sockets; only a shell makes a pipe.
    const child = spawn('sh', ['-c', 'cat | exec "$0"', executable('check')]);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stdin.end(`${space}${JSON.stringify({ source: s3Source(server.url) })}${space}`);
    t.deepEqual(await once(child, 'close'), [0, null]);
    t.is(JSON.parse(output)[0].syncToken, '1724938990');
  }
});

test('a closed stdout or stderr is no crash', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  for (const closed of [1, 2] as const) {
    const child = spawn(executable('check'), { stdio: ['pipe', 'pipe', 'pipe'] });
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk) => stderr.push(chunk));
    child.stdio[closed].destroy();
    child.stdin.end(JSON.stringify({ source: s3Source(server.url) }));
    const [code, signal] = await once(child, 'close');
    t.is(signal, null);
    t.is(code, 0);
    t.notRegex(Buffer.concat(stderr).toString(), /EPIPE|at /);
  }
});

test('a response that cannot be written is a failure', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const child = spawn(executable('check'), { stdio: ['pipe', full, 'pipe'] });
  child.stdin?.end(JSON.stringify({ source: s3Source(server.url) }));
  t.deepEqual(await once(child, 'close'), [1, null]);
});

test('an executable runs from any place, without node_modules, whatever package it lies in', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const directory = temporaryDirectory(t);
  await copyFile(executable('check'), join(directory, 'check'));
  const child = spawn(join(directory, 'check'), { cwd: '/', env: { PATH: process.env['PATH'] } });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stdin.end(JSON.stringify({ source: s3Source(server.url) }));
  t.deepEqual(await once(child, 'close'), [0, null]);
  t.is(JSON.parse(output)[0].syncToken, '1724938990');
  t.deepEqual(Object.keys(await readFiles(directory)), ['check']);
});

test('a response that stdout, a full pipe in non-blocking mode, takes late is not lost', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const path = join(temporaryDirectory(t), 'pipe');
  execFileSync('mkfifo', [path]);
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const filled = fill(writing);
  const child = spawn(executable('check'), { stdio: ['pipe', writing, 'pipe'] });
  // spawn() has put the pipe into blocking mode for its child; a socket puts it back for both, before anything is written.
  new Socket({ fd: writing, readable: false, writable: true }).destroy();
  const closed = once(child, 'close');
  child.stdin?.end(JSON.stringify({ source: s3Source(server.url) }));
  // What check says last; the response follows, into a pipe that nobody reads before the process waits for that, or ends.
  await once(child.stderr as Readable, 'data');
  // A thread also waits for a moment now and then while it is busy.
  for (let waits = 0; waits < 1000 && stateOf(child.pid) !== 'ended'; ) {
    await new Promise((resolve) => setImmediate(resolve));
    waits = stateOf(child.pid) === 'waiting' ? waits + 1 : 0;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of new Socket({ fd: reading })) chunks.push(chunk as Buffer);
  t.deepEqual(await closed, [0, null]);
  t.is(JSON.parse(Buffer.concat(chunks).subarray(filled).toString())[0].syncToken, '1724938990');
});

/** What the kernel says of a process's first thread. */
function stateOf(pid: number | undefined): 'running' | 'waiting' | 'ended' {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
    const [, letter = ''] = /\) (\w)/.exec(stat) ?? [];
    return letter === 'Z' ? 'ended' : letter === 'S' ? 'waiting' : 'running';
  } catch {
    return 'ended';
  }
}

/** Writes until a pipe in non-blocking mode takes no more; how much that was. */
function fill(fd: number): number {
  let filled = 0;
  try {
    for (;;) filled += writeSync(fd, Buffer.alloc(1024, ' '));
  } catch {
    return filled;
  }
}

test('the files of an in whose response cannot be written stay, and it fails', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url);
  const version = await check(t, { source });
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const directory = temporaryDirectory(t);
  const child = spawn(executable('in'), [directory], { stdio: ['pipe', full, 'pipe'] });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  child.stdin?.end(JSON.stringify({ source, version }));
  t.deepEqual(await once(child, 'close'), [1, null]);
  t.regex(
    stderr,
    /everything is done, but the response cannot be written to stdout: no space is left on the disk\n/,
  );
  t.is((await readFiles(directory))['sync_token'], '1724938990');
});

test('an attack: a request without end is refused as soon as it is longer than any', async (t) => {
  for (const name of ['check', 'in', 'out'] as const) {
    const child = spawn(executable(name), [temporaryDirectory(t)]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdin.on('error', () => undefined);
    const chunk = Buffer.alloc(2 ** 20, ' ');
    const feed = () => {
      while (child.stdin.writable && child.stdin.write(chunk));
    };
    child.stdin.on('drain', feed);
    feed();
    t.deepEqual(await once(child, 'close'), [1, null]);
    t.regex(stderr, /stdin holds more than 8 MiB, which no request of Concourse does\n$/);
  }
});

test('an attack: bottomless JSON is refused in one sentence', async (t) => {
  const depth = 1_000_000;
  for (const bottomless of [
    '['.repeat(depth) + ']'.repeat(depth),
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  ]) {
    for (const stdin of [bottomless, `{"source": ${bottomless}}`, `{"source": {"regions": ${bottomless}}}`]) {
      assertFailure(
        t,
        await runRaw('check', stdin),
        /^error: stdin nests values more than 64 levels deep, which no request of Concourse does\n$/,
      );
    }
  }
});

test('a text without a bracket that closes is no JSON, however deep it goes', async (t) => {
  assertFailure(
    t,
    await runRaw('check', '['.repeat(4_000_000)),
    /^error: stdin is not JSON: it starts with "\["; .*\n$/,
  );
});

test('what goes to stderr is ASCII: a character of several bytes at the border of two chunks broke builds of Concourse', async (t) => {
  const request = '{"source": {"regions": ["us-g\u00fc-*"], "timeout": "1 \u{1f552}"}}';
  const outcome = await runRaw('check', request);
  t.is(outcome.code, 1);
  t.regex(outcome.stderr, /\\u/);
  t.true(Buffer.from(outcome.stderr).every((byte) => byte < 0x80));
});
