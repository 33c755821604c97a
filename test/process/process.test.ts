// What only a process has: its streams, signals, disks and exit code, and the parts of a bundle that are loaded late.
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
import { packBundle } from '../helpers/archive.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { documentWith, incident, s3Source } from '../helpers/documents.ts';
import { check, executable, type Outcome, readFiles, succeed } from '../helpers/executables.ts';
import { install, start } from '../helpers/processes.ts';
import { startProxy } from '../helpers/proxy.ts';
import { documentHandler, type Handler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const { directory: installed, remove } = await install();
test.after.always(remove);

const token = '1724938990';

/** Starts an installed executable with a request. */
function run(
  name: string,
  request: object,
  { args, env }: { args?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return start(join(installed, name), {
    stdin: JSON.stringify(request),
    ...(args && { args }),
    ...(env && { env }),
  }).ended;
}

async function published(t: ExecutionContext, handler: Handler = documentHandler(incident)) {
  const { url, requests } = await startServer(t, handler);
  return { source: s3Source(url), requests };
}

function pipe(t: ExecutionContext): string {
  const path = join(temporaryDirectory(t), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

/** A request that has not come to its end, longer than a pipe: once all of it is written, somebody reads. */
const endless = `{"source": "${'x'.repeat(2 ** 20)}`;

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`${signal} ends a check that waits for its request`, async (t) => {
    const { child, ended } = start(join(installed, 'check'));
    await new Promise((resolve) => child.stdin?.write(endless, resolve));
    child.kill(signal);
    t.like(await ended, { code, stdout: '', stderr: `error: stopped by ${signal}\n` });
  });
}

test('a signal ends a check whose request does not come to its end in a pipe', async (t) => {
  // Open for writing too, so that it never ends.
  const fd = openSync(pipe(t), 'r+');
  t.teardown(() => closeSync(fd));
  const { child, ended } = start(join(installed, 'check'), { stdio: [fd, 'pipe', 'pipe'] });
  await new Promise((resolve) => write(fd, endless, resolve));
  child.kill('SIGTERM');
  t.is((await ended).code, 143);
});

test('a signal ends an in that waits for the network, and the destination stays as it was', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url);
  const version = await check(t, { source });
  const destination = temporaryDirectory(t);
  const asked = new Promise<void>((resolve) => server.serve(() => resolve()));
  const { child, ended } = start(join(installed, 'in'), {
    args: [destination],
    // The version holds its list, and only the document is asked for.
    stdin: JSON.stringify({ source, version, params: { document: true } }),
  });
  await asked;
  child.kill('SIGTERM');
  t.like(await ended, { code: 143, stdout: '' });
  t.deepEqual(readdirSync(destination), []);
});

test('a request that is longer than a pipe is read whole', async (t) => {
  const { source } = await published(t);
  const space = ' '.repeat(2 ** 20);
  // Node gives its children sockets; only a shell makes a pipe.
  const { code, stdout } = await start('sh', {
    args: ['-c', 'cat | exec "$0"', join(installed, 'check')],
    stdin: `${space}${JSON.stringify({ source })}${space}`,
  }).ended;
  t.is(code, 0);
  t.is(JSON.parse(stdout)[0].syncToken, token);
});

test('an attack: a request without end is refused as soon as it is longer than any', async (t) => {
  const { child, ended } = start(join(installed, 'out'), { args: [temporaryDirectory(t)] });
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
    const { source } = await published(t);
    const { child, ended } = start(join(installed, 'check'));
    child[closed]?.destroy();
    child.stdin?.end(JSON.stringify({ source }));
    const { code, stderr } = await ended;
    t.is(code, 0);
    t.notRegex(stderr, /EPIPE|at /);
  });
}

test('the files of an in whose response cannot be written stay, and it fails', async (t) => {
  const { source } = await published(t);
  const version = await check(t, { source });
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const destination = temporaryDirectory(t);
  const { code, stderr } = await start(join(installed, 'in'), {
    args: [destination],
    stdio: ['pipe', full, 'pipe'],
    stdin: JSON.stringify({ source, version }),
  }).ended;
  t.is(code, 1);
  t.regex(
    stderr,
    /everything is done, but the response cannot be written to stdout: no space is left on the disk\n/,
  );
  t.is((await readFiles(destination))['sync_token'], token);
});

