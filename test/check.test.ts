import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { check as checkCommand } from '../src/check.ts';
import { parseDocument } from '../src/ip-ranges/document.ts';
import { documentWith, incident, incidentCidrs, incidentCidrsInOrder } from './helpers/documents.ts';
import { assertFailure, check, run } from './helpers/executables.ts';
import { inMemory } from './helpers/in-memory.ts';
import { documentHandler, publish } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { bareOf, held } from './helpers/versions.ts';

test('a check without a version reads the document and returns the current one', async (t) => {
  const { source, requests } = await publish(t);
  for (const version of [undefined, null]) {
    const current = await check(t, { source, version });
    t.like(current, { syncToken: '1724938990', createDate: '2024-08-29-13-43-10' });
    t.regex(current.digest, /^sha256:[0-9a-f]{64}$/);
    t.deepEqual(Object.keys(current), ['syncToken', 'createDate', 'digest', 'selection', 'cidrs', 'cidrs_2']);
  }
  t.deepEqual(requests, ['GET', 'GET']);
});

test('a check with nothing new asks for the first bytes, one with something new also for the rest, over one connection', async (t) => {
  const { source, requests, serve } = await publish(t);
  const version = await check(t, { source });
  const sockets = new Set<Socket>();
  serve((request, response) => {
    sockets.add(request.socket);
    documentHandler(incident)(request, response);
  });
  for (const [syncToken, asked] of [
    ['1724938990', ['GET bytes=0-255']],
    ['1724884996', ['GET bytes=0-255', 'GET']],
  ] as const) {
    requests.length = 0;
    sockets.clear();
    t.deepEqual(await check(t, { source, version: { ...version, syncToken } }), version);
    t.deepEqual(requests, [...asked]);
    t.is(sockets.size, 1);
  }
});

test('the contract that a pipeline states is checked before anything is read', async (t) => {
  const { source, requests } = await publish(t);
  for (const [contract, pattern] of [
    ['^1', /source\.contract is "\^1", but this image writes its files by contract 2\./],
    ['one', /source\.contract must be a semver range such as \^2, not "one"/],
  ] as const) {
    assertFailure(t, await run('check', { source: { ...source, contract } }), pattern);
  }
  t.deepEqual(requests, []);
  await check(t, { source: { ...source, contract: '^2' } });
});

/** A source with `version_on: cidrs` and its version, of which one directory keeps the memory. */
async function remembering(t: ExecutionContext, more: object = {}) {
  const directory = temporaryDirectory(t);
  const server = await publish(t, documentWith('1724884996'), { version_on: 'cidrs', ...more });
  const ask = (version?: unknown, keys: object = {}) =>
    check(t, { source: { ...server.source, ...keys }, version }, { env: { TMPDIR: directory } });
  return { ...server, directory, ask, version: await ask() };
}

test('version_on: cidrs reads the document of a token once, while Concourse still gives the old version too', async (t) => {
  for (const cidrs of [incidentCidrs, incidentCidrs.slice(2)]) {
    const { ask, version, serve, requests } = await remembering(t);
    serve(documentHandler(documentWith('1724938990', cidrs)));
    const answer = await ask(version);
    t.is(answer.syncToken, cidrs === incidentCidrs ? '1724884996' : '1724938990');
    requests.length = 0;
    t.deepEqual(await ask(version), answer);
    t.deepEqual(requests, ['GET bytes=0-255']);
  }
});

test('the memory of one source is not that of another', async (t) => {
  const { ask, version, serve, requests } = await remembering(t, { ip_versions: [4] });
  serve(documentHandler(documentWith('1724938990', incidentCidrs, [])));
  t.deepEqual(await ask(version), version);
  t.is((await ask(version, { ip_versions: [4, 6] })).digest, version.digest);
  t.is(requests.at(-1), 'GET');
});

