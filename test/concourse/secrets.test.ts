// Header values, credentials and queries never appear: not in messages, metadata or files, not with debug, not repeated by a server.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { redactor } from '../../src/concourse/secrets.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { createAuthority } from '../helpers/certificates.ts';
import {
  documentWith,
  incident,
  incidentCidrs,
  renderDocument,
  s3Source,
  incidentVersion as version,
} from '../helpers/documents.ts';
import { run } from '../helpers/executables.ts';
import type { Ending } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { answer, documentHandler, type Handler, publish, send, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** What must not appear, in characters that JSON, URLs and HTML write in other ways. */
const secrets = {
  header: 'k3y"0f\\th3/h3ad3r+x=1&y',
  bearer: 't0k3n.Af9/Qz+17Yx==',
  urlPassword: 'p4ss/w%rd:9Z7&',
  urlQuery: 'qu3ry s1g/v4lu3+7',
  historyPassword: 'h1st0ry-p4ss=9Zx',
  historyQuery: 'h1st0ry?qu3ry/7Q',
  proxyPassword: 'pr0xy/cr3d@7Kj',
};
const all = Object.values(secrets);

/** Every way in which a text could hold a secret: whole, in another form, or a telling part of one. */
const telling = new Set(
  [...all, `us3r:${secrets.urlPassword}`, `us3r:${secrets.historyPassword}`, `us3r:${secrets.proxyPassword}`]
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      encodeURI(secret),
      Buffer.from(secret).toString('base64'),
      new URLSearchParams({ x: secret }).toString().slice(2),
    ])
    .flatMap((form) => Array.from({ length: form.length - 9 }, (_, at) => form.slice(at, at + 10))),
);

function leaks(text: string): string[] {
  return [...telling].filter((part) => text.includes(part));
}

/** A source with a secret in every place that can hold one. */
function secretSource(url: string, more: object = {}, historyUrl = url): object {
  const withUser = (text: string, password: string, query: string) =>
    `${text.replace('://', `://us3r:${encodeURIComponent(password)}@`)}?sig=${encodeURIComponent(query)}`;
  const kept = historyUrl.replace('ip-ranges.json', '{syncToken}.json');
  return s3Source(withUser(url, secrets.urlPassword, secrets.urlQuery), {
    history_url: withUser(kept, secrets.historyPassword, secrets.historyQuery),
    headers: { 'X-Key': secrets.header },
    debug: true,
    ...more,
  });
}

