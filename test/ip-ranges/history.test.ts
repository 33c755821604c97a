// Superseded versions by history_url: the files of the original to the byte, or a refusal with its reason.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { packBundle } from '../helpers/archive.ts';
import { bomb } from '../helpers/bomb.ts';
import { documentWith, incident, incidentCidrs, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, readFiles, run, succeed, type Version } from '../helpers/executables.ts';
import { documentHandler, type Handler, startServer, type TestServer } from '../helpers/server.ts';
import { gnuName, paxName, paxRecord, type TarEntry, tar } from '../helpers/tar.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const token = '1724938990';
/** What AWS serves by now: another list. */
const newer = documentWith('1725321189', incidentCidrs.slice(1));
const params = { document: true, bundle: true };

interface Original {
  readonly version: Version;
  /** Every file that in wrote while the version was the published one, as latin1. */
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: Buffer;
}

let known: Promise<Original> | undefined;

/** The version of the incident as in wrote it from its document, the same for every test. */
function original(t: ExecutionContext): Promise<Original> {
  known ??= getOriginal(t);
  return known;
}

async function getOriginal(t: ExecutionContext): Promise<Original> {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url);
  const version = await check(t, { source });
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', { source, version, params }, directory);
  return {
    version,
    files: await readFiles(directory),
    bundle: await readFile(join(directory, `aws-ip-ranges-${token}.tgz`)),
  };
}

/** A source whose url serves the newer document, and whose history_url leads to the handler. */
async function superseded(t: ExecutionContext, handler: Handler, name = '{syncToken}.json') {
  const published = await startServer(t, documentHandler(newer));
  const history = await startServer(t, (request, response) => {
    const isAsked = request.url === `/${name.replaceAll('{syncToken}', token)}`;
    if (isAsked) handler(request, response);
    else response.writeHead(404).end();
  });
  const history_url = history.url.replace('ip-ranges.json', name);
  return { published, history, source: s3Source(published.url, { history_url }) };
}