test('a memory that is damaged, foreign or a link is ignored', async (t) => {
  const { ask, version, serve, directory } = await remembering(t);
  serve(documentHandler(documentWith('1724938990', incidentCidrs.slice(1))));
  const [name = ''] = await readdir(directory);
  const path = join(directory, name);
  const good = await readFile(path, 'utf8');
  const lie = { ...version, syncToken: '1724938990' };
  for (const damage of [
    '',
    good.slice(0, -5),
    '[]',
    JSON.stringify({ versions: [lie] }),
    JSON.stringify([{ ...lie, digest: 'sha256:0' }, 7, null]),
    '\0'.repeat(100_000),
  ]) {
    await writeFile(path, damage);
    const next = await ask(version);
    t.is(next.syncToken, '1724938990', damage.slice(0, 80));
    t.not(next.digest, version.digest);
  }
  // A link to a memory that would be believed if it were the file itself.
  const elsewhere = join(temporaryDirectory(t), 'memory');
  await writeFile(elsewhere, JSON.stringify([lie]));
  await rm(path);
  await symlink(elsewhere, path);
  t.is((await ask(version)).syncToken, '1724938990');
});

test('a temporary directory that cannot be written only makes the check longer', async (t) => {
  const { source } = await publish(t, incident, { version_on: 'cidrs' });
  const missing = join(temporaryDirectory(t), 'missing');
  t.is((await check(t, { source }, { env: { TMPDIR: missing } })).syncToken, '1724938990');
});

const five = incidentCidrsInOrder;
const four = five.filter((cidr) => cidr !== '108.175.56.0/22');
const bare = bareOf(held(five));
const gov = { regions: ['us-gov-west-1'], ip_versions: [4] };

/** What check answers for a given version while AWS publishes a document, and what it says. */
async function answerOf(version: unknown, source: object, published: string) {
  const { outside, said } = inMemory(parseDocument(Buffer.from(published)));
  const answer = await checkCommand({ source: { ...gov, ...source }, version }, outside);
  // As JSON brings them.
  return { answer: answer as { syncToken: string; digest: string }[], said: said.join('\n') };
}

const next = '1725321189';
const both = `1724938990 ${next}`;
const kept = '1725400000';
const edge =
  /^keeping syncToken 1725400000: .* an older one: syncToken 1725321189, of 2024-09-02; an edge that is behind$/;
const foreign =
  /^the given version is not one of this resource \(syncToken, createDate, digest\); ignoring it/;

/** Given versions, the tokens that check answers, what it says, and keys of the source. */
const answers: [title: string, version: unknown, tokens: string, said: RegExp, source?: object][] = [
  ['holds its list', held(five), both, /^new version: syncToken 1725321189: -108\.175\.56\.0\/22$/],
  ['holds its list, though hold_cidrs is 0 now', held(five), both, /^new/, { hold_cidrs: 0 }],
  ['has an empty list that is allowed', held([]), both, /^new/, { allow_empty: true }],
  ['is bare', bare, next, /^new version: syncToken 1725321189$/],
  ['has another shape', { ref: 'abc' }, next, foreign],
  ['is of another selection', held(five, { selection: 'S3' }), next, /list of another selection; ignoring/],
  ['was altered', held(five, { digest: held([]).digest }), next, /version\.cidrs has the digest/],
  ['has more CIDRs than max_cidrs', held(five), next, /source\.max_cidrs is 4/, { max_cidrs: 4 }],
  ['has an empty list', held([]), next, /the selection is empty/],
  ['is from the future', held(five, { syncToken: '9999999999' }), next, /9999999999, more than a day ahead/],
  ['is newer than what this edge serves', held(five, { syncToken: kept }), kept, edge],
  ['is the published one', held(four, { syncToken: next }), next, /^nothing new since syncToken/],
];

for (const [title, version, tokens, said, source = {}] of answers) {
  test(`check answers ${tokens} for a given version that ${title}`, async (t) => {
    const outcome = await answerOf(version, source, documentWith(next, four));
    t.is(outcome.answer.map(({ syncToken }) => syncToken).join(' '), tokens);
    t.regex(outcome.said, said);
    if (tokens !== next) t.deepEqual<unknown, unknown>(outcome.answer[0], version);
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
