// Header values, credentials and queries never appear: not in messages, metadata or files, not with debug, not repeated by a server.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { redactor } from '../../src/concourse/secrets.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { documentWith, incident, incidentCidrs, renderDocument, s3Source } from '../helpers/documents.ts';
import { type Outcome, type RunOptions, run, runRaw, type Version } from '../helpers/executables.ts';
import { startProxy } from '../helpers/proxy.ts';
import { documentHandler, type Handler, startServer } from '../helpers/server.ts';
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
function secretSource(url: string, historyUrl: string, more: object = {}): object {
  const withUser = (text: string, password: string, query: string) =>
    `${text.replace('://', `://us3r:${encodeURIComponent(password)}@`)}?sig=${encodeURIComponent(query)}`;
  return s3Source(withUser(url, secrets.urlPassword, secrets.urlQuery), {
    history_url: withUser(historyUrl, secrets.historyPassword, secrets.historyQuery).replace(
      'ip-ranges.json',
      '{syncToken}.json',
    ),
    headers: { 'X-Key': secrets.header },
    debug: true,
    ...more,
  });
}

/** All that a server can repeat of a request. */
function everythingIn(request: IncomingMessage): string[] {
  const headers = [request.headers['x-key'], request.headers.authorization]
    .flatMap((value) => value ?? [])
    .map(String);
  const words = headers.flatMap((value) => value.split(' ').slice(-1));
  const decoded = words.map((word) => Buffer.from(word, 'base64').toString());
  const query = request.url?.split('sig=')[1] ?? '';
  return [...headers, ...words, ...decoded, query, decodeURIComponent(query)];
}

const html =
  (title: string): Handler =>
  (request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<b>${title}${everythingIn(request).join('</b>')}`);
  };
const status =
  (code: number): Handler =>
  (request, response) => {
    const reason = everythingIn(request)[0]?.replace(/[^ -~]/g, '') ?? '';
    response.writeHead(code, reason, { 'www-authenticate': `Basic realm="${reason.replaceAll('"', "'")}"` });
    response.end(everythingIn(request).join());
  };
const location =
  (to: (everything: string[]) => string): Handler =>
  (request, response) =>
    response.writeHead(302, { location: encodeURI(to(everythingIn(request))) }).end();
/** Documents with a secret in them. */
const documentsOf: Readonly<Record<string, (secret: string) => string>> = {
  'at the end of half a document': (secret) => `{"syncToken": "2", "x": ${JSON.stringify(secret)}`,
  'as the token': (syncToken) => renderDocument({ syncToken }),
  'as the prefixes': (secret) => renderDocument({ prefixes: `${'x'.repeat(105)}${secret}` }),
  'as a network and as names': (word) =>
    renderDocument({ prefixes: [{ ip_prefix: word, region: word, service: word }] }),
  'as the only region': (secret) =>
    renderDocument({ prefixes: [{ ip_prefix: '10.0.0.0/8', region: secret || 'x', service: 'S3' }] }),
};
/** The header, the authorization, the password in it, and the query. */
const nth = [0, 3, 5, 7];

/** What a server can do with what it was told. */
const servers: [title: string, handler: Handler][] = [
  ['serves the document', documentHandler(incident)],
  ['repeats it in a page', html('')],
  ['repeats it where the quotation of a page ends', html('x'.repeat(25))],
  ...[401, 403, 404, 407, 503].map((code): [string, Handler] => [`answers ${code}`, status(code)]),
  ['redirects to a path of it', location((words) => `/${words.join('/')}`)],
  [
    'redirects to http with it',
    location((words) => `http://${words[4] ?? ''}@example.com/${words.join('/')}?${words.join('&')}`),
  ],
  ['redirects to a scheme of it', location((words) => `x-${words[5]}://${words[0]}`)],
  [
    'names it as the encoding',
    (request, response) => {
      response.writeHead(200, { 'content-encoding': everythingIn(request)[0]?.replace(/[^ -~]/g, '') ?? '' });
      response.end('x');
    },
  ],
  ...nth.flatMap((index) =>
    Object.entries(documentsOf).map(([title, write]): [string, Handler] => [
      `repeats word ${index} ${title}`,
      (request, response) => response.end(write(everythingIn(request)[index] ?? '')),
    ]),
  ),
  ['hangs up', (request) => request.socket.destroy()],
];

const version: Version = {
  syncToken: '1724938990',
  createDate: '2024-08-29-13-43-10',
  digest: 'sha256:6ea8a9a9954cb125151ef9b5adbaaef1d088d8f5a0cf950a9879894eccc09489',
};