const send =
  (body: string | Buffer, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    response.writeHead(200, headers).end(body);

const json = '{syncToken}.json';
const tgz = 'aws-ip-ranges-{syncToken}.tgz';
const gzip = { 'content-encoding': 'gzip' };

/** How a history can serve a document that is there. */
const forms: [title: string, name: string, serve: (original: Original) => Handler][] = [
  ['a .json', json, () => send(incident)],
  ['a .json that the server compresses', json, () => send(gzipSync(incident), gzip)],
  ['a .json.gz', `${json}.gz`, () => send(gzipSync(incident))],
  ['a .json.gz that the server declares as an encoding', `${json}.gz`, () => send(gzipSync(incident), gzip)],
  ['a .json.gz that it compresses once more', `${json}.gz`, () => send(gzipSync(gzipSync(incident)), gzip)],
  ['a .tgz', tgz, ({ bundle }) => send(bundle)],
  ['a .tgz that the server declares as an encoding', tgz, ({ bundle }) => send(bundle, gzip)],
  ['a .tgz that the server compresses once more', tgz, ({ bundle }) => send(gzipSync(bundle), gzip)],
  ['a query with the token', `get?file=${json}`, () => send(incident)],
  ['a path with the token twice', `{syncToken}/${json}`, () => send(incident)],
];

for (const [title, name, serve] of forms) {
  test(`in serves a superseded version from ${title}, with every byte of the original`, async (t) => {
    const first = await original(t);
    const { source, published, history } = await superseded(t, serve(first), name);
    const directory = temporaryDirectory(t);
    const { version, stderr, metadata } = await succeed(
      t,
      'in',
      { source, version: first.version, params },
      directory,
    );
    t.deepEqual(version, first.version);
    t.deepEqual(await readFiles(directory), first.files);
    t.true((await readFile(join(directory, `aws-ip-ranges-${token}.tgz`))).equals(first.bundle));
    t.regex(stderr, /note: the version with syncToken 1724938990 is gone: .* asking source\.history_url/);
    t.false('servedFrom' in metadata);
    t.deepEqual([published.requests.length, history.requests.length], [1, 1]);
  });
}

test("release 1's bundle of a list that was republished serves the list, though not its document, which has another token", async (t) => {
  const { source } = await superseded(t, async (request, response) => {
    const files = Object.entries({
      'ip-ranges.json': documentWith('1724994193'),
      'manifest.json': JSON.stringify({ version: incidentVersion }),
    });
    const bundle = await packBundle(
      files.map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
      Number(token),
    );
    send(bundle)(request, response);
  });
  const directory = temporaryDirectory(t);
  const { metadata } = await succeed(t, 'in', { source, version: incidentVersion }, directory);
  t.is(await readFile(join(directory, 'sync_token'), 'utf8'), token);
  t.regex(metadata['servedFrom'] ?? '', /1724994193/);
  const outcome = await run('in', { source, version: incidentVersion, params }, { args: [directory] });
  assertFailure(t, outcome, /kept there has the syncToken 1724994193, not 1724938990/);
});

test('an edge that is behind serves the version when its older document has the same list, and that is said', async (t) => {
  const { version } = await original(t);
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const directory = temporaryDirectory(t);
  const source = s3Source(server.url);
  const { stderr } = await succeed(t, 'in', { source, version: bare(version) }, directory);
  t.regex(
    stderr,
    /note: syncToken 1724938990 is not what this edge serves yet; the document with syncToken 1724884996 has/,
  );
});

test('a published document that never comes leaves half of the timeout for history_url', async (t) => {
  const { version } = await original(t);
  for (const silent of [
    () => undefined,
    (_request, response) => response.writeHead(503, { 'retry-after': '5' }).end(),
  ] as Handler[]) {
    const { published, source } = await superseded(t, send(incident));
    published.serve(silent);
    const request = { source: { ...source, timeout: '8s' }, version, params };
    const { stderr } = await succeed(t, 'in', request, temporaryDirectory(t));
    t.regex(
      stderr,
      /note: .* half of the 8 s of source\.timeout; the other half is for source\.history_url.*asking/,
    );
  }
});

test('history_url is not asked while AWS serves the list', async (t) => {
  const { published, history, source } = await superseded(t, send(''));
  published.serve(documentHandler(incident));
  const version = await check(t, { source });
  await succeed(t, 'in', { source, version: bare(version) }, temporaryDirectory(t));
  t.deepEqual(history.requests, []);
});

test('a published document that cannot be read leads to history_url too, and that is said', async (t) => {
  const { version } = await original(t);
  for (const [fault, pattern] of [
    [send('<html>'), /note: .* a page of HTML .*\(\d+ attempts within [^)]*\); asking source\.history_url/],
    [
      (_request, response) => response.writeHead(404).end(),
      /note: .* it answers 404; .*; asking source\.history_url/,
    ],
    [
      documentHandler(documentWith('1725321189').replaceAll('gov-west-1', 'gov-north-1')),
      /note: the version with syncToken 1724938990 is gone: .* this source can select no list; asking source\.history_url/,
    ],
  ] as [Handler, RegExp][]) {
    const { published, source } = await superseded(t, send(incident));
    published.serve(fault);
    const { stderr } = await succeed(t, 'in', { source, version: bare(version) }, temporaryDirectory(t));
    t.regex(stderr, pattern);
  }
});

const document: TarEntry = { name: 'ip-ranges.json', body: incident };
const otherDocument: TarEntry = { name: 'ip-ranges.json', body: newer };
/** A size field in base 256, which GNU tar writes for large files. */
const size = (first: number, rest: number, last: number) =>
  Buffer.from([first, ...Array<number>(10).fill(rest), last]);

const link = { type: '2', linkname: '/etc/passwd' };
const manifest = {
  name: 'manifest.json',
  body: JSON.stringify({ version: { syncToken: token, createDate: '', digest: `sha256:${'0'.repeat(64)}` } }),
};

