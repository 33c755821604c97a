import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { check as checkCommand } from '../src/check.ts';
import { parseDocument } from '../src/ip-ranges/document.ts';
import {
  documentWith,
  february2021,
  incident,
  incidentCidrs,
  incidentCidrsInOrder,
  s3Source,
} from './helpers/documents.ts';
import { assertFailure, check, run, type Version } from './helpers/executables.ts';
import { inMemoryOutside } from './helpers/in-memory.ts';
import { documentHandler, rangelessHandler, startServer } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { bareOf, held } from './helpers/versions.ts';

test('a check without a version returns the current one', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  for (const version of [undefined, null]) {
    const current = await check(t, { source: s3Source(server.url), version });
    t.like(current, { syncToken: '1724938990', createDate: '2024-08-29-13-43-10' });
    t.regex(current.digest, /^sha256:[0-9a-f]{64}$/);
    t.deepEqual(Object.keys(current), ['syncToken', 'createDate', 'digest', 'selection', 'cidrs', 'cidrs_2']);
  }
  t.deepEqual(server.requests, ['GET', 'GET']);
});

test('a check with nothing new makes one request and receives under 2 KB', async (t) => {
  const server = await startServer(t, documentHandler(incident.padEnd(2_600_000)));
  const version = await check(t, { source: s3Source(server.url) });
  const before = server.bytesSent();
  t.deepEqual(await check(t, { source: s3Source(server.url), version }), version);
  t.deepEqual(server.requests, ['GET', 'GET bytes=0-255']);
  t.true(server.bytesSent() - before < 2048, `${server.bytesSent() - before} bytes`);
});

test('a check with something new asks twice over one connection', async (t) => {
  const sockets = new Set<Socket>();
  const server = await startServer(t, (request, response) => {
    sockets.add(request.socket);
    documentHandler(incident)(request, response);
  });
  const version = await check(t, { source: s3Source(server.url) });
  sockets.clear();
  const older = { ...version, syncToken: '1724884996' };
  t.deepEqual(await check(t, { source: s3Source(server.url), version: older }), version);
  t.deepEqual(server.requests, ['GET', 'GET bytes=0-255', 'GET']);
  t.is(sockets.size, 1);
});

test('a check with nothing new stops reading early when the server ignores ranges', async (t) => {
  const server = await startServer(t, rangelessHandler(incident.padEnd(15_000_000)));
  const version = await check(t, { source: s3Source(server.url) });
  const before = server.bytesSent();
  t.deepEqual(await check(t, { source: s3Source(server.url), version }), version);
  // What fits into the buffers of a loopback connection is sent, whether it is read or not.
  t.true(server.bytesSent() - before < 10_000_000, `${server.bytesSent() - before} bytes`);
});

test('a token that stands elsewhere in the document is found by reading all of it', async (t) => {
  const { syncToken, ...rest } = JSON.parse(incident);
  const server = await startServer(t, documentHandler(JSON.stringify({ ...rest, syncToken })));
  const version = await check(t, { source: s3Source(server.url) });
  t.deepEqual(await check(t, { source: s3Source(server.url), version }), version);
  t.deepEqual(server.requests, ['GET', 'GET bytes=0-255', 'GET']);
});

for (const version_on of ['syncToken', 'cidrs']) {
  test(`a list that comes back is a new version with version_on: ${version_on}`, async (t) => {
    const options = { env: { TMPDIR: temporaryDirectory(t) } };
    const server = await startServer(t, documentHandler(february2021[0] ?? ''));
    const source = s3Source(server.url, { version_on, ip_versions: [4] });
    const versions: Version[] = [];
    for (const document of february2021) {
      server.serve(documentHandler(document));
      versions.push(await check(t, { source, version: versions.at(-1) }, options));
    }
    t.is(new Set(versions.map((version) => JSON.stringify(version))).size, 3);
    t.is(versions[2]?.digest, versions[0]?.digest);
    t.not(versions[1]?.digest, versions[0]?.digest);
  });
}

test('version_on: cidrs does not download the document again for a token already seen', async (t) => {
  const options = { env: { TMPDIR: temporaryDirectory(t) } };
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const source = s3Source(server.url, { version_on: 'cidrs' });
  const version = await check(t, { source }, options);
  server.serve(documentHandler(documentWith('1724938990')));
  await check(t, { source, version }, options);
  server.requests.length = 0;
  t.deepEqual(await check(t, { source, version }, options), version);
  t.deepEqual(server.requests, ['GET bytes=0-255']);
});

test('the memory answers with the new version, too, while Concourse still gives the old one', async (t) => {
  const options = { env: { TMPDIR: temporaryDirectory(t) } };
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const source = s3Source(server.url, { version_on: 'cidrs' });
  const version = await check(t, { source }, options);
  server.serve(documentHandler(documentWith('1724938990', incidentCidrs.slice(2))));
  const changed = await check(t, { source, version }, options);
  server.requests.length = 0;
  t.deepEqual(await check(t, { source, version }, options), changed);
  t.deepEqual(server.requests, ['GET bytes=0-255']);
});

