// Which certificates are trusted, and what is said of the others before any request is made.
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createAuthority } from '../helpers/certificates.ts';
import { incident, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, run } from '../helpers/executables.ts';
import { startProxy } from '../helpers/proxy.ts';
import { documentHandler, startServer, type Tls } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const authority = await createAuthority();
const stranger = await createAuthority('CN=Another CA');
const [trusted, other] = [authority.certificate, stranger.certificate];
const good = documentHandler(incident);

/** What has the authority trusted: `ca_certs`, and variables that lead to a directory with its certificate, or to that file. */
const ways: [title: string, ca_certs: string[], env?: (directory: string, file: string) => object][] = [
  ['ca_certs', [trusted]],
  ['ca_certs, after another', [other, trusted]],
  ['ca_certs, in one text with another', [`${other}\n${trusted}`]],
  ['ca_certs, in one text without a line between them', [`${other.trim()}${trusted.trim()}`]],
  ['SSL_CERT_FILE', [], (_, file) => ({ SSL_CERT_FILE: file })],
  ['SSL_CERT_FILE beside ca_certs', [other], (_, file) => ({ SSL_CERT_FILE: file })],
  ['SSL_CERT_DIR', [], (directory) => ({ SSL_CERT_DIR: `/nowhere:${directory}` })],
  ['NODE_EXTRA_CA_CERTS', [], (_, file) => ({ NODE_EXTRA_CA_CERTS: file })],
  ['NODE_EXTRA_CA_CERTS beside ca_certs', [other], (_, file) => ({ NODE_EXTRA_CA_CERTS: file })],
  ['ca_certs, whatever turns verification off', [trusted], () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })],
];

for (const [title, ca_certs, env] of ways) {
  test(`a certificate is trusted by ${title}`, async (t) => {
    const server = await startServer(t, good, await authority.issue());
    const directory = temporaryDirectory(t);
    const file = join(directory, 'private.pem');
    await writeFile(file, `# comment\n${trusted}`);
    await symlink(join(directory, 'nowhere'), join(directory, 'dangling.pem'));
    const source = s3Source(server.url, { ca_certs });
    await check(t, { source }, { env: { ...env?.(directory, file) } });
    t.deepEqual(server.requests, ['GET']);
  });
}

const unknown =
  /its certificate was not issued by an authority that is trusted here \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); name its CA in source\.ca_certs\n/;
const self =
  /its certificate has signed itself \(DEPTH_ZERO_SELF_SIGNED_CERT\); name it in source\.ca_certs if it is the right one\n/;
const expired = /its certificate has expired \(CERT_HAS_EXPIRED\); it must be renewed where it is served\n/;
const otherName =
  /is for other names than the URL's \(ERR_TLS_CERT_ALTNAME_INVALID\); use a name that it holds/;
const noTls = /: what answers there does not speak TLS \(ERR_SSL_WRONG_VERSION_NUMBER\) \(\d+ attempts/;
const names = ['example.com'];

/** Servers that show a certificate which is not to be trusted, or none. */
const refused: [
  title: string,
  tls: () => Promise<Tls> | Tls | undefined,
  ca_certs: string[],
  pattern: RegExp,
][] = [
  ['of an unknown authority', () => authority.issue(), [other], unknown],
  ['that has signed itself', () => authority.own, [other], self],
  ['that has expired', () => authority.issue({ expired: true }), [trusted], expired],
  ['for another name', () => authority.issue({ names }), [trusted], otherName],
  ['of no kind, since it does not speak TLS', () => undefined, [trusted], noTls],
];

for (const [title, tls, ca_certs, pattern] of refused) {
  test(`a server with a certificate ${title} gets no request, and the way out is told`, async (t) => {
    const { url, requests } = await startServer(t, good, await tls());
    const source = s3Source(url.replace('http:', 'https:'), { ca_certs });
    assertFailure(t, await run('check', { source }), pattern);
    t.deepEqual(requests, []);
  });
}

test('a certificate that has signed itself is trusted by name', async (t) => {
  const { url } = await startServer(t, good, authority.own);
  await check(t, { source: s3Source(url, { ca_certs: [trusted] }) });
});

test('an attack: NODE_TLS_REJECT_UNAUTHORIZED=0 turns no verification off, and is noted', async (t) => {
  const server = await startServer(t, good, await authority.issue({ names: ['ranges.test'] }));
  const proxy = await startProxy(t, { target: server.url });
  const tlsProxy = await startProxy(t, { tls: await authority.issue() });
  const its = /error: .*: its certificate was not issued by an authority that is trusted here/;
  const proxys = /error: .*: the proxy's certificate was not issued by an authority that is trusted here/;
  for (const [url, env, pattern] of [
    [server.url, {}, its],
    ['https://ranges.test/', { https_proxy: proxy.url }, its],
    ['https://ranges.test/', { https_proxy: tlsProxy.url }, proxys],
    ['http://ranges.test/', { http_proxy: tlsProxy.url }, proxys],
  ] as const) {
    const source = s3Source(url, { allow_http: true });
    const outcome = await run('check', { source }, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', ...env } });
    assertFailure(
      t,
      outcome,
      pattern,
      /note: the environment variable NODE_TLS_REJECT_UNAUTHORIZED is ignored: /,
    );
    t.notRegex(outcome.stderr, /Warning|--use-system-ca|insecure/);
  }
  t.deepEqual([server.requests, tlsProxy.log], [[], []]);
});