/** Runs an executable and scans everything that comes of it: both streams, the destination and the temporary directory. */
async function scan(
  t: ExecutionContext,
  name: 'check' | 'in' | 'out',
  request: object,
  { env, ...options }: RunOptions = {},
): Promise<Outcome> {
  const directory = temporaryDirectory(t);
  const [destination, temporary] = [join(directory, 'ranges'), join(directory, 'tmp')];
  await mkdir(destination);
  await mkdir(temporary);
  const outcome = await run(name, request, {
    ...options,
    args: [destination],
    env: { ...env, TMPDIR: temporary },
  });
  t.deepEqual(leaks(outcome.stdout), [], 'stdout');
  t.deepEqual(leaks(outcome.stderr), [], outcome.stderr);
  for (const file of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = await readFile(join(file.parentPath, file.name));
    const text = file.name.endsWith('.tgz') ? gunzipSync(bytes) : bytes;
    t.deepEqual(leaks(text.toString('latin1')), [], file.name);
  }
  return outcome;
}

for (const [title, handler] of servers) {
  test(`a server that ${title} makes nothing appear`, async (t) => {
    const server = await startServer(t, handler);
    const isGood = handler === servers[0]?.[1];
    const source = secretSource(server.url, server.url);
    const outcomes = await Promise.all([
      scan(t, 'check', {
        source: { ...source, version_on: 'cidrs' },
        version: { ...version, syncToken: '1' },
      }),
      scan(t, 'in', { source, version, params: { bundle: true } }),
      scan(t, 'check', { source: { ...source, headers: { authorization: `Bearer ${secrets.bearer}` } } }),
    ]);
    t.true(server.requests.length >= 3);
    t.deepEqual(
      outcomes.map(({ code }) => code),
      isGood ? [0, 0, 0] : [1, 1, 1],
    );
  });
}

test('a superseded version by history_url makes nothing appear', async (t) => {
  const published = await startServer(t, documentHandler(documentWith('1725321189', incidentCidrs.slice(1))));
  const history = await startServer(t, documentHandler(incident));
  const source = secretSource(published.url, history.url);
  t.is((await scan(t, 'in', { source, version, params: { bundle: true } })).code, 0);
  history.serve(status(404));
  t.is((await scan(t, 'in', { source, version })).code, 1);
});

test('a connection that fails makes nothing appear', async (t) => {
  const authority = await createAuthority();
  const untrusted = await startServer(t, documentHandler(incident), await authority.issue());
  const silent = await startServer(t, () => {});
  for (const url of ['http://127.0.0.1:1/', 'https://name.invalid/', untrusted.url, silent.url]) {
    const source = secretSource(url, url.replace(/[^/]*$/, 'ip-ranges.json'), { timeout: '2s' });
    t.is((await scan(t, 'check', { source })).code, 1);
    t.is((await scan(t, 'in', { source, version })).code, 1);
  }
});

test('a proxy makes nothing appear, whatever it answers', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const hosts = { 'ranges.test': new URL(server.url).host };
  const right = await startProxy(t, { hosts, credentials: `us3r:${secrets.proxyPassword}` });
  const wrong = await startProxy(t, { hosts, credentials: 'us3r:other' });
  const reached = 'http://ranges.test/ip-ranges.json';
  const password = encodeURIComponent(secrets.proxyPassword);
  for (const [url, code] of [
    [right.url, 0],
    [wrong.url, 1],
    ['http://127.0.0.1:1', 1],
  ] as const) {
    for (const proxy of [
      url.replace('://', `://us3r:${password}@`),
      url.replace('http://', `us3r:${password}@`),
    ]) {
      const env = { http_proxy: proxy, HTTPS_PROXY: proxy };
      const source = secretSource(reached, reached, { allow_http: true });
      t.is((await scan(t, 'check', { source }, { env })).code, code);
      const other = { ...source, url: 'https://name.invalid/' };
      t.is((await scan(t, 'in', { source: other, version }, { env })).code, code);
    }
  }
  for (const proxy of [`socks5://us3r:${password}@127.0.0.1:1`, `us3r:${password}@127.0.0.1:port`]) {
    const source = secretSource(reached, reached, { allow_http: true });
    t.is((await scan(t, 'check', { source }, { env: { http_proxy: proxy } })).code, 1);
  }
});

