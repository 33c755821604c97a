import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createAuthority } from '../helpers/certificates.ts';
import { incident, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, run } from '../helpers/executables.ts';
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
