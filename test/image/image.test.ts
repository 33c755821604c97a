// The image in containers. `.ci/run` builds it on two bases and names them in the environment.
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { makeAuthority } from './helpers/certificates.ts';
import { hostCertificates, run, start, terminate } from './helpers/container.ts';
import { cidrs, documentOf, heldVersionOf, selection, versionOf } from './helpers/document.ts';
import { keepWaiting, publish } from './helpers/publisher.ts';

const onLibraries = requireVariable('IMAGE_ON_LIBRARIES');
const onDebian = requireVariable('IMAGE_ON_DEBIAN');

const check = ['/opt/resource/check'];
const older = versionOf('1724884996');
const version = versionOf('1724938990');
const held = heldVersionOf('1724938990');
const document = documentOf(version.syncToken);

for (const [base, image] of [
  ['glibc and its C++ runtime alone', onLibraries],
  ['Debian', onDebian],
] as const) {
  test(`on ${base}, check finds the version, in writes it to the volume, out verifies rules by it`, async (t) => {
    const { url } = await publish(t, document);
    const source = { ...selection, url };
    const checked = await run(t, image, { command: check, request: { source, version: null } });
    t.is(checked.code, 0, checked.stderr);
    t.deepEqual(JSON.parse(checked.stdout), [held]);

    const volume = temporaryDirectory(t);
    const got = await run(t, image, {
      command: ['/opt/resource/in', '/tmp/build/get'],
      mounts: [hostCertificates, `${volume}:/tmp/build/get`],
      request: { source, version: held, params: { document: true } },
    });
    t.is(got.code, 0, got.stderr);
    t.deepEqual(JSON.parse(got.stdout).version, held);
    t.is(await readFile(join(volume, 'cidrs.txt'), 'utf8'), cidrs.map((cidr) => `${cidr}\n`).join(''));
    t.true(document.equals(await readFile(join(volume, 'ip-ranges.json'))));

    const sources = temporaryDirectory(t);
    await mkdir(join(sources, 'ranges'));
    await writeFile(join(sources, 'rules.txt'), cidrs.join('\n'));
    await writeFile(join(sources, 'two.txt'), '108.175.48.0/22\n136.18.0.0/23\n');
    const put = (rules: string) =>
      run(t, image, {
        command: ['/opt/resource/out', '/tmp/build/put'],
        mounts: [hostCertificates, `${sources}:/tmp/build/put:ro`, `${volume}:/tmp/build/put/ranges:ro`],
        request: { source, params: { rules, ranges: 'ranges' } },
      });
    const covered = await put('rules.txt');
    t.is(covered.code, 0, covered.stderr);
    t.deepEqual(JSON.parse(covered.stdout).version, held);
    const uncovered = await put('two.txt');
    t.is(uncovered.code, 1);
    t.is(uncovered.stdout, '');
    t.regex(uncovered.stderr, /108\.175\.56\.0\/22/);
  });
}

test('the base that is glibc and its C++ runtime alone has no shell, no env and no Node', async (t) => {
  for (const program of ['sh', 'env', 'node']) {
    const { code, stderr } = await run(t, onLibraries, { command: [program] });
    t.is(code, 127, stderr);
  }
});

test('everything that in leaves in the volume belongs to root', async (t) => {
  const { url } = await publish(t, document);
  const volume = temporaryDirectory(t);
  const { code, stderr } = await run(t, onLibraries, {
    command: ['/opt/resource/in', '/tmp/build/get'],
    mounts: [`${volume}:/tmp/build/get`],
    request: { source: { ...selection, url }, version },
  });
  t.is(code, 0, stderr);
  const names = await readdir(volume);
  t.true(names.includes('manifest.json'));
  for (const name of names) {
    const { uid, gid, mode } = await stat(join(volume, name));
    t.deepEqual([uid, gid, mode & 0o777], [0, 0, 0o644], name);
  }
});

test('the image runs as root, whatever user its base has', async (t) => {
  const { code, stdout } = await run(t, onLibraries, {
    command: ['/opt/resource/node', '-p', 'process.getuid()'],
  });
  t.is(code, 0);
  t.is(stdout, '0\n');
});

test("a server's certificate counts by the authorities mounted at /etc/ssl/certs or in ca_certs, else not", async (t) => {
  const authority = await makeAuthority(temporaryDirectory(t));
  const { url, requests } = await publish(t, document, authority.tls);
  const source = { ...selection, url };

  const distrusted = await run(t, onLibraries, { command: check, request: { source } });
  t.is(distrusted.code, 1);
  t.is(distrusted.stdout, '');
  t.regex(
    distrusted.stderr,
    /certificate was not issued by an authority that is trusted here.*source\.ca_certs/,
  );
  t.deepEqual(requests, []);

  const mounted = await run(t, onLibraries, {
    command: check,
    mounts: [`${authority.directory}:/etc/ssl/certs:ro`],
    request: { source },
  });
  t.is(mounted.code, 0, mounted.stderr);
  t.deepEqual(JSON.parse(mounted.stdout), [held]);

  const given = await run(t, onLibraries, {
    command: check,
    request: { source: { ...source, ca_certs: [authority.pem] } },
  });
  t.is(given.code, 0, given.stderr);
  t.deepEqual(JSON.parse(given.stdout), [held]);
});

test('version_on: cidrs remembers in /tmp what a token was, for the next check in the same container', async (t) => {
  const { url, requests } = await publish(t, document);
  const twoChecks = `
    const input = fs.readFileSync(0);
    for (let count = 0; count < 2; count++) {
      child_process.execFileSync('/opt/resource/check', { input, stdio: ['pipe', 'inherit', 'inherit'] });
    }`;
  const { code, stdout, stderr } = await run(t, onLibraries, {
    command: ['/opt/resource/node', '--eval', twoChecks],
    request: { source: { ...selection, url, version_on: 'cidrs' }, version: older },
  });
  t.is(code, 0, stderr);
  const answer = `${JSON.stringify([older])}\n`;
  t.is(stdout, answer + answer);
  t.deepEqual(requests, ['bytes=0-255', 'whole', 'bytes=0-255']);
});

test('a typing mistake is named with exit code 1 and an empty stdout', async (t) => {
  const { url } = await publish(t, document);
  const source = { ...selection, url, regions: ['us-gov-wset-1'] };
  const { code, stdout, stderr } = await run(t, onLibraries, { command: check, request: { source } });
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /us-gov-wset-1.*us-gov-west-1/);
});

test('SIGTERM ends process 1 while it waits for its request', async (t) => {
  const container = start(t, onLibraries, { command: check });
  let isEnded = false;
  const ended = container.ended.finally(() => {
    isEnded = true;
  });
  // Nothing tells when process 1 has come so far that it hears signals; before that they have no effect on it.
  while (!isEnded) await terminate(container);
  const { code, stdout } = await ended;
  t.is(code, 143);
  t.is(stdout, '');
});

test('SIGTERM ends process 1 while it waits for the network, and in leaves nothing', async (t) => {
  const { url, requested } = await keepWaiting(t);
  const volume = temporaryDirectory(t);
  const container = start(t, onLibraries, {
    command: ['/opt/resource/in', '/tmp/build/get'],
    mounts: [hostCertificates, `${volume}:/tmp/build/get`],
  });
  container.stdin.end(JSON.stringify({ source: { ...selection, url, timeout: '1h' }, version }));
  await Promise.race([container.ended, requested]);
  t.true(await terminate(container));
  const { code, stdout } = await container.ended;
  t.is(code, 143);
  t.is(stdout, '');
  t.deepEqual(await readdir(volume), []);
});

function requireVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests by .ci/run`);
  return value;
}