test('the memory of one source is not that of another', async (t) => {
  const options = { env: { TMPDIR: temporaryDirectory(t) } };
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const source = s3Source(server.url, { version_on: 'cidrs', ip_versions: [4] });
  const version = await check(t, { source }, options);
  server.serve(documentHandler(documentWith('1724938990', incidentCidrs, [])));
  t.deepEqual(await check(t, { source, version }, options), version);
  const both = { ...source, ip_versions: [4, 6] };
  const other = await check(t, { source: both, version }, options);
  t.is(other.digest, version.digest);
  t.is(server.requests.at(-1), 'GET');
});

test('a memory that is damaged, foreign or a link is ignored', async (t) => {
  const tmp = temporaryDirectory(t);
  const options = { env: { TMPDIR: tmp } };
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const source = s3Source(server.url, { version_on: 'cidrs' });
  const version = await check(t, { source }, options);
  const changed = documentWith('1724938990', incidentCidrs.slice(1));
  server.serve(documentHandler(changed));
  const [name] = await readdir(tmp);
  t.truthy(name);
  const path = join(tmp, name ?? '');
  const good = await readFile(path, 'utf8');
  const lie = { ...version, syncToken: '1724938990' };
  const damages = [
    '',
    good.slice(0, -5),
    '[]',
    '{"key":1}',
    JSON.stringify({ key: 'another', versions: [lie] }),
    JSON.stringify({ ...JSON.parse(good), versions: [{ ...lie, digest: 'sha256:0' }] }),
    JSON.stringify({ ...JSON.parse(good), versions: [lie, 7, null].slice(1) }),
    '\0'.repeat(100_000),
  ];
  for (const damage of damages) {
    await writeFile(path, damage);
    const next = await check(t, { source, version }, options);
    t.is(next.syncToken, '1724938990', damage.slice(0, 80));
    t.not(next.digest, version.digest);
  }
  // A link to a memory that would be believed if it were the file itself.
  const elsewhere = join(temporaryDirectory(t), 'memory');
  await writeFile(elsewhere, JSON.stringify({ ...JSON.parse(good), versions: [lie] }));
  await rm(path);
  await symlink(elsewhere, path);
  t.is((await check(t, { source, version }, options)).syncToken, '1724938990');
});

test('a temporary directory that cannot be written only makes the check longer', async (t) => {
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const missing = join(temporaryDirectory(t), 'missing');
  const source = s3Source(server.url, { version_on: 'cidrs' });
  const version = await check(t, { source }, { env: { TMPDIR: missing } });
  t.is(version.syncToken, '1724884996');
  await mkdir(missing);
});

test('a missing or odd createDate fails nothing', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  for (const [createDate, expected] of [
    [undefined, ''],
    [20240829, ''],
    ['yesterday', ''],
    ['a\u001b[31mb', ''],
    [null, ''],
  ]) {
    server.serve(documentHandler(JSON.stringify({ ...JSON.parse(incident), createDate })));
    const version = await check(t, { source: s3Source(server.url) });
    t.is(version.createDate, expected as string);
    t.deepEqual(await check(t, { source: s3Source(server.url), version }), version);
  }
});

