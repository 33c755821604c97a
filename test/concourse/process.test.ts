import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, write } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { incident, s3Source } from '../helpers/documents.ts';
import { check, executable, readFiles } from '../helpers/executables.ts';
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
    child.stdin.end(JSON.stringify({ source: s3Source(server.url), version }));
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