test('a response that stdout, a full pipe in non-blocking mode, takes late is not lost', async (t) => {
  const { source } = await published(t);
  const path = pipe(t);
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const filled = fill(writing);
  const { child, ended } = start(join(installed, 'check'), { stdio: ['pipe', writing, 'pipe'] });
  // spawn() has put the pipe into blocking mode for its child; a socket puts it back for both, before anything is written.
  new Socket({ fd: writing, readable: false, writable: true }).destroy();
  child.stdin?.end(JSON.stringify({ source }));
  // What check says last; the response follows, into a pipe that nobody reads before the process waits for that, or ends.
  await once(child.stderr as Readable, 'data');
  // A thread also waits for a moment now and then while it is busy.
  for (let waits = 0; waits < 1000 && stateOf(child.pid) !== 'ended'; ) {
    await new Promise((resolve) => setImmediate(resolve));
    waits = stateOf(child.pid) === 'waiting' ? waits + 1 : 0;
  }
  const response = await text(new Socket({ fd: reading }));
  t.is((await ended).code, 0);
  t.is(JSON.parse(response.slice(filled))[0].syncToken, token);
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

test('an error that nobody caught is reported like any other, without secrets', async (t) => {
  const secret = 'k3y-in-a-header';
  const code = `import { runAsProcess } from './build/src/bin/process.js';
    const command = () => new Promise(() => setTimeout(() => { throw new Error('${secret}'); }));
    void runAsProcess({ command });`;
  const { ended } = start(process.execPath, {
    args: ['--input-type=module', '-e', code],
    stdin: JSON.stringify({ source: { headers: { 'X-Key': secret } } }),
  });
  const outcome = await ended;
  t.like(outcome, { code: 1, stdout: '' });
  t.regex(outcome.stderr, /a bug in this resource: \[redacted\]; please report it/);
  t.false(outcome.stderr.includes(secret));
});

test('what the build wrote runs from any place, without node_modules, whatever package it lies in', async (t) => {
  const { source } = await published(t);
  const directory = temporaryDirectory(t);
  copyFileSync(executable('check'), join(directory, 'check'));
  const { ended } = start(join(directory, 'check'), { cwd: '/', stdin: JSON.stringify({ source }) });
  t.is(JSON.parse((await ended).stdout)[0].syncToken, token);
  t.deepEqual(readdirSync(directory), ['check']);
});

// Parts that a bundle loads late, where the code that V8 keeps has none of them.

for (const [coding, encoded] of [
  ['gzip', gzipSync(incident)],
  ['br', brotliCompressSync(incident)],
] as const) {
  test(`check reads a document in ${coding}, after a wait and another attempt, by a contract`, async (t) => {
    const answers = [503, 200];
    const { source, requests } = await published(t, (_request, response) => {
      const status = answers.shift() ?? 200;
      response.writeHead(status, { 'content-encoding': coding }).end(status === 200 ? encoded : undefined);
    });
    const outcome = await run('check', { source: { ...source, contract: '^2', debug: true } });
    t.is(outcome.code, 0, outcome.stderr);
    t.is(JSON.parse(outcome.stdout)[0].syncToken, token);
    t.is(requests.length, 2);
  });
}

test('check refuses a contract that the image does not keep', async (t) => {
  const outcome = await run('check', { source: { contract: '^1' } });
  t.like(outcome, { code: 1, stdout: '' });
  t.regex(outcome.stderr, /^error: source\.contract is "\^1", but this image /);
});

/** An https server that only a proxy can find, with a certificate of a private authority. */
async function behindProxy(t: ExecutionContext) {
  const authority = await createAuthority();
  const server = await startServer(
    t,
    documentHandler(incident),
    await authority.issue({ names: ['ranges.test'] }),
  );
  const proxy = await startProxy(t, { hosts: { 'ranges.test:443': new URL(server.url).host } });
  const source = s3Source('https://ranges.test/ip-ranges.json', {
    hold_cidrs: 0,
    ca_certs: [authority.certificate],
  });
  return { source, proxy, env: { https_proxy: proxy.url } };
}

test("check and in reach a server with a private certificate through a proxy's tunnel", async (t) => {
  const { source, proxy, env } = await behindProxy(t);
  const checked = await run('check', { source }, { env });
  t.is(checked.code, 0, checked.stderr);
  const [version] = JSON.parse(checked.stdout);
  const destination = temporaryDirectory(t);
  const got = await run('in', { source, version }, { env, args: [destination] });
  t.is(got.code, 0, got.stderr);
  t.is((await readFiles(destination))['sync_token'], token);
  t.deepEqual(proxy.log, ['CONNECT ranges.test:443', 'CONNECT ranges.test:443']);
});

test('check says of a certificate that nobody trusts what to do', async (t) => {
  const authority = await createAuthority();
  const server = await startServer(t, documentHandler(incident), await authority.issue());
  const outcome = await run('check', { source: s3Source(server.url) });
  t.like(outcome, { code: 1, stdout: '' });
  t.regex(outcome.stderr, /name its CA in source\.ca_certs\n$/);
});

test('in serves a superseded version from an archive of history_url, and a bundle of it', async (t) => {
  const { source } = await published(t);
  const version = await check(t, { source: { ...source, hold_cidrs: 0 } });
  const files = [{ name: 'ip-ranges.json', bytes: Buffer.from(incident) }];
  const archive = await packBundle(files, Number(token));
  const { url } = await startServer(t, (request, response) =>
    request.url?.endsWith('.tgz') ? response.end(archive) : response.end(documentWith('1725321189', [])),
  );
  const history_url = url.replace('ip-ranges.json', '{syncToken}.tgz');
  const destination = temporaryDirectory(t);
  const outcome = await run(
    'in',
    { source: { ...source, url, history_url, hold_cidrs: 0 }, version, params: { bundle: true } },
    { args: [destination] },
  );
  t.is(outcome.code, 0, outcome.stderr);
  t.deepEqual(Object.keys(await readFiles(destination)).sort(), filesOfGet({ bundle: true }));
});

/** A get in `ranges` of a build's directory. */
async function build(t: ExecutionContext) {
  const { source } = await published(t);
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'ranges'));
  const version = await check(t, { source });
  await succeed(t, 'in', { source, version }, join(directory, 'ranges'));
  return { directory, source, version };
}

