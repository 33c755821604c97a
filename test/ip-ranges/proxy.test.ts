import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../src/errors.ts';
import { proxyFor } from '../../src/ip-ranges/http/proxy.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { incident, incidentCidrsInOrder, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, readFiles, run, succeed } from '../helpers/executables.ts';
import { type ProxyOptions, startProxy, type TestProxy } from '../helpers/proxy.ts';
import { documentHandler, startServer, type TestServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const authority = await createAuthority();
const names = ['ranges.test'];
const https = 'https://example.com/a';

/** Environments, and the proxies that Go and curl would take for https and http; none where it is left out. */
const choices: [env: Record<string, string>, forHttps?: string | undefined, forHttp?: string][] = [
  [{}],
  [{ https_proxy: 'http://p:1' }, 'http://p:1'],
  [{ HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
  [{ https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' }, 'http://lower:1'],
  [{ https_proxy: '', HTTPS_PROXY: 'http://upper:1' }, 'http://upper:1'],
  [{ https_proxy: '  ' }],
  [{ http_proxy: 'http://p:1' }, undefined, 'http://p:1'],
  [{ HTTP_PROXY: 'http://p:1' }, undefined, 'http://p:1'],
  [{ https_proxy: 'p:1' }, 'http://p:1'],
  [{ https_proxy: 'user:secret@p:1' }, 'http://user:secret@p:1'],
  [{ https_proxy: ' http://p:1 ' }, 'http://p:1'],
  [{ https_proxy: 'https://p' }, 'https://p'],
  [{ https_proxy: 'http://[::1]:3128' }, 'http://[::1]:3128'],
];

test('each variable leads to its proxy, the small letters first', (t) => {
  for (const [env, ...expected] of choices) {
    for (const [index, url] of [https, 'http://example.com/a'].entries()) {
      const proxy = expected[index];
      t.is(proxyFor(new URL(url), env)?.href, proxy && new URL(proxy).href, JSON.stringify(env));
    }
  }
});

/** Values of no_proxy, and what is reached directly, and through the proxy, with each: URLs, of https where they say no other. */
const exemptions: [noProxy: string, directly: string[], throughProxy: string[]][] = [
  ['', [], ['example.com']],
  [',,', [], ['example.com']],
  ['*', ['example.com'], []],
  ['other.org,*', ['example.com'], []],
  ['example.com', ['example.com', 'EXAMPLE.com.', 'www.example.com'], ['notexample.com', 'example.com.org']],
  ['EXAMPLE.com', ['example.com'], []],
  ['.example.com', ['www.example.com'], ['example.com']],
  ['*.example.com', ['www.example.com'], ['example.com']],
  ['com', ['example.com'], []],
  ['www.example.com', [], ['example.com']],
  ['example.com:443', ['example.com'], ['http://example.com']],
  ['example.com:80', ['http://example.com'], ['example.com']],
  ['example.com:8443', ['example.com:8443'], ['example.com']],
  [' other.org , example.com ', ['example.com'], []],
  ['other.org example.com', ['example.com'], []],
  ['192.0.2.7', ['192.0.2.7'], ['192.0.2.70']],
  ['2.7', [], ['192.0.2.7']],
  ['192.0.2.7:80', ['http://192.0.2.7'], ['192.0.2.7']],
  ['192.0.2.0/24', ['192.0.2.7'], ['192.0.3.7']],
  ['192.0.2.0/33', [], ['192.0.2.7']],
  ['192.0.2.0/', [], ['192.0.2.7']],
  ['0.0.0.0/0', ['192.0.2.7'], ['[2001:db8::1]', 'example.com']],
  ['2001:db8::1', ['[2001:db8::1]'], ['[2001:db8::2]']],
  ['2001:DB8:0:0:0:0:0:1', ['[2001:db8::1]'], []],
  ['[2001:db8::1]', ['[2001:db8::1]'], []],
  ['[2001:db8::1]:80', ['http://[2001:db8::1]'], ['[2001:db8::1]']],
  ['2001:db8::/32', ['[2001:db8::1]'], ['[2001:db9::1]']],
];

for (const [noProxy, ...expected] of exemptions) {
  test(`no_proxy=${JSON.stringify(noProxy)}`, (t) => {
    const proxies = { http_proxy: 'http://p:1', https_proxy: 'http://p:1' };
    for (const [index, places] of expected.entries()) {
      for (const place of places) {
        const url = new URL(place.startsWith('http:') ? place : `https://${place}`);
        for (const name of ['no_proxy', 'NO_PROXY']) {
          t.is(proxyFor(url, { ...proxies, [name]: noProxy }) === undefined, index === 0, place);
        }
      }
    }
  });
}

for (const value of ['http://hunter2secret@', 'socks5://user:hunter2secret@p:1', 'hunter2secret@p:99999']) {
  test(`a proxy that is ${value} is refused without its value`, (t) => {
    const error = t.throws(() => proxyFor(new URL(https), { https_proxy: value }), { instanceOf: UserError });
    t.regex(
      error.message,
      /environment variable https_proxy cannot be used: .*; it looks like http:\/\/proxy:3128/,
    );
    t.notRegex(error.message, /hunter2/);
  });
}

/** A server that only the proxy can find, under `ranges.test`. */
async function setUp(t: ExecutionContext, scheme: 'http' | 'https', options: ProxyOptions = {}) {
  const tls = scheme === 'https' ? await authority.issue({ names }) : undefined;
  const server = await startServer(t, documentHandler(incident), tls);
  const { host } = new URL(server.url);
  const proxy = await startProxy(t, { hosts: { 'ranges.test': host, 'ranges.test:443': host }, ...options });
  const source = s3Source(`${scheme}://ranges.test/ip-ranges.json`, {
    allow_http: true,
    ca_certs: [authority.certificate],
  });
  return { server, proxy, source };
}

/** The environment of an operator behind the proxy, with credentials if there are any. */
function behind(proxy: TestProxy, credentials = ''): Record<string, string> {
  const url = proxy.url.replace('://', `://${credentials && `${credentials}@`}`);
  return { http_proxy: url, https_proxy: url };
}

async function assertServed(
  t: ExecutionContext,
  given: object,
  env: Record<string, string>,
  server: TestServer,
) {
  // A version that held its list would be served without a request.
  const source = { ...given, hold_cidrs: 0 };
  const version = await check(t, { source }, { env });
  t.deepEqual(await check(t, { source, version }, { env }), version);
  const directory = temporaryDirectory(t);
  const { stderr } = await succeed(t, 'in', { source, version }, directory, { env });
  const files = await readFiles(directory);
  t.deepEqual(files['ipv4.txt']?.trim().split('\n'), incidentCidrsInOrder);
  t.deepEqual(server.requests, ['GET', 'GET bytes=0-255', 'GET']);
  return stderr;
}

for (const [scheme, line] of [
  ['http', 'GET http://ranges.test/ip-ranges.json'],
  ['https', 'CONNECT ranges.test:443'],
] as const) {
  test(`check and in reach ${scheme} through a proxy`, async (t) => {
    const { server, proxy, source } = await setUp(t, scheme);
    await assertServed(t, source, behind(proxy), server);
    t.deepEqual(proxy.log, [line, line, line]);
  });

  test(`check and in reach ${scheme} through a proxy that is reached by TLS`, async (t) => {
    const { server, proxy, source } = await setUp(t, scheme, { tls: await authority.issue() });
    await assertServed(t, source, behind(proxy), server);
    t.is(proxy.log.length, 3);
  });

  test(`credentials for ${scheme} go to the proxy, and to nobody else`, async (t) => {
    const credentials = 'user:p@ss/w%rd-of-the-proxy';
    const { server, proxy, source } = await setUp(t, scheme, { credentials });
    const seen: unknown[] = [];
    server.serve((request, response) => {
      seen.push(request.headers['proxy-authorization']);
      documentHandler(incident)(request, response);
    });
    const stderr = await assertServed(t, source, behind(proxy, 'user:p%40ss%2Fw%rd-of-the-proxy'), server);
    t.is(proxy.log.length, 3);
    t.deepEqual(seen, [undefined, undefined, undefined]);
    t.notRegex(stderr, /-of-the-proxy/);
  });

  test(`a proxy that wants credentials for ${scheme} and gets none, or wrong ones, is named at once`, async (t) => {
    const { server, proxy, source } = await setUp(t, scheme, { credentials: 'user:right-hunter2' });
    for (const credentials of ['', 'user:wrong-hunter2']) {
      const outcome = await run('check', { source }, { env: behind(proxy, credentials) });
      assertFailure(
        t,
        outcome,
        /answers 407; the proxy wants a user name and password in its URL, through the proxy/,
      );
      t.true(outcome.stderr.includes(proxy.url));
      t.notRegex(outcome.stderr, /wrong-hunter2|attempt/);
    }
    t.deepEqual([server.requests, proxy.log], [[], []]);
  });

  test(`a proxy for ${scheme} that refuses connections is named`, async (t) => {
    const { source } = await setUp(t, scheme);
    const env = {
      http_proxy: 'http://user:hunter2secret@127.0.0.1:1',
      https_proxy: 'user:hunter2secret@127.0.0.1:1',
    };
    const outcome = await run('check', { source }, { env });
    assertFailure(
      t,
      outcome,
      /refused \(ECONNREFUSED\), through the proxy http:\/\/127\.0\.0\.1:1 \(\d+ attempts within/,
    );
    t.notRegex(outcome.stderr, /hunter2/);
  });

  test(`no_proxy is honoured for ${scheme}`, async (t) => {
    const { proxy, server } = await setUp(t, scheme);
    const own = await startServer(
      t,
      documentHandler(incident),
      scheme === 'https' ? await authority.issue({ names: ['0.0.0.0'] }) : undefined,
    );
    // This machine by the one address that is not loopback.
    const source = s3Source(own.url.replace('127.0.0.1', '0.0.0.0'), {
      allow_http: true,
      ca_certs: [authority.certificate],
    });
    for (const no_proxy of ['0.0.0.0', '0.0.0.0/8', '*']) {
      await check(t, { source }, { env: { ...behind(proxy), no_proxy } });
    }
    t.deepEqual([proxy.log, server.requests], [[], []]);
    await check(t, { source }, { env: { ...behind(proxy), no_proxy: '192.0.2.1' } });
    t.is(proxy.log.length, 1);
  });
}

/** Hosts that never leave this machine, and such that only look like it. */
const loopback = `127.0.0.1 127.255.255.254 127.1 0x7f.0.0.1 2130706433 [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1]
  [::ffff:7f12:3456] localhost LOCALHOST localhost. ranges.localhost`;
const elsewhere = `126.255.255.255 128.0.0.1 [::2] [::ffff:128.0.0.1] [::ffff:0:127.0.0.1] [2001:db8::7f00:1]
  localhost.example.com 127.0.0.1.example.com notlocalhost`;

test('a loopback address is reached directly, whatever the environment says', (t) => {
  const env = { http_proxy: 'http://p:1', https_proxy: 'http://p:1' };
  for (const [hosts, isDirect] of [
    [loopback, true],
    [elsewhere, false],
  ] as const) {
    for (const host of hosts.split(/\s+/)) {
      for (const scheme of ['http', 'https']) {
        t.is(proxyFor(new URL(`${scheme}://${host}:8080/a`), env) === undefined, isDirect, host);
      }
    }
  }
});

test('an attack: what is meant for a loopback address, with its headers, does not go to a proxy', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const proxy = await startProxy(t);
  const source = s3Source(server.url, { headers: { authorization: 'Bearer secret-1' } });
  const version = await check(t, { source }, { env: { ...behind(proxy), no_proxy: '' } });
  t.is(version.syncToken, '1724938990');
  t.deepEqual([proxy.log, server.requests], [[], ['GET']]);
});

test('source.headers go through the tunnel, not to the proxy', async (t) => {
  const { server, proxy, source } = await setUp(t, 'https');
  const seen: unknown[] = [];
  server.serve((request, response) => {
    seen.push(request.headers['x-key']);
    documentHandler(incident)(request, response);
  });
  await check(t, { source: { ...source, headers: { 'x-key': 'for the mirror' } } }, { env: behind(proxy) });
  t.deepEqual(seen, ['for the mirror']);
  t.is(proxy.headers.length, 1);
  t.notRegex(JSON.stringify(proxy.headers), /for the mirror/);
});

test('a certificate is verified through a tunnel too', async (t) => {
  const { server, proxy, source } = await setUp(t, 'https');
  const stranger = await run('check', { source: { ...source, ca_certs: [] } }, { env: behind(proxy) });
  assertFailure(
    t,
    stranger,
    /its certificate was not issued by an authority that is trusted here .*name its CA in source\.ca_certs/,
  );
  const misled = await startProxy(t, { hosts: { 'other.test:443': new URL(server.url).host } });
  const other = { ...source, url: 'https://other.test/ip-ranges.json' };
  assertFailure(
    t,
    await run('check', { source: other }, { env: behind(misled) }),
    /its certificate is for other names .*ERR_TLS_CERT_ALTNAME_INVALID/,
  );
  t.deepEqual(server.requests, []);
});

const lost = /the connection was .*, through the proxy .*\(\d+ attempts within/;
const badGateway = /the proxy answers 502, .*\(\d+ attempts within/;

/** What a proxy does with a CONNECT, what has to be said of it, and whether it is asked again. */
const faults: [
  fault: string,
  onConnect: ProxyOptions['onConnect'],
  pattern: RegExp,
  isAskedAgain: boolean,
][] = [
  [
    'answers 403',
    (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'),
    /the proxy answers 403, through the proxy [^(]*\n/,
    false,
  ],
  ['answers 502', (socket) => socket.end('HTTP/1.1 502 Bad\r\n\r\n'), badGateway, true],
  ['closes the connection', (socket) => socket.end(), lost, true],
  ['resets the connection', (socket) => socket.resetAndDestroy(), lost, true],
  ['speaks another protocol', (socket) => socket.end('SSH-2.0-OpenSSH\r\n'), /HPE_INVALID_CONSTANT/, true],
];

test('a proxy that keeps silent when a tunnel is wanted is asked again within the timeout', async (t) => {
  const { proxy, source } = await setUp(t, 'https', { onConnect: () => undefined });
  const outcome = await run('check', { source: { ...source, timeout: '6s' } }, { env: behind(proxy) });
  assertFailure(t, outcome, /the proxy did not answer in time, through the proxy|within the 6 s/);
  t.true(proxy.log.length > 1);
});

for (const [fault, onConnect, pattern, isAskedAgain] of faults) {
  test(`a proxy that ${fault} when a tunnel is wanted`, async (t) => {
    const { server, proxy, source } = await setUp(t, 'https', onConnect && { onConnect });
    assertFailure(t, await run('check', { source }, { env: behind(proxy) }), pattern);
    t.deepEqual(server.requests, []);
    t.true(isAskedAgain ? proxy.log.length > 5 : proxy.log.length === 1);
  });
}