/** Answers with what it was told: the key, the authorization, the same as words and decoded, and the query; also as header text. */
function repeating(answerTo: (words: string[], header: string) => Handler): Handler {
  return (request, response) => {
    const headers = [request.headers['x-key'], request.headers.authorization].flatMap((value) => value ?? []);
    const last = headers.flatMap((value) => value.split(' ').slice(-1));
    const decoded = last.map((word) => Buffer.from(word, 'base64').toString());
    const query = request.url?.split('sig=')[1] ?? '';
    const words = [...headers, ...last, ...decoded, query, decodeURIComponent(query)];
    answerTo(words, words[0]?.replace(/[^ -~]|"/g, '') ?? '')(request, response);
  };
}

/** The key, the authorization, the password in it, and the query. */
const nth = [0, 3, 5, 7];
const withRegion = (region = 'x') =>
  send(renderDocument({ prefixes: [{ ip_prefix: '10.0.0.0/8', region, service: 'S3' }] }));
const redirect = (location: string) => answer(302, { location: encodeURI(location) });
const status = (code: number) =>
  repeating((words, header) => send(words.join(), { 'www-authenticate': `Basic realm="${header}"` }, code));

/** What a server can do with what it was told; all but the first end check and in. */
const servers: [title: string, handler: Handler][] = [
  ['serves the document', documentHandler(incident)],
  ['repeats it in a page', repeating((words) => send(`<b>${words.join('</b>')}`))],
  ['repeats it late in a page', repeating((words) => send(`<b>${'x'.repeat(25)}${words.join('</b>')}`))],
  ...[401, 403, 404, 407, 503].map((code): [string, Handler] => [`answers ${code}`, status(code)]),
  ['redirects to a path of it', repeating((words) => redirect(`/${words.join('/')}`))],
  [
    'redirects to http with it',
    repeating((words) => redirect(`http://${words[4]}@a.org/?${words.join('&')}`)),
  ],
  ['redirects to a scheme of it', repeating((words) => redirect(`x-${words[5]}://${words[0]}`))],
  ['names it as the encoding', repeating((_, header) => send('x', { 'content-encoding': header }))],
  ...nth.map((index): [string, Handler] => [
    `repeats word ${index} as the only region`,
    repeating((words) => withRegion(words[index])),
  ]),
  ['hangs up', ({ socket }) => socket.destroy()],
];

/** Runs an executable and scans everything that comes of it: both streams, the destination and the temporary directory. */
async function scan(
  t: ExecutionContext,
  name: 'check' | 'in',
  request: object,
  env: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  const directory = temporaryDirectory(t);
  const [destination, temporary] = [join(directory, 'ranges'), join(directory, 'tmp')];
  for (const path of [destination, temporary]) mkdirSync(path);
  const outcome = await run(name, request, { args: [destination], env: { ...env, TMPDIR: temporary } });
  t.deepEqual(leaks(outcome.stdout), [], 'stdout');
  t.deepEqual(leaks(outcome.stderr), [], outcome.stderr);
  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(join(file.parentPath, file.name));
    const text = file.name.endsWith('.tgz') ? gunzipSync(bytes) : bytes;
    t.deepEqual(leaks(text.toString('latin1')), [], file.name);
  }
  return outcome;
}

/** Has check look for something new, and in get a bundle, and scans both; they end with this code. */
async function scanBoth(t: ExecutionContext, code: number, source: object, env = {}): Promise<void> {
  const older = { ...version, syncToken: '1' };
  const checked = await scan(t, 'check', { source: { ...source, version_on: 'cidrs' }, version: older }, env);
  const got = await scan(t, 'in', { source, version, params: { bundle: true } }, env);
  t.deepEqual([checked.code, got.code], [code, code], checked.stderr + got.stderr);
}

for (const [title, handler] of servers) {
  test(`a server that ${title} makes nothing appear`, async (t) => {
    const { url, requests } = await startServer(t, handler);
    const code = handler === servers[0]?.[1] ? 0 : 1;
    await scanBoth(t, code, secretSource(url));
    await scanBoth(t, code, secretSource(url, { headers: { authorization: `Bearer ${secrets.bearer}` } }));
    t.true(requests.length >= 4);
  });
}

test('a superseded version by history_url makes nothing appear', async (t) => {
  const published = await startServer(t, documentHandler(documentWith('1725321189', incidentCidrs.slice(1))));
  const history = await startServer(t, [documentHandler(incident), status(404)]);
  const source = secretSource(published.url, {}, history.url);
  for (const code of [0, 1]) {
    t.is((await scan(t, 'in', { source, version, params: { bundle: true } })).code, code);
  }
});

test('a connection that fails makes nothing appear', async (t) => {
  const authority = await createAuthority();
  const untrusted = await startServer(t, documentHandler(incident), await authority.issue());
  for (const place of ['http://127.0.0.1:1', 'https://name.invalid', new URL(untrusted.url).origin]) {
    await scanBoth(t, 1, secretSource(`${place}/ip-ranges.json`));
  }
});

test('a proxy makes nothing appear, whatever it answers', async (t) => {
  const { url: target } = await publish(t);
  const right = await startProxy(t, { target, credentials: `us3r:${secrets.proxyPassword}` });
  const wrong = await startProxy(t, { target, credentials: 'us3r:other' });
  const user = `us3r:${encodeURIComponent(secrets.proxyPassword)}`;
  for (const [scheme, host, code] of [
    ['http://', new URL(right.url).host, 0],
    ['', new URL(right.url).host, 0],
    ['http://', new URL(wrong.url).host, 1],
    ['', '127.0.0.1:1', 1],
    ['socks5://', '127.0.0.1:1', 1],
    ['', '127.0.0.1:port', 1],
  ] as const) {
    const env = { http_proxy: `${scheme}${user}@${host}`, HTTPS_PROXY: `${scheme}${user}@${host}` };
    await scanBoth(t, code, secretSource('http://ranges.test/ip-ranges.json', { allow_http: true }), env);
    await scanBoth(t, 1, secretSource('https://name.invalid/ip-ranges.json'), env);
  }
});

test('a server that repeats a secret as createDate gets it nowhere', async (t) => {
  for (const index of nth) {
    const withDate = (date = '') => incident.replace('2024-08-29-13-43-10', date.replace(/["\\]/g, ''));
    const handler = repeating((words) => send(withDate(words[index])));
    const source = secretSource((await startServer(t, handler)).url);
    const { stdout, stderr } = await scan(t, 'check', { source });
    t.is(JSON.parse(stdout)[0].createDate, '', stderr);
    t.is((await scan(t, 'in', { source, version })).code, 0);
  }
});

const privateKey = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(all.join()).toString('base64')}\n-----END PRIVATE KEY-----\n`;

const encoded = encodeURIComponent(secrets.urlPassword);

/** Sources that are wrong about what holds a secret. */
const mistakes: unknown[] = [
  { url: `https://us3r:${secrets.urlPassword}@bad host/` },
  { url: `ftp://us3r:${encoded}@example.com/?sig=${encodeURIComponent(secrets.urlQuery)}` },
  { url: `http://us3r:${encoded}@example.com/` },
  { history_url: `https://us3r:${secrets.historyPassword}@example.com/?${secrets.historyQuery}` },
  { history_url: { [secrets.historyQuery.slice(0, 3)]: secrets.historyPassword } },
  { headers: secrets.header },
  { headers: [secrets.header] },
  { headers: { 'x-key': { nested: secrets.header } } },
  { headers: { 'x-key': `${secrets.header}\u00e9` } },
  { headers: { 'x-key': `${secrets.header}\r\nx-other: 1` } },
  { headers: { 'bad name': secrets.header } },
  { headers: { host: secrets.header, 'keep-alive': secrets.bearer } },
  { headers: { 'x-key': secrets.header }, regions: [secrets.header] },
  // A space is missing after a colon, so that YAML makes a key of the whole.
  { headers: { [`Authorization:Bearer ${secrets.bearer}`]: null } },
  { headers: { 'x-key': secrets.header, [secrets.bearer]: '' } },
  { history_headers: { [`X-Key:${secrets.header}`]: null } },
  { [`url:https://us3r:${encoded}@example.com/`]: null },
  { [`headers:{Authorization:Bearer ${secrets.bearer}}`]: null },
  { [`https://us3r:${secrets.urlPassword}@example.com/`]: null },
  { ca_certs: [privateKey] },
  { regions: [`https://us3r:${secrets.urlPassword.replace('/', '')}@example.com/`] },
  `https://us3r:${encoded}@example.com/`,
];

for (const source of mistakes) {
  test(`the wrong source ${JSON.stringify(source)} makes nothing appear`, async (t) => {
    const { url } = await publish(t);
    const isMap = typeof source === 'object' && !Array.isArray(source);
    const outcome = await scan(t, 'check', { source: isMap ? { url, debug: true, ...source } : source });
    t.is(outcome.code, 1);
    t.notRegex(outcome.stderr, /a bug in this resource/);
  });
}

test('what is wrong with a document is said without a part of it', (t) => {
  for (const secret of all) {
    for (const text of [
      `<a>${secret}`,
      `{${secret}`,
      renderDocument({ syncToken: secret }),
      renderDocument({ prefixes: { [secret]: secret } }),
      renderDocument({ prefixes: [{ ip_prefix: secret, region: secret }] }),
      renderDocument({ prefixes: [secret] }),
    ]) {
      const { message } = t.throws(() => parseDocument(Buffer.from(text)));
      t.deepEqual(leaks(message), [], message);
    }
  }
});

test('text without secrets stays as it is, and short values are no secrets', (t) => {
  const source = {
    headers: { a: 'yes', b: '1' },
    url: 'https://example.com/?v=2',
    history_url: 'https://example.com/?f={syncToken}.json',
  };
  const redact = redactor({ source }, { http_proxy: 'proxy:3128', https_proxy: 'http://user@proxy:3128' });
  const line = 'https://example.com/1724938990.json: yes, 1 of 2 through the proxy http://proxy:3128';
  t.is(redact(line), line);
  const none = redactor({ source: null }, {});
  t.is(none(line), line);
});

test('the password of Basic authorization is a secret, and so are those of several URLs in one text, a user without one and a query without a key', (t) => {
  const authorization = `Basic ${Buffer.from(`us3r:${secrets.urlPassword}`).toString('base64')}`;
  const regions = ['https://a%3Ab:f1rst%2Dpass@a/ https://b:s3cond-pass@b/'];
  const redact = redactor(
    { source: { headers: { authorization }, url: 'https://t0k3n-alone@example.com/?qu3ryalone', regions } },
    { http_proxy: 'pr0xyt0k3n@p:1' },
  );
  t.is(
    redact(`us3r ${secrets.urlPassword}, t0k3n-alone, qu3ryalone, pr0xyt0k3n, f1rst-pass, s3cond-pass`),
    'us3r [redacted], [redacted], [redacted], [redacted], [redacted], [redacted]',
  );
});
