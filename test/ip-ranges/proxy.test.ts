import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../src/errors.ts';
import { proxyFor } from '../../src/ip-ranges/http/proxy.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { incident, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, run, succeed } from '../helpers/executables.ts';
import { type ProxyOptions, startProxy } from '../helpers/proxy.ts';
import { documentHandler, publish, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const authority = await createAuthority();
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

/** A server that only the proxy can find, under `ranges.test`, the key that goes to it, and what it saw of both. */
async function behindProxy(t: ExecutionContext, scheme: 'http' | 'https', options: ProxyOptions = {}) {
  const tls = scheme === 'https' ? await authority.issue({ names: ['ranges.test'] }) : undefined;
  const seen: unknown[] = [];
  const { url, requests } = await startServer(
    t,
    (request, response) => {
      seen.push([request.headers['x-key'], request.headers['proxy-authorization']]);
      documentHandler(incident)(request, response);
    },
    tls,
  );
  const proxy = await startProxy(t, { target: url, ...options });
  const source = s3Source(`${scheme}://ranges.test/ip-ranges.json`, {
    allow_http: true,
    ca_certs: [authority.certificate],
    headers: { 'x-key': 'for the mirror' },
    // A version that held its list would be served without a request.
    hold_cidrs: 0,
  });
  /** The environment of an operator behind the proxy. */
  const behind = (user = '', proxyUrl = proxy.url) => {
    const withUser = proxyUrl.replace('://', `://${user}@`);
    return { env: { http_proxy: withUser, https_proxy: withUser } };
  };
  return { source, requests, seen, proxy, behind };
}

for (const [scheme, line] of [
  ['http', 'GET http://ranges.test/ip-ranges.json'],
  ['https', 'CONNECT ranges.test:443'],
] as const) {
  const ways: [title: string, options: () => Promise<ProxyOptions>][] = [
    ['a proxy', async () => ({})],
    ['a proxy that is reached by TLS', async () => ({ tls: await authority.issue() })],
    ['one that wants credentials', async () => ({ credentials: 'user:p@ss/w%rd-of-the-proxy' })],
  ];
  for (const [title, options] of ways) {
    test(`check and in reach ${scheme} through ${title}, which learns no key of the server, nor it one of the proxy`, async (t) => {
      const { source, requests, seen, proxy, behind } = await behindProxy(t, scheme, await options());
      const env = behind('user:p%40ss%2Fw%rd-of-the-proxy');
      const version = await check(t, { source }, env);
      t.deepEqual(await check(t, { source, version }, env), version);
      const { stderr } = await succeed(t, 'in', { source, version }, temporaryDirectory(t), env);
      t.notRegex(stderr, /-of-the-proxy/);
      t.deepEqual(requests, ['GET', 'GET bytes=0-255', 'GET']);
      t.deepEqual(proxy.log, [line, line, line]);
      t.deepEqual(seen, Array(3).fill(['for the mirror', undefined]));
      t.is(JSON.stringify(proxy.headers).includes('for the mirror'), scheme === 'http');
    });
  }
}

test('an attack: what is meant for a loopback address, with its headers, does not go to a proxy', async (t) => {
  const { source, requests } = await publish(t, incident, { headers: { authorization: 'Bearer secret-1' } });
  const proxy = await startProxy(t);
  await check(t, { source }, { env: { http_proxy: proxy.url, https_proxy: proxy.url, no_proxy: '' } });
  t.deepEqual([proxy.log, requests], [[], ['GET']]);
});

test('a certificate is verified for the name of the URL through a tunnel too', async (t) => {
  const { source, requests, behind } = await behindProxy(t, 'https');
  const outcome = await run('check', { source: { ...source, url: 'https://other.test/' } }, behind());
  assertFailure(t, outcome, /its certificate is for other names .*ERR_TLS_CERT_ALTNAME_INVALID/);
  t.deepEqual(requests, []);
});

const unwanted =
  /answers 407; the proxy wants a user name and password in its URL, through the proxy http:\S+\n/;
const refused = /refused \(ECONNREFUSED\), through the proxy http:\/\/127\.0\.0\.1:1 \(\d+ attempts within/;
const lost = /the connection was .*, through the proxy .*\(\d+ attempts within/;
const badGateway = /the proxy answers 502, .*\(\d+ attempts within/;
const silence = /the proxy did not answer in time, through the proxy|within the 2 s/;
const refusal = /the proxy answers 403, through the proxy [^(]*\n/;
const noHttp = /what answers there does not speak HTTP as it should/;
const credentials = 'user:right-hunter2';
const onConnect = (does: (socket: Socket) => void): ProxyOptions => ({ onConnect: does });

/** What a proxy does with a request, or with a CONNECT alone, what has to be said of it, how often it is asked at least, its user and its URL. */
const faults: [
  fault: string,
  options: ProxyOptions,
  pattern: RegExp,
  asked: number,
  user?: string,
  url?: string,
][] = [
  ['wants a user', { credentials }, unwanted, 0],
  ['wants another user', { credentials }, unwanted, 0, 'user:wrong-hunter2'],
  ['is down', {}, refused, 0, 'user:hunter2secret', 'http://127.0.0.1:1'],
  ['answers 403', onConnect((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')), refusal, 1],
  ['answers 502', onConnect((socket) => socket.end('HTTP/1.1 502 Bad\r\n\r\n')), badGateway, 6],
  ['closes the connection', onConnect((socket) => socket.end()), lost, 6],
  ['resets the connection', onConnect((socket) => socket.resetAndDestroy()), lost, 6],
  ['speaks another protocol', onConnect((socket) => socket.end('SSH-2.0-OpenSSH\r\n')), noHttp, 6],
  // This one takes the time that it is given.
  ['keeps silent', onConnect(() => undefined), silence, 2],
];

for (const [fault, options, pattern, asked, user, url] of faults) {
  for (const scheme of options.onConnect === undefined
    ? (['http', 'https'] as const)
    : (['https'] as const)) {
    test(`a proxy for ${scheme} that ${fault} is named without its user, and asked again where that may help`, async (t) => {
      const { source, requests, proxy, behind } = await behindProxy(t, scheme, options);
      const timeout = pattern === silence ? '2s' : '1m';
      const outcome = await run('check', { source: { ...source, timeout } }, behind(user, url));
      assertFailure(t, outcome, pattern);
      t.notRegex(outcome.stderr, /hunter2/);
      t.deepEqual(requests, []);
      t.true(asked < 2 ? proxy.log.length === asked : proxy.log.length >= asked, `${proxy.log.length} times`);
    });
  }
}
