// Superseded versions by history_url: the files of the original to the byte, or a refusal with its reason.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { documentWith, incident, incidentCidrs, incidentVersion, s3Source } from '../helpers/documents.ts';
import { assertFailure, getNewest, readFiles, run, succeed } from '../helpers/executables.ts';
import {
  answer,
  bomb,
  documentHandler,
  type Handler,
  publish,
  type Script,
  send,
  startServer,
  type TestServer,
} from '../helpers/server.ts';
import { gnuName, paxName, paxRecord, type TarEntry, tar } from '../helpers/tar.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const token = incidentVersion.syncToken;
/** What AWS serves by now: another list. */
const newer = documentWith('1725321189', incidentCidrs.slice(1));
const params = { document: true, bundle: true };
const bundleName = `aws-ip-ranges-${token}.tgz`;

/** The version of the incident as in writes it from its document, with every file, and its archive. */
async function original(t: ExecutionContext) {
  const { version, files, directory } = await getNewest(t, (await publish(t)).source, params);
  return { version, files, bundle: await readFile(join(directory, bundleName)) };
}

const json = '{syncToken}.json';

/** A source whose url serves the newer document, and whose history_url leads to what answers. */
async function superseded(
  t: ExecutionContext,
  kept: Handler,
  name = json,
  published: Script = documentHandler(newer),
) {
  const publisher = await startServer(t, published);
  const history = await startServer(t, (request, response) => {
    const isAsked = request.url === `/${name.replaceAll('{syncToken}', token)}`;
    (isAsked ? kept : answer(404))(request, response);
  });
  const history_url = history.url.replace('ip-ranges.json', name);
  const requests = () => [publisher.requests.length, history.requests.length];
  return { requests, source: s3Source(publisher.url, { history_url }) };
}

const tgz = 'aws-ip-ranges-{syncToken}.tgz';
const gzip = { 'content-encoding': 'gzip' };

/** How a history can serve a document that is there; `bundle` is the archive of the original. */
const forms: [title: string, name: string, serve: (bundle: Buffer) => Handler][] = [
  ['a .json', json, () => send(incident)],
  ['a .json that the server compresses', json, () => send(gzipSync(incident), gzip)],
  ['a .json.gz', `${json}.gz`, () => send(gzipSync(incident))],
  ['a .json.gz that the server declares as an encoding', `${json}.gz`, () => send(gzipSync(incident), gzip)],
  ['a .json.gz that it compresses once more', `${json}.gz`, () => send(gzipSync(gzipSync(incident)), gzip)],
  ['a .tgz', tgz, (bundle) => send(bundle)],
  ['a .tgz that the server declares as an encoding', tgz, (bundle) => send(bundle, gzip)],
  ['a .tgz that the server compresses once more', tgz, (bundle) => send(gzipSync(bundle), gzip)],
  ['a query with the token', `get?file=${json}`, () => send(incident)],
  ['a path with the token twice', `{syncToken}/${json}`, () => send(incident)],
];

for (const [title, name, serve] of forms) {
  test(`in serves a superseded version from ${title}, with every byte of the original`, async (t) => {
    const { version, files, bundle } = await original(t);
    const { source, requests } = await superseded(t, serve(bundle), name);
    const directory = temporaryDirectory(t);
    const response = await succeed(t, 'in', { source, version, params }, directory);
    t.deepEqual(response.version, version);
    t.deepEqual(readFiles(directory), files);
    t.true((await readFile(join(directory, bundleName))).equals(bundle));
    t.regex(
      response.stderr,
      /note: the version with syncToken 1724938990 is gone: .* asking source\.history_url/,
    );
    t.false('servedFrom' in response.metadata);
    t.deepEqual(requests(), [1, 1]);
  });
}

const noRegion = documentHandler(documentWith('1725321189').replaceAll('gov-west-1', 'gov-north-1'));
const noList =
  /note: the version with syncToken 1724938990 is gone: .* this source can select no list; asking/;
const page = /note: .* a page of HTML .*\(\d+ attempts within [^)]*\); asking source\.history_url/;
const half = /note: .* half of the 2 s of source\.timeout; the other half is for/;