/** Archives of which nothing is taken, by what is said of them. */
const archives: [pattern: RegExp, archives: Record<string, TarEntry[]>][] = [
  [
    /holds as entry \d something else than a file/,
    {
      'a link': [{ ...link, name: 'ip-ranges.json' }],
      'a link beside the document': [document, { ...link, name: 'cidrs.txt' }],
      'a hard link': [document, { name: 'x', type: '1', linkname: 'ip-ranges.json' }],
      'a character device': [{ name: 'ip-ranges.json', type: '3' }],
      'a block device': [{ name: 'ip-ranges.json', type: '4' }],
      'a directory': [{ name: 'ranges/', type: '5' }, document],
      'a fifo': [document, { name: 'x', type: '6' }],
      'a contiguous file': [{ ...document, type: '7' }],
      'an entry of an unknown type': [document, { name: 'x', type: 'Z' }],
    },
  ],
  [
    /has a name that leads elsewhere as that of entry \d/,
    {
      'a directory that claims to be a file': [{ name: 'ranges/' }, document],
      ...Object.fromEntries(
        ['../ip-ranges.json', '/ip-ranges.json', 'x/ip-ranges.json'].map((name) => [
          name,
          [{ ...document, name }],
        ]),
      ),
      ...Object.fromEntries(
        ['..', '.profile', '', 'a\\b', 'a\u001b[2J'].map((name) => [
          `the name ${JSON.stringify(name)}`,
          [document, { name }],
        ]),
      ),
      'a name in two parts': [{ ...document, prefix: '../..' }],
      'a name above by a PAX header': [paxName('../../ip-ranges.json'), document],
      'a name above by a GNU header': [gnuName(`${'../'.repeat(50)}etc/passwd`), document],
      'an absolute name by a PAX header': [document, paxName('/etc/cron.d/x'), { name: 'x' }],
    },
  ],
  [
    /has a name twice, the second time in entry \d/,
    {
      'a name twice': [document, otherDocument],
      'a name twice, once by a PAX header': [
        document,
        paxName('ip-ranges.json'),
        { ...otherDocument, name: 'x' },
      ],
      'a name twice, once by a GNU header': [
        gnuName('ip-ranges.json'),
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
  [
    /lacks ip-ranges\.json: it was made by release 1 with skip_document/,
    { 'no document': [{ name: 'cidrs.txt' }] },
  ],
  [/has the syncToken 1725321189, not 1724938990/, { 'another document': [otherDocument] }],
  [
    /selects another list: sha256:/,
    { 'another document with a manifest that lies': [otherDocument, manifest] },
  ],
  [
    /not a usable ip-ranges\.json: it is a page of HTML/,
    { 'a document that is none': [{ name: 'ip-ranges.json', body: '<html>' }] },
  ],
];

for (const [pattern, each] of archives) {
  for (const [title, entries] of Object.entries(each)) {
    test(`an archive with ${title} is refused`, async (t) => {
      const archive = tar(...entries);
      await assertRefused(t, send(gzipSync(archive)), pattern);
      await assertRefused(t, send(archive), pattern);
    });
  }
}

const status =
  (code: number): Handler =>
  (_request, response) =>
    response.writeHead(code).end();
const damaged = /the gzip file that it serves is damaged, or only a part of it arrived \(\d+ attempts within/;

/** Other answers of a history, and what is said of each. */
const answers: [title: string, serve: () => Handler, pattern: RegExp][] = [
  [
    'another document',
    () => send(newer),
    /\/1724938990\.json: the document that is kept there has the syncToken 1725321189, not 1724938990\n/,
  ],
  [
    'the right token with another list',
    () => send(documentWith(token, incidentCidrs.slice(2))),
    /the document that is kept there selects another list: sha256:[0-9a-f]{12}, not sha256:[0-9a-f]{12}\n/,
  ],
  [
    'an archive that is cut',
    () => send(tar(document).subarray(0, 2000)),
    /the archive that it serves is damaged, or only a part of it arrived \(\d+ attempts within/,
  ],
  [
    'an archive that is cut between its entries',
    () => send(tar({ name: 'x', body: 'x' }, document).subarray(0, 1024)),
    /lacks ip-ranges\.json/,
  ],
  ['a gzip file that is cut', () => send(gzipSync(incident).subarray(0, -9)), damaged],
  ['a gzip file with a wrong checksum', () => send(wrongChecksum()), damaged],
  ['the first bytes of a gzip file', () => send(Buffer.from([0x1f, 0x8b])), damaged],
  [
    'a gzip file in a gzip file',
    () => send(gzipSync(gzipSync(incident))),
    /not a usable ip-ranges\.json: it is not UTF-8/,
  ],
  ['a gzip bomb of 1 GiB', () => bomb('\0'), /the gzip file that it serves holds more than 64 MiB\n/],
  [
    'HTML',
    () => send('<!doctype html><title>Log in</title>'),
    /not a usable ip-ranges\.json: it is a page of HTML/,
  ],
  ['nothing', () => send(''), /it is empty \(\d+ attempts within/],
  ['404', () => status(404), /\/1724938990\.json: it answers 404; check the URL\n/],
  ['403', () => status(403), /it answers 403; check the URL, and whether a filter/],
  ['503', () => status(503), /it answers 503 \(\d+ attempts within/],
];

for (const [title, serve, pattern] of answers) {
  test(`${title} from history_url is refused, and both facts are named`, async (t) => {
    await assertRefused(t, serve(), pattern);
  });
}

test('headers go to the host of url and history_headers to that of history_url, and neither where one of them redirects to', async (t) => {
  const { version } = await original(t);
  const seen: Record<string, (string | undefined)[]> = { published: [], history: [], stranger: [] };
  const watched =
    (name: string, handler: Handler): Handler =>
    (request, response) => {
      seen[name]?.push(request.headers['x-key'] as string | undefined, request.headers.authorization);
      handler(request, response);
    };
  const stranger = await startServer(t, watched('stranger', documentHandler(newer)));
  const redirect: Handler = (_request, response) => response.writeHead(302, { location: stranger.url }).end();
  const published = await startServer(t, watched('published', redirect));
  const history = await startServer(t, watched('history', send(incident)));
  const source = s3Source(withUser(published, 'one:secret-1'), {
    history_url: withUser(history, 'two:secret-2').replace('ip-ranges.json', '{syncToken}.json'),
    headers: { 'X-Key': 'secret-3' },
    history_headers: { 'X-Key': 'secret-4' },
  });
  await succeed(t, 'in', { source, version: bare(version) }, temporaryDirectory(t));
  const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`;
  const expected = {
    published: ['secret-3', basic('one:secret-1')],
    history: ['secret-4', basic('two:secret-2')],
    stranger: [undefined, undefined],
  };
  t.deepEqual(seen, expected);

  stranger.serve(watched('stranger', send(incident)));
  published.serve(watched('published', documentHandler(newer)));
  history.serve(watched('history', redirect));
  await succeed(t, 'in', { source, version: bare(version) }, temporaryDirectory(t));
  for (const name of ['published', 'history', 'stranger'] as const) {
    t.deepEqual(seen[name], [...expected[name], ...expected[name]], name);
  }

  // One of them leads to the other, which would take what it gets for its own.
  for (const name of ['published', 'history', 'stranger'] as const) seen[name] = [];
  history.serve(
    watched('history', (_request, response) => {
      response.writeHead(302, { location: `${published.url}?kept` }).end();
    }),
  );
  published.serve(
    watched('published', (request, response) => {
      (request.url?.endsWith('?kept') ? send(incident) : documentHandler(newer))(request, response);
    }),
  );
  await succeed(t, 'in', { source, version: bare(version) }, temporaryDirectory(t));
  t.deepEqual(seen, { ...expected, published: [...expected.published, undefined, undefined], stranger: [] });
});

test('a host with two paths for two users gets the user of each', async (t) => {
  const { version } = await original(t);
  const seen: string[] = [];
  const server = await startServer(t, (request, response) => {
    const [, user = ''] = request.headers.authorization?.split(' ') ?? [];
    seen.push(`${request.url} ${Buffer.from(user, 'base64')}`);
    (request.url === '/ip-ranges.json' ? documentHandler(newer) : send(incident))(request, response);
  });
  for (const user of ['', 'one:secret-1']) {
    const source = s3Source(user === '' ? server.url : withUser(server, user), {
      history_url: withUser(server, 'two:100%25%').replace('ip-ranges.json', '{syncToken}.json'),
    });
    await succeed(t, 'in', { source, version: bare(version) }, temporaryDirectory(t));
  }
  const history = `/${token}.json two:100%%`;
  t.deepEqual(seen, ['/ip-ranges.json ', history, '/ip-ranges.json one:secret-1', history]);
});

/** The version as release 1 made it, without its list. */
function bare({ syncToken, createDate, digest }: Version): Version {
  return { syncToken, createDate, digest };
}

function withUser({ url }: TestServer, user: string): string {
  return url.replace('://', `://${user}@`);
}

/** A failed in that tells of both servers and leaves the destination as it was. */
async function assertRefused(t: ExecutionContext, handler: Handler, pattern: RegExp): Promise<void> {
  const { source } = await superseded(t, handler);
  const parent = temporaryDirectory(t);
  await writeFile(join(parent, 'mine'), 'kept');
  const outcome = await run('in', { source, version: incidentVersion }, { args: [parent] });
  assertFailure(
    t,
    outcome,
    /note: the version with syncToken 1724938990 is gone: .* now syncToken 1725321189 .*; asking source\.history_url\n/,
    pattern,
  );
  t.deepEqual(await readdir(parent), ['mine']);
}

const incidentVersion: Version = {
  syncToken: token,
  createDate: '2024-08-29-13-43-10',
  digest: 'sha256:6ea8a9a9954cb125151ef9b5adbaaef1d088d8f5a0cf950a9879894eccc09489',
};

function wrongChecksum(): Buffer {
  const bytes = gzipSync(incident);
  bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 8) ^ 1, bytes.length - 8);
  return bytes;
}
