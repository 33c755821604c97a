// What only a process has: its streams, signals, disks and exit code, and the parts of a bundle that are loaded late. The
// executables are as the image has them: launchers, each with its bundle and V8's code beside it.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  write,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { packBundle } from '../../src/files/bundle.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { documentWith, incident, incidentVersion, s3Source } from '../helpers/documents.ts';
import { executable, getNewest, readFiles } from '../helpers/executables.ts';
import { type Ending, runProgram, type Start, startProgram } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { answer, documentHandler, publish, send, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const built = executable('check');
const installed = temporaryDirectory({ teardown: (remove) => test.after.always(remove) });
// The first line of an executable names its Node, in 255 bytes on Linux, without white space.
const node = join(installed, 'node');
symlinkSync(process.execPath, node);
execFileSync(process.execPath, ['build/tools/install.js', installed, node]);

const token = incidentVersion.syncToken;

/** Starts an installed executable, to which the test writes. */
const start = (name: string, args: readonly string[] = [], options: Start = {}) =>
  startProgram(join(installed, name), args, options);

/** Runs an installed executable with a request. */
const run = (name: string, request: object, args: readonly string[] = [], options: Start = {}) =>
  start(name, args, { stdin: JSON.stringify(request), ...options }).ended;

/** The token that a successful check answers. */
function tokenIn(t: ExecutionContext, { code, stdout, stderr }: Ending) {
  t.is(code, 0, stderr);
  return JSON.parse(stdout)[0].syncToken;
}

function pipe(t: ExecutionContext): string {
  const path = join(temporaryDirectory(t), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`${signal} ends a check whose request does not come to its end`, async (t) => {
    // Open for writing too, so that it never ends.
    const fd = openSync(pipe(t), 'r+');
    t.teardown(() => closeSync(fd));
    const { child, ended } = start('check', [], { stdio: [fd, 'pipe', 'pipe'] });
    // Longer than a pipe: once all of it is written, somebody reads.
    await new Promise((resolve) => write(fd, `{"source": "${'x'.repeat(2 ** 20)}`, resolve));
    child.kill(signal);
    t.like(await ended, { code, stdout: '', stderr: `error: stopped by ${signal}\n` });
  });
}

test('a signal ends an in that waits for the network, and the destination stays as it was', async (t) => {
  const { source, serve } = await publish(t);
  const asked = new Promise<void>((resolve) => serve(() => resolve()));
  const destination = temporaryDirectory(t);
  const { child, ended } = start('in', [destination], {
    stdin: JSON.stringify({ source, version: incidentVersion }),
  });
  await asked;
  child.kill('SIGTERM');
  t.like(await ended, { code: 143, stdout: '' });
  t.deepEqual(readdirSync(destination), []);
});

test('a request that is longer than a pipe is read whole', async (t) => {
  const { source } = await publish(t);
  const space = ' '.repeat(2 ** 20);
  // Node gives its children sockets; only a shell makes a pipe.
  const stdin = `${space}${JSON.stringify({ source })}${space}`;
  const ended = runProgram('/bin/sh', ['-c', 'cat | exec "$0"', join(installed, 'check')], { stdin });
  t.is(tokenIn(t, await ended), token);
});

test('an attack: a request without end is refused as soon as it is longer than any', async (t) => {
  const { child, ended } = start('out', [temporaryDirectory(t)]);
  const chunk = Buffer.alloc(2 ** 20, ' ');
  const feed = () => {
    while (child.stdin?.writable && child.stdin.write(chunk));
  };
  child.stdin?.on('drain', feed);
  feed();
  const { code, stderr } = await ended;
  t.is(code, 1);
  t.regex(stderr, /stdin holds more than 8 MiB, which no request of Concourse does\n$/);
});

for (const closed of ['stdout', 'stderr'] as const) {
  test(`a closed ${closed} is no crash`, async (t) => {
    const { source } = await publish(t);
    const { child, ended } = start('check');
    child[closed]?.destroy();
    child.stdin?.end(JSON.stringify({ source }));
    const { code, stderr } = await ended;
    t.is(code, 0);
    t.notRegex(stderr, /EPIPE|at /);
  });
}

test('the files of an in whose response cannot be written stay, and it fails', async (t) => {
  const { source } = await publish(t);
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const destination = temporaryDirectory(t);
  const request = { source, version: incidentVersion };
  const { code, stderr } = await run('in', request, [destination], { stdio: ['pipe', full, 'pipe'] });
  t.is(code, 1);
  t.regex(
    stderr,
    /everything is done, but the response cannot be written to stdout: no space is left on the disk\n/,
  );
  t.is(readFiles(destination)['sync_token'], token);
});

test('a response that stdout, a full pipe in non-blocking mode, takes late is not lost', async (t) => {
  const { source } = await publish(t);
  const path = pipe(t);
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const filled = fill(writing);
  const { child, ended } = start('check', [], { stdio: ['pipe', writing, 'pipe'] });
  // spawn() has put the pipe into blocking mode for its child; a socket puts it back for both, before anything is written.
  new Socket({ fd: writing, readable: false, writable: true }).destroy();
  child.stdin?.end(JSON.stringify({ source }));
  // What check says last; the response follows, into a pipe that nobody reads before the process sleeps for long, or ends.
  await once(child.stderr as Readable, 'data');
  for (let turns = 0; turns < 1000 && child.exitCode === null; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const [, state] = /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8')) ?? [];
    turns = state === 'S' ? turns + 1 : 0;
  }
  const response = await text(new Socket({ fd: reading }));
  t.is(tokenIn(t, { ...(await ended), stdout: response.slice(filled) }), token);
});

/** Writes until a pipe in non-blocking mode takes no more; how much that was. */
function fill(fd: number): number {
  let filled = 0;
  try {
    for (;;) filled += writeSync(fd, Buffer.alloc(1024, ' '));
  } catch {
    return filled;
  }
}

test('an error that nobody caught is reported like any other, without secrets', async (t) => {
  const secret = 'k3y-in-a-header';
  const code = `import { runAsProcess } from './build/src/bin/process.js';
    const command = () => new Promise(() => setTimeout(() => { throw new Error('${secret}'); }));
    void runAsProcess({ command });`;
  const outcome = await runProgram(process.execPath, ['--input-type=module', '-e', code], {
    stdin: JSON.stringify({ source: { headers: { 'X-Key': secret } } }),
  });
  t.like(outcome, { code: 1, stdout: '' });
  t.regex(outcome.stderr, /a bug in this resource: \[redacted\]; please report it/);
  t.false(outcome.stderr.includes(secret));
});

test('what the build wrote runs from any place, without node_modules, whatever package it lies in', async (t) => {
  const { source } = await publish(t);
  const directory = temporaryDirectory(t);
  copyFileSync(built, join(directory, 'check'));
  const options = { cwd: '/', stdin: JSON.stringify({ source }) };
  t.is(tokenIn(t, await runProgram(join(directory, 'check'), [], options)), token);
  t.deepEqual(readdirSync(directory), ['check']);
});

// Parts that a bundle loads late, where the code that V8 keeps has none of them.

for (const [coding, encoded] of [
  ['gzip', gzipSync(incident)],
  ['br', brotliCompressSync(incident)],
] as const) {
  test(`check reads a document in ${coding}, after a wait and another attempt, by a contract`, async (t) => {
    const document = send(encoded, { 'content-encoding': coding });
    const { url, requests } = await startServer(t, [answer(503), document]);
    const outcome = await run('check', { source: s3Source(url, { contract: '^2', debug: true }) });
    t.is(tokenIn(t, outcome), token);
    t.is(requests.length, 2);
  });
}

test("check and in reach a server with a private certificate through a proxy's tunnel, and say of others what to do", async (t) => {
  const authority = await createAuthority();
  const names = ['ranges.test'];
  const { url } = await startServer(t, documentHandler(incident), await authority.issue({ names }));
  const proxy = await startProxy(t, { target: url });
  const env = { https_proxy: proxy.url };
  const source = s3Source('https://ranges.test/ip-ranges.json', { ca_certs: [authority.certificate] });
  t.is(tokenIn(t, await run('check', { source }, [], { env })), token);
  const destination = temporaryDirectory(t);
  const got = await run('in', { source, version: incidentVersion }, [destination], { env });
  t.is(got.code, 0, got.stderr);
  t.is(readFiles(destination)['sync_token'], token);
  t.deepEqual(proxy.log, ['CONNECT ranges.test:443', 'CONNECT ranges.test:443']);
  const untrusted = await run('check', { source: s3Source(url) });
  t.like(untrusted, { code: 1, stdout: '' });
  t.regex(untrusted.stderr, /name its CA in source\.ca_certs\n$/);
});

test('in serves a superseded version from an archive of history_url, and a bundle of it', async (t) => {
  const files = [{ name: 'ip-ranges.json', bytes: Buffer.from(incident) }];
  const archive = await packBundle(files, Number(token));
  const { url } = await startServer(t, [send(documentWith('1725321189', [])), send(archive)]);
  const source = s3Source(url, { history_url: url.replace('ip-ranges.json', '{syncToken}.tgz') });
  const destination = temporaryDirectory(t);
  const request = { source, version: incidentVersion, params: { bundle: true } };
  const outcome = await run('in', request, [destination]);
  t.is(outcome.code, 0, outcome.stderr);
  t.deepEqual(readdirSync(destination).sort(), filesOfGet({ bundle: true }));
});

/** A get in `ranges` of a build's directory, and beside it `changes`. */
async function build(t: ExecutionContext) {
  const { source } = await publish(t);
  const directory = temporaryDirectory(t);
  for (const name of ['ranges', 'changes']) mkdirSync(join(directory, name));
  const { version } = await getNewest(t, source, {}, join(directory, 'ranges'));
  return { directory, source, version };
}

test('out passes rules as text, fails rules as JSON that leave a range out, and cannot decide a plan', async (t) => {
  const { directory, source, version } = await build(t);
  const rule = { protocol: 'tcp', destination: '108.175.48.0/22', ports: '443' };
  copyFileSync(join(directory, 'ranges/cidrs.txt'), join(directory, 'rules.txt'));
  writeFileSync(join(directory, 'rules.json'), JSON.stringify([rule]));
  copyFileSync('test/guard/tool-outputs/aws-plan-pl.json', join(directory, 'plan.json'));
  const put = (params: object) =>
    run('out', { source, params: { ranges: 'ranges', ...params } }, [directory]);
  const passed = await put({ rules: 'rules.txt' });
  t.is(passed.code, 0, passed.stderr);
  t.deepEqual(JSON.parse(passed.stdout).version, version);
  for (const [params, pattern] of [
    [{ rules: 'rules.json' }, /leaves out \d+ of 11 published CIDRs/],
    [{ rules: 'plan.json', address: 'aws_security_group.splat' }, /^error: undecided whether /m],
  ] as const) {
    const failed = await put(params);
    t.like(failed, { code: 1, stdout: '' });
    t.regex(failed.stderr, pattern);
  }
});

test('changes writes what differs between two gets', async (t) => {
  const { directory } = await build(t);
  const { ended } = start('changes', ['ranges', 'ranges', 'changes'], { cwd: directory });
  t.like(await ended, { code: 0, stdout: '' });
  t.is(readFileSync(join(directory, 'changes/added.txt'), 'utf8'), '');
});

test('the archive and all files of a get are the same bytes by whomever, wherever and with whatever umask', async (t) => {
  const { source } = await publish(t);
  const params = { document: true, bundle: true };
  const first = await getNewest(t, source, params);
  const second = join(temporaryDirectory(t), 'of another name');
  mkdirSync(second);
  const path = join(installed, 'in');
  const ended = runProgram('/bin/sh', ['-c', 'umask 077; exec "$0" "$1"', path, second], {
    env: {
      TZ: 'Pacific/Apia',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      USER: 'somebody',
      HOME: '/nowhere',
    },
    cwd: second,
    stdin: JSON.stringify({ source, version: first.version, params }),
  });
  t.is((await ended).code, 0);
  const names = filesOfGet(params);
  t.deepEqual(readdirSync(second).sort(), names);
  for (const name of names) {
    t.true(readFileSync(join(first.directory, name)).equals(readFileSync(join(second, name))), name);
  }
});
