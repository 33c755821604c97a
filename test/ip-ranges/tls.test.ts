import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createAuthority, selfSigned } from '../helpers/certificates.ts';
import { incident, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, run } from '../helpers/executables.ts';
import { startProxy } from '../helpers/proxy.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const authority = await createAuthority();

test('a private certificate authority is trusted by source.ca_certs, among other certificates', async (t) => {
  const server = await startServer(t, documentHandler(incident), await authority.issue());
  const other = await createAuthority('CN=Another CA');
  for (const ca_certs of [
    [authority.certificate],
    [other.certificate, authority.certificate],
    [`${other.certificate}\n${authority.certificate}`],
  ]) {
    t.is((await check(t, { source: s3Source(server.url, { ca_certs }) })).syncToken, '1724938990');
  }
});

test('the system certificates are trusted: those of SSL_CERT_FILE, and every file in SSL_CERT_DIR', async (t) => {
  const server = await startServer(t, documentHandler(incident), await authority.issue());
  const directory = temporaryDirectory(t);
  const file = join(directory, 'bundle');
  await writeFile(file, `# comment\n${authority.certificate}`);
  await mkdir(join(directory, 'certs'));
  await writeFile(join(directory, 'certs', 'private.pem'), authority.certificate);
  await symlink(join(directory, 'nowhere'), join(directory, 'certs', 'dangling.pem'));
  const request = { source: s3Source(server.url) };
  for (const env of [{ SSL_CERT_FILE: file }, { SSL_CERT_DIR: `/nowhere:${join(directory, 'certs')}` }]) {
    await check(t, request, { env });
  }
});

test('certificates of ca_certs and the system are trusted together, at the cost of a second handshake', async (t) => {
  const server = await startServer(t, documentHandler(incident), await authority.issue());
  const file = join(temporaryDirectory(t), 'bundle');
  await writeFile(file, authority.certificate);
  const other = await createAuthority('CN=Another CA');
  const source = s3Source(server.url, { ca_certs: [other.certificate] });
  const version = await check(t, { source }, { env: { SSL_CERT_FILE: file } });
  t.is(version.syncToken, '1724938990');
  t.deepEqual(server.requests, ['GET']);
});

test('an unknown, an expired and a wrong-name certificate are refused at once, with the way out', async (t) => {
  const unknown = await startServer(t, documentHandler(incident), await authority.issue());
  assertFailure(
    t,
    await run('check', { source: s3Source(unknown.url) }),
    /its certificate was not issued by an authority that is trusted here \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); name its CA in source\.ca_certs\n/,
  );
  const expired = await startServer(t, documentHandler(incident), await authority.issue({ expired: true }));
  const ca_certs = [authority.certificate];
  assertFailure(
    t,
    await run('check', { source: s3Source(expired.url, { ca_certs }) }),
    /its certificate has expired \(CERT_HAS_EXPIRED\)/,
  );
  const wrongName = await startServer(
    t,
    documentHandler(incident),
    await authority.issue({ names: ['example.com'] }),
  );
  assertFailure(
    t,
    await run('check', { source: s3Source(wrongName.url, { ca_certs }) }),
    /its certificate is for other names .*ERR_TLS_CERT_ALTNAME_INVALID/,
  );
  t.deepEqual([...unknown.requests, ...expired.requests, ...wrongName.requests], []);
});

const unverified = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

test('an attack: NODE_TLS_REJECT_UNAUTHORIZED=0 turns no verification off, and is noted', async (t) => {
  const server = await startServer(
    t,
    documentHandler(incident),
    await authority.issue({ names: ['ranges.test'] }),
  );
  const { host } = new URL(server.url);
  const proxy = await startProxy(t, { hosts: { 'ranges.test:443': host, 'ranges.test': host } });
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
    const outcome = await run('check', { source }, { env: { ...unverified, ...env } });
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

test('a trusted certificate is trusted whatever NODE_TLS_REJECT_UNAUTHORIZED says', async (t) => {
  const server = await startServer(t, documentHandler(incident), await authority.issue());
  const source = s3Source(server.url, { ca_certs: [authority.certificate] });
  for (const value of ['0', '1', ''])
    await check(t, { source }, { env: { NODE_TLS_REJECT_UNAUTHORIZED: value } });
  t.is(server.requests.length, 3);
});

test('certificates of NODE_EXTRA_CA_CERTS are trusted beside those of ca_certs', async (t) => {
  const server = await startServer(t, documentHandler(incident), await authority.issue());
  const file = join(temporaryDirectory(t), 'extra.pem');
  await writeFile(file, authority.certificate);
  const other = await createAuthority('CN=Another CA');
  for (const ca_certs of [[], [other.certificate]]) {
    await check(t, { source: s3Source(server.url, { ca_certs }) }, { env: { NODE_EXTRA_CA_CERTS: file } });
  }
  t.is(server.requests.length, 2);
});

test('a certificate that signed itself is told from one of an unknown authority', async (t) => {
  const { key, cert } = await selfSigned();
  const server = await startServer(t, documentHandler(incident), { key, cert });
  assertFailure(
    t,
    await run('check', { source: s3Source(server.url) }),
    /its certificate has signed itself \(DEPTH_ZERO_SELF_SIGNED_CERT\); name it in source\.ca_certs if it is the right one\n/,
  );
  await check(t, { source: s3Source(server.url, { ca_certs: [cert] }) });
});

test('a server without TLS is told in words, not in places of OpenSSL', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const url = server.url.replace('http:', 'https:');
  assertFailure(
    t,
    await run('check', { source: s3Source(url, { timeout: '1s' }) }),
    /: what answers there does not speak TLS \(ERR_SSL_WRONG_VERSION_NUMBER\)/,
  );
});