test('out passes rules as text, fails rules as JSON that leave a range out, and cannot decide a plan', async (t) => {
  const { directory, source, version } = await build(t);
  copyFileSync(join(directory, 'ranges/cidrs.txt'), join(directory, 'rules.txt'));
  writeFileSync(
    join(directory, 'rules.json'),
    JSON.stringify([{ protocol: 'tcp', destination: '108.175.48.0/22', ports: '443' }]),
  );
  copyFileSync('test/guard/tool-outputs/aws-plan-pl.json', join(directory, 'plan.json'));
  const put = (params: object) =>
    run('out', { source, params: { ranges: 'ranges', ...params } }, { args: [directory] });
  const passed = await put({ rules: 'rules.txt' });
  t.is(passed.code, 0, passed.stderr);
  t.deepEqual(JSON.parse(passed.stdout).version, version);
  const failed = await put({ rules: 'rules.json' });
  t.like(failed, { code: 1, stdout: '' });
  t.regex(failed.stderr, /leaves out \d+ of 11 published CIDRs/);
  const undecided = await put({ rules: 'plan.json', address: 'aws_security_group.splat' });
  t.like(undecided, { code: 1, stdout: '' });
  t.regex(undecided.stderr, /^error: undecided whether /m);
});

test('changes writes what differs between two gets', async (t) => {
  const { directory } = await build(t);
  mkdirSync(join(directory, 'changes'));
  const { ended } = start(join(installed, 'changes'), {
    args: ['ranges', 'ranges', 'changes'],
    cwd: directory,
  });
  t.like(await ended, { code: 0, stdout: '' });
  t.is(readFileSync(join(directory, 'changes/added.txt'), 'utf8'), '');
});

test('the archive and all files of a get are the same bytes by whomever, wherever and with whatever umask', async (t) => {
  const { source, version } = await build(t);
  const request = { source, version, params: { document: true, bundle: true } };
  const first = temporaryDirectory(t);
  await succeed(t, 'in', request, first);
  const second = join(temporaryDirectory(t), 'of another name');
  mkdirSync(second);
  const { ended } = start('sh', {
    args: ['-c', 'umask 077; exec "$0" "$@"', join(installed, 'in'), second],
    env: {
      TZ: 'Pacific/Apia',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      USER: 'somebody',
      HOME: '/nowhere',
    },
    cwd: second,
    stdin: JSON.stringify(request),
  });
  t.is((await ended).code, 0);
  const names = filesOfGet({ document: true, bundle: true });
  t.deepEqual(readdirSync(second).sort(), names);
  for (const name of names) {
    t.true(readFileSync(join(first, name)).equals(readFileSync(join(second, name))), name);
  }
});
