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
    t.deepEqual(await readFiles(directory), files);
    t.true((await readFile(join(directory, bundleName))).equals(bundle));
    t.regex(
      response.stderr,
      /note: the version with syncToken 1724938990 is gone: .* asking source\.history_url/,
    );
    t.false('servedFrom' in response.metadata);
    t.deepEqual(requests(), [1, 1]);
  });
}

/** What AWS serves in the place of the version's document, and what is noted before history_url is asked. */
const published: [title: string, script: Script, pattern: RegExp][] = [
  [
    'HTML',
    send('<html>'),
    /note: .* a page of HTML .*\(\d+ attempts within [^)]*\); asking source\.history_url/,
  ],
  ['nothing there', answer(404), /note: .* it answers 404; .*; asking source\.history_url/],
  [
    'a document without the region',
    documentHandler(documentWith('1725321189').replaceAll('gov-west-1', 'gov-north-1')),
    /note: the version with syncToken 1724938990 is gone: .* this source can select no list; asking/,
  ],
  // These take a second: half of the timeout.
  [
    'nothing, in silence',
    () => undefined,
    /note: .* half of the 2 s of source\.timeout; the other half is for/,
  ],
  ['a wait', answer(503, { 'retry-after': '5' }), /asks to wait for 5 s .* half of the 2 s of .* asking/],
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
const otherDocument: TarEntry = { name: 'ip-ranges.json', body: newer };
/** A size field in base 256, which GNU tar writes for large files. */
const size = (first: number, rest: number, last: number) =>
  Buffer.from([first, ...Array<number>(10).fill(rest), last]);

/** Archives of which nothing is taken, by what is said of them. */
const archives: [pattern: RegExp, archives: Record<string, TarEntry[]>][] = [
  [
    /holds as entry 2 something else than a file/,
    // Links, devices, a directory, a fifo, a contiguous file, and what nobody knows.
    Object.fromEntries(
      [...'1234567Z'].map((type) => [
        `an entry of type ${type}`,
        [document, { name: 'cidrs.txt', type, linkname: '/etc/passwd' }],
      ]),
    ),
  ],
  [
    /has a name that leads elsewhere as that of entry 2/,
    {
      ...Object.fromEntries(
        ['../x', '/x', 'x/y', 'x/', '..', '.profile', '', 'a\\b', 'a\u001b[2J'].map((name) => [
          `the name ${JSON.stringify(name)}`,
          [document, { name }],
        ]),
      ),
      'a name in two parts': [document, { name: 'x', prefix: '../..' }],
      'a name above by a PAX header': [document, paxName('../../x'), { name: 'x' }],
      'an absolute name by a PAX header': [document, paxName('/etc/cron.d/x'), { name: 'x' }],
      'a name above by a GNU header': [document, gnuName(`${'../'.repeat(50)}etc/passwd`), { name: 'x' }],
    },
  ],
  [
    /has a name twice, the second time in entry 2/,
    {
      'a name twice': [document, otherDocument],
      'a name twice, once by a PAX header': [
        document,
        paxName(document.name),
        { ...otherDocument, name: 'x' },
      ],
      'a name twice, once by a GNU header': [
        gnuName(document.name),
        { ...otherDocument, name: 'x' },
        document,
      ],
    },
  ],
  [
    /is damaged(, or only a part of it arrived|: entry 1 has no size) \(\d+ attempts/,
    {
      'a PAX size beyond the end': [paxRecord('size', '999999999'), document],
      'a negative PAX size': [paxRecord('size', '-1'), document],
      'a size beyond the end': [{ ...document, size: size(0x80, 0, 255) }],
      'a size beyond every disk': [{ ...document, size: size(0x80, 255, 255) }],
      'a negative size': [{ ...document, size: size(0xff, 255, 1) }],
      'a size that is no number': [{ ...document, size: size(0xc0, 0, 1) }],
      'a size in another base': [{ ...document, size: Buffer.from('9999999x   \0') }],
      'a wrong checksum': [{ ...document, checksum: '000000\0 ' }],
    },
  ],
  [
    /holds more than 100 files/,
    { 'more files than any bundle has': Array.from({ length: 101 }, (_, index) => ({ name: `x${index}` })) },
  ],
  [/lacks ip-ranges\.json/, { 'no document': [{ name: 'x' }] }],
  [/has the syncToken 1725321189, not 1724938990/, { 'another document': [otherDocument] }],
];

for (const [pattern, each] of archives) {
  for (const [title, entries] of Object.entries(each)) {
    test(`an archive with ${title} is refused`, async (t) => {
      await assertRefused(t, send(gzipSync(tar(...entries))), pattern);
    });
  }
}

const damagedGzip =
  /the gzip file that it serves is damaged, or only a part of it arrived \(\d+ attempts within/;

/** Other answers of a history, and what is said of each. */
const answers: [title: string, answer: Handler, pattern: RegExp][] = [
  [
    'another document',
    send(newer),
    /\/1724938990\.json: the document that is kept there has the syncToken 1725321189, not 1724938990\n/,
  ],
  [
    'the right token with another list',
    send(documentWith(token, incidentCidrs.slice(2))),
    /the document that is kept there selects another list: sha256:[0-9a-f]{12}, not sha256:[0-9a-f]{12}\n/,
  ],
  [
    'an archive that is cut',
    send(tar(document).subarray(0, 2000)),
    /the archive that it serves is damaged, or only a part of it arrived \(\d+ attempts within/,
  ],
  [
    'an archive that is cut between its entries',
    send(tar({ name: 'x', body: 'x' }, document).subarray(0, 1024)),
    /lacks ip-ranges\.json/,
  ],
  ['a gzip file that is cut', send(gzipSync(incident).subarray(0, -9)), damagedGzip],
  ['a gzip file with a wrong checksum', send(wrongChecksum()), damagedGzip],
  ['the first bytes of a gzip file', send(Buffer.from([0x1f, 0x8b])), damagedGzip],
  [
    'a gzip file in a gzip file',
    send(gzipSync(gzipSync(incident))),
    /not a usable ip-ranges\.json: it is not UTF-8/,
  ],
  ['a gzip bomb of 1 GiB', send(bomb('\0')), /the gzip file that it serves holds more than 64 MiB\n/],
  ['404', answer(404), /\/1724938990\.json: it answers 404; check the URL\n/],
];

for (const [title, handler, pattern] of answers) {
  test(`${title} from history_url is refused, and both facts are named`, async (t) => {
    await assertRefused(t, handler, pattern);
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

/** A failed in that tells of both servers and leaves the destination as it was. */
async function assertRefused(t: ExecutionContext, kept: Handler, pattern: RegExp): Promise<void> {
  const { source } = await superseded(t, kept);
  const destination = temporaryDirectory(t);
  await writeFile(join(destination, 'mine'), 'kept');
  const outcome = await run('in', { source, version: incidentVersion }, { args: [destination] });
  const gone =
    /note: the version with syncToken 1724938990 is gone: .* now syncToken 1725321189 .*; asking source\.history_url\n/;
  assertFailure(t, outcome, gone, pattern);
  t.deepEqual(await readdir(destination), ['mine']);
}

function wrongChecksum(): Buffer {
  const bytes = gzipSync(incident);
  bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 8) ^ 1, bytes.length - 8);
  return bytes;
}