const privateKey = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(all.join()).toString('base64')}\n-----END PRIVATE KEY-----\n`;

/** Sources that are wrong about what holds a secret. */
const mistakes: object[] = [
  { url: `https://us3r:${secrets.urlPassword}@bad host/` },
  {
    url: `ftp://us3r:${encodeURIComponent(secrets.urlPassword)}@example.com/?sig=${encodeURIComponent(secrets.urlQuery)}`,
  },
  { url: `http://us3r:${encodeURIComponent(secrets.urlPassword)}@example.com/` },
  { url: [`https://us3r:${secrets.urlPassword}@example.com/`] },
  { history_url: `https://us3r:${secrets.historyPassword}@example.com/?${secrets.historyQuery}` },
  { history_url: { [secrets.historyQuery.slice(0, 3)]: secrets.historyPassword } },
  { headers: secrets.header },
  { headers: [secrets.header] },
  { headers: { 'x-key': [secrets.header] } },
  { headers: { 'x-key': { nested: secrets.header } } },
  { headers: { 'x-key': `${secrets.header}\u00e9` } },
  { headers: { 'x-key': `${secrets.header}\r\nx-other: 1` } },
  { headers: { 'bad name': secrets.header } },
  { headers: { host: secrets.header, 'keep-alive': secrets.bearer } },
  { headers: { 'x-key': secrets.header }, regions: [secrets.header] },
  // A space is missing after a colon, so that YAML makes a key of the whole.
  { headers: { [`Authorization:Bearer ${secrets.bearer}`]: null } },
  { headers: { [`X-Key:${secrets.header}`]: '' } },
  { headers: { 'x-key': secrets.header, [secrets.bearer]: '' } },
  { history_headers: { [`X-Key:${secrets.header}`]: null } },
  { [`url:https://us3r:${encodeURIComponent(secrets.urlPassword)}@example.com/`]: null },
  { [`headers:{Authorization:Bearer ${secrets.bearer}}`]: null },
  { [`https://us3r:${secrets.urlPassword}@example.com/`]: null },
  { ca_certs: [privateKey] },
  { ca_certs: privateKey },
  { regions: [`https://us3r:${secrets.urlPassword.replace('/', '')}@example.com/`] },
];

for (const mistake of mistakes) {
  test(`the wrong source ${JSON.stringify(mistake)} makes nothing appear`, async (t) => {
    const server = await startServer(t, documentHandler(incident));
    const source = { url: server.url, debug: true, ...mistake };
    for (const name of ['check', 'in', 'out'] as const) {
      const outcome = await scan(t, name, requestFor(name, source));
      t.is(outcome.code, 1);
      t.notRegex(outcome.stderr, /a bug in this resource/);
    }
  });
}

for (const source of [
  `https://us3r:${encodeURIComponent(secrets.urlPassword)}@example.com/`,
  [`https://us3r:${encodeURIComponent(secrets.urlPassword)}@example.com/`],
]) {
  test(`${JSON.stringify(source)} in the place of a source makes nothing appear`, async (t) => {
    for (const name of ['check', 'in', 'out'] as const) {
      const outcome = await scan(t, name, requestFor(name, source));
      t.is(outcome.code, 1);
      t.regex(outcome.stderr, /source must be a map of keys and values, not a (list|string)\n/);
    }
  });
}

test('what somebody pipes in the place of a request does not appear', async (t) => {
  const outcome = await runRaw('check', secrets.bearer);
  t.is(outcome.code, 1);
  t.regex(outcome.stderr, /stdin is not JSON: it starts with "t";/);
});

function requestFor(name: 'check' | 'in' | 'out', source: unknown): object {
  if (name === 'check') return { source };
  return name === 'in' ? { source, version } : { source, params: { rules: 'x', ranges: 'y' } };
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

test('the Basic authorization of a header hides its password too', (t) => {
  const authorization = `Basic ${Buffer.from(`us3r:${secrets.urlPassword}`).toString('base64')}`;
  const redact = redactor({ source: { headers: { authorization } } }, {});
  t.is(redact(`user us3r, password ${secrets.urlPassword}.`), 'user us3r, password [redacted].');
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

test('a user name without a password is a secret, and so is a query without a key', (t) => {
  const redact = redactor(
    { source: { url: 'https://t0k3n-alone@example.com/?qu3ryalone' } },
    { http_proxy: 'pr0xyt0k3n@p:1' },
  );
  t.is(redact('a t0k3n-alone b qu3ryalone c pr0xyt0k3n d'), 'a [redacted] b [redacted] c [redacted] d');
});

test('a server that repeats a secret as createDate gets it nowhere', async (t) => {
  for (const [index] of nth.entries()) {
    const server = await startServer(t, (request, response) => {
      const words = everythingIn(request);
      response.end(
        incident.replace('2024-08-29-13-43-10', words[nth[index] ?? 0]?.replace(/["\\]/g, '') ?? ''),
      );
    });
    const source = secretSource(server.url, server.url);
    const outcome = await scan(t, 'check', { source });
    t.is(outcome.code, 0, outcome.stderr);
    const [found] = JSON.parse(outcome.stdout) as [Version];
    t.is(found.createDate, '');
    t.is((await scan(t, 'in', { source, version: found })).code, 0);
  }
});