test('max_cidrs and an empty selection fail the check', async (t) => {
  const server = await startServer(t, documentHandler(documentWith('1724938990', incidentCidrs, [])));
  const tooMany = await run('check', { source: s3Source(server.url, { max_cidrs: 4 }) });
  assertFailure(t, tooMany, /source\.max_cidrs is 4, .* lists 5 CIDRs for S3, us-gov-west-1/);
  t.is((await run('check', { source: s3Source(server.url, { max_cidrs: 5 }) })).code, 0);
  const empty = { source: s3Source(server.url, { ip_versions: [6] }) };
  assertFailure(
    t,
    await run('check', empty),
    /the selection is empty: .*S3, us-gov-west-1, IPv6.*source\.allow_empty: true/,
  );
  const allowed = await check(t, { source: { ...empty.source, allow_empty: true } });
  t.is(allowed.digest, 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('the contract that a pipeline states is checked before anything is read', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  await check(t, { source: s3Source(server.url, { contract: '^2' }) });
  server.requests.length = 0;
  const outcome = await run('check', { source: s3Source(server.url, { contract: '^1' }) });
  assertFailure(t, outcome, /source\.contract is "\^1", but this image writes its files by contract 2\./);
  assertFailure(
    t,
    await run('check', { source: s3Source(server.url, { contract: 'one' }) }),
    /source\.contract must be/,
  );
  t.deepEqual(server.requests, []);
});

const five = incidentCidrsInOrder;
const four = five.filter((cidr) => cidr !== '108.175.56.0/22');
const bare = bareOf(held(five));
const gov = { regions: ['us-gov-west-1'], ip_versions: [4] };

/** What check answers for a given version while AWS publishes a document, and what it says. */
async function answerOf(version: unknown, source: object, published: string) {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const answer = await checkCommand(
    { source: { ...gov, ...source }, version },
    {
      ...inMemoryOutside(() => parseDocument(Buffer.from(published))),
      now: () => 1_800_000_000_000,
      log: { info: say, note: say, debug: say, error: say },
    },
  );
  // As JSON brings them.
  return { answer: answer as { syncToken: string; digest: string }[], said: lines.join('\n') };
}

const both = '1724938990 1725321189';
const next = '1725321189';
const kept = '1725400000';
const answers: [title: string, version: unknown, source: object, tokens: string, said: RegExp][] = [
  ['holds its list', held(five), {}, both, /^new version: syncToken 1725321189: -108\.175\.56\.0\/22$/],
  ['holds its list, with version_on: cidrs', held(five), { version_on: 'cidrs' }, both, /^new/],
  ['holds its list, though hold_cidrs is 0 now', held(five), { hold_cidrs: 0 }, both, /^new/],
  ['has an empty list that is allowed', held([]), { allow_empty: true }, both, /^new/],
  [
    'has another shape',
    { ref: 'abc' },
    {},
    next,
    /^the given version is not one of this resource \(syncToken, .*; ignoring it/,
  ],
  ['is text', 'abc', {}, next, /^the given version is not one of this resource/],
  ['is bare', bare, {}, next, /^new version: syncToken 1725321189$/],
  [
    'is of another selection',
    held(five, { selection: 'S3' }),
    {},
    next,
    /list of another selection; ignoring/,
  ],
  ['was altered', held(five, { digest: held([]).digest }), {}, next, /version\.cidrs has the digest/],
  ['has more CIDRs than max_cidrs', held(five), { max_cidrs: 4 }, next, /source\.max_cidrs is 4/],
  ['has an empty list', held([]), {}, next, /the selection is empty/],
  [
    'is from the future',
    held(five, { syncToken: '9999999999' }),
    {},
    next,
    /9999999999, more than a day ahead/,
  ],
  [
    'is newer than what this edge serves',
    held(five, { syncToken: kept }),
    {},
    kept,
    /^keeping syncToken 1725400000: .* an older one: syncToken 1725321189, of 2024-09-02; an edge that is behind$/,
  ],
  ['is newer and bare', { ...bare, syncToken: kept }, {}, kept, /it serves an older one/],
  ['is the published one', held(four, { syncToken: next }), {}, next, /^nothing new since syncToken/],
];

for (const [title, version, source, tokens, said] of answers) {
  test(`check answers ${tokens} for a given version that ${title}`, async (t) => {
    const published = documentWith(next, four);
    const outcome = await answerOf(version, source, published);
    t.is(outcome.answer.map(({ syncToken }) => syncToken).join(' '), tokens);
    t.regex(outcome.said, said);
    if (tokens === both || tokens === kept) t.deepEqual<unknown, unknown>(outcome.answer[0], version);
    if (tokens !== kept) t.is(outcome.answer.at(-1)?.digest, held(four).digest);
  });
}

test('check holds a list up to hold_cidrs, and answers a version as it was given while its list is the same', async (t) => {
  for (const [hold_cidrs, made] of [
    [4, bare],
    [5, held(five)],
    [0, bare],
  ] as const) {
    t.deepEqual((await answerOf(undefined, { hold_cidrs }, incident)).answer, [made]);
    for (const version of [bare, held(five)]) {
      for (const version_on of ['syncToken', 'cidrs']) {
        t.deepEqual((await answerOf(version, { hold_cidrs, version_on }, incident)).answer, [version]);
      }
      const republished = await answerOf(version, { hold_cidrs, version_on: 'cidrs' }, documentWith(next));
      t.deepEqual(republished.answer, [version]);
    }
  }
});

test('check says what changed against a list that the given version holds, and counts what is beyond ten', async (t) => {
  const published = documentWith(next, ['1.178.30.0/24', ...five.slice(1)]);
  const { said } = await answerOf(held(five), {}, published);
  t.is(said, 'new version: syncToken 1725321189: +1.178.30.0/24 -15.200.28.240/28');
  const many = Array.from({ length: 60 }, (_, index) => `10.0.${index * 2}.0/24`);
  t.regex(
    (await answerOf(held(many), {}, published)).said,
    /: \+1\.178\.30\.0\/24 (?:[+-]\S+ ){9}and 55 more$/,
  );
});

test('a published token more than a day ahead of the clock is refused', async (t) => {
  const ahead = (hours: number) => documentWith(String(Math.floor(Date.now() / 1000) + hours * 3600));
  const server = await startServer(t, documentHandler(ahead(26)));
  const source = s3Source(server.url, { timeout: '1s' });
  assertFailure(t, await run('check', { source }), /is more than a day ahead of this machine's clock/);
  server.serve(documentHandler(ahead(22)));
  t.is((await run('check', { source })).code, 0);
});