/** What AWS serves in the place of the version's document, and what is noted before history_url is asked. */
const published: [title: string, script: Script, pattern: RegExp][] = [
  ['HTML', send('<html>'), page],
  ['nothing there', answer(404), /note: .* it answers 404; .*; asking source\.history_url/],
  ['a document without the region', noRegion, noList],
  ['a wait', answer(503, { 'retry-after': '5' }), /asks to wait for 5 s .* half of the 2 s of .* asking/],
  // This one takes a second: half of the timeout.
  ['nothing, in silence', () => undefined, half],
];

for (const [title, script, pattern] of published) {
  test(`where AWS serves ${title}, history_url is asked, with half of the timeout, and that is said`, async (t) => {
    const { source } = await superseded(t, send(incident), json, script);
    const request = { source: { ...source, timeout: '2s' }, version: incidentVersion };
    const { stderr } = await succeed(t, 'in', request, temporaryDirectory(t));
    t.regex(stderr, pattern);
  });
}

test('history_url is not asked while AWS serves the list', async (t) => {
  const { source, requests } = await superseded(t, send(), json, documentHandler(incident));
  await succeed(t, 'in', { source, version: incidentVersion }, temporaryDirectory(t));
  t.deepEqual(requests(), [1, 0]);
});

const document: TarEntry = { name: 'ip-ranges.json', body: incident };
/** A size field in base 256, which GNU tar writes for large files. */
const size = (first: number, rest: number, last: number) =>
  Buffer.from([first, ...Array<number>(10).fill(rest), last]);

const archive = (...entries: TarEntry[]) => send(gzipSync(tar(...entries)));
const notFile = /holds as entry 2 something else than a file/;
const leads = /has a name that leads elsewhere as that of entry 2/;
const twice = /has a name twice, the second time in entry 2/;
const damaged = /the archive that it serves is damaged, or only a part of it arrived \(\d+ attempts within/;
const noSize = /is damaged: entry 1 has no size/;
const damagedGzip =
  /the gzip file that it serves is damaged, or only a part of it arrived \(\d+ attempts within/;
const otherToken = /\.json: the document that is kept there has the syncToken 1725321189, not 1724938990\n/;
const otherList = /kept there selects another list: sha256:[0-9a-f]{12}, not sha256:[0-9a-f]{12}\n/;
const noDocument = /lacks ip-ranges\.json/;
const x = { name: 'x' };
const hundredAndOne = Array.from({ length: 101 }, (_, index) => ({ name: `x${index}` }));

/** Answers of a history of which nothing is taken, and what is said of each. */
const refused: [title: string, answer: Handler, pattern: RegExp][] = [
  // Links, devices, a directory, a fifo, a contiguous file, and what nobody knows.
  ...[...'1234567Z'].map((type): [string, Handler, RegExp] => [
    `an archive with an entry of type ${type}`,
    archive(document, { ...x, type, linkname: '/etc/passwd' }),
    notFile,
  ]),
  ...['../x', '/x', 'x/y', 'x/', '..', '.profile', '', 'a\\b', 'a\u001b[2J'].map(
    (name): [string, Handler, RegExp] => [
      `the name ${JSON.stringify(name)}`,
      archive(document, { name }),
      leads,
    ],
  ),
  ['a name in two parts', archive(document, { ...x, prefix: '../..' }), leads],
  ['a name above by a PAX header', archive(document, paxName('../../x'), x), leads],
  ['an absolute name by a PAX header', archive(document, paxName('/etc/cron.d/x'), x), leads],
  ['a name above by a GNU header', archive(document, gnuName(`${'../'.repeat(50)}etc/passwd`), x), leads],
  ['a name twice', archive(document, document), twice],
  ['a name twice, once by a PAX header', archive(document, paxName(document.name), x), twice],
  ['a name twice, once by a GNU header', archive(gnuName(document.name), x, document), twice],
  ['a PAX size beyond the end', archive(paxRecord('size', '999999999'), document), damaged],
  ['a negative PAX size', archive(paxRecord('size', '-1'), document), damaged],
  ['a size beyond the end', archive({ ...document, size: size(0x80, 0, 255) }), damaged],
  ['a size beyond every disk', archive({ ...document, size: size(0x80, 255, 255) }), noSize],
  ['a negative size', archive({ ...document, size: size(0xff, 255, 1) }), damaged],
  ['a size that is no number', archive({ ...document, size: size(0xc0, 0, 1) }), noSize],
  ['a size in another base', archive({ ...document, size: Buffer.from('9999999x   \0') }), damaged],
  ['a wrong checksum', archive({ ...document, checksum: '000000\0 ' }), damaged],
  ['more files than any bundle has', archive(...hundredAndOne), /holds more than 100 files/],
  ['an archive without a document', archive(x), noDocument],
  ['an archive of another document', archive({ ...document, body: newer }), otherToken],
  ['an archive that is cut', send(tar(document).subarray(0, 2000)), damaged],
  ['an archive that is cut between its entries', send(tar(x, document).subarray(0, 512)), noDocument],
  ['another document', send(newer), otherToken],
  ['the right token with another list', send(documentWith(token, incidentCidrs.slice(2))), otherList],
  ['a gzip file that is cut', send(gzipSync(incident).subarray(0, -9)), damagedGzip],
  ['a gzip file with a wrong checksum', send(wrongChecksum()), damagedGzip],
  ['the first bytes of a gzip file', send(Buffer.from([0x1f, 0x8b])), damagedGzip],
  ['a gzip file in a gzip file', send(gzipSync(gzipSync(incident))), /ip-ranges\.json: it is not UTF-8/],
  ['a gzip bomb of 1 GiB', send(bomb('\0')), /the gzip file that it serves holds more than 64 MiB\n/],
  ['404', answer(404), /\/1724938990\.json: it answers 404; check the URL\n/],
];

for (const [title, kept, pattern] of refused) {
  test(`${title} from history_url is refused, both facts are named, and the destination stays as it was`, async (t) => {
    const { source } = await superseded(t, kept);
    const destination = temporaryDirectory(t);
    await writeFile(join(destination, 'mine'), 'kept');
    const outcome = await run('in', { source, version: incidentVersion }, { args: [destination] });
    const gone =
      /note: the version with syncToken 1724938990 is gone: .* now syncToken 1725321189 .*; asking source\.history_url\n/;
    assertFailure(t, outcome, gone, pattern);
    t.deepEqual(await readdir(destination), ['mine']);
  });
}

test('headers and users go to url and to history_url, each its own, and to no place where one of them redirects', async (t) => {
  const seen: string[] = [];
  const watched =
    (name: string, handler: Handler): Handler =>
    (request, response) => {
      const { authorization = '', 'x-key': key = 'no key' } = request.headers;
      seen.push(`${name}: ${key}, ${Buffer.from(authorization.replace('Basic ', ''), 'base64')}`);
      handler(request, response);
    };
  const start = () => startServer(t, answer(404));
  const [one, two, stranger] = [await start(), await start(), await start()];
  const [aws, kept] = [send(newer), send(incident)];
  const to = ({ url }: TestServer) => answer(302, { location: url });
  const [first, second] = ['one: secret-3, me:secret-1', 'two: secret-4, you:100%%'];
  for (const [history, ofOne, ofTwo, ofStranger, expected] of [
    [two, [to(stranger)], kept, aws, [first, 'stranger: no key, ', second]],
    [two, [aws], to(stranger), kept, [first, second, 'stranger: no key, ']],
    // The other one would take what it gets for its own.
    [two, [aws, kept], to(one), kept, [first, second, 'one: no key, ']],
    [one, [aws, kept], kept, kept, [first, 'one: secret-4, you:100%%']],
  ] as const) {
    one.serve(ofOne.map((handler) => watched('one', handler)));
    two.serve(watched('two', ofTwo));
    stranger.serve(watched('stranger', ofStranger));
    const source = s3Source(one.url.replace('://', '://me:secret-1@'), {
      history_url: history.url.replace('://', '://you:100%25%@').replace('ip-ranges.json', json),
      headers: { 'X-Key': 'secret-3' },
      history_headers: { 'X-Key': 'secret-4' },
    });
    seen.length = 0;
    await succeed(t, 'in', { source, version: incidentVersion }, temporaryDirectory(t));
    t.deepEqual(seen, [...expected]);
  }
});

function wrongChecksum(): Buffer {
  const bytes = gzipSync(incident);
  bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 8) ^ 1, bytes.length - 8);
  return bytes;
}
