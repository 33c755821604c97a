import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import {
  documentWith,
  incident,
  incidentCidrs,
  incidentCidrsInOrder,
  s3Source,
} from './helpers/documents.ts';
import { assertFailure, check, type Outcome, run, succeed, type Version } from './helpers/executables.ts';
import { documentHandler, startServer, type TestServer } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

const hardCoded = ['15.200.176.128/28', '15.200.28.240/28'];

interface Setting {
  readonly server: TestServer;
  readonly source: object;
  readonly sources: string;
  readonly version: Version;
  /** Puts rules with the given params. */
  put(rules: unknown, params?: object): Promise<Outcome>;
}

/** The document of the incident, got into `ranges`, and a guard for rules against it. */
async function setUp(t: ExecutionContext, more: object = { ip_versions: [4] }): Promise<Setting> {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url, more);
  const sources = temporaryDirectory(t);
  const version = await check(t, { source });
  await mkdir(join(sources, 'ranges'));
  await succeed(t, 'in', { source, version }, join(sources, 'ranges'));
  server.requests.length = 0;
  const put = async (rules: unknown, params = {}) => {
    await writeFile(join(sources, 'rules'), typeof rules === 'string' ? rules : JSON.stringify(rules));
    return run(
      'out',
      { source, params: { rules: 'rules', ranges: 'ranges', ...params } },
      { args: [sources] },
    );
  };
  return { server, source, sources, version, put };
}

const cloudFoundry = (destinations: readonly string[]) =>
  destinations.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));

test('the incident: rules with two of the five ranges fail and name the other three', async (t) => {
  const { put } = await setUp(t);
  for (const rules of [
    hardCoded.join('\n'),
    hardCoded,
    cloudFoundry(hardCoded),
    { rules: cloudFoundry(hardCoded) },
  ]) {
    const outcome = await put(rules);
    assertFailure(
      t,
      outcome,
      /^error: rules leaves out 3 of 5 published CIDRs(?: for tcp 443|, ports not judged) \(S3, us-gov-west-1, IPv4, syncToken 1724938990\)\n/,
      /^ {2}missing {2}108\.175\.48\.0\/22 +us-gov-west-1 {2}S3$/m,
      /^ {2}missing {2}108\.175\.56\.0\/22 +us-gov-west-1 {2}S3$/m,
      /^ {2}missing {2}136\.18\.0\.0\/23 +us-gov-west-1 {2}S3$/m,
    );
    t.notRegex(outcome.stderr, /missing +15\.200/);
  }
});

test('rules with all five ranges pass and emit the version that was verified', async (t) => {
  const { put, version } = await setUp(t);
  for (const rules of [incidentCidrs.join('\n'), incidentCidrs, { rules: cloudFoundry(incidentCidrs) }]) {
    const outcome = await put(rules);
    t.is(outcome.code, 0, outcome.stderr);
    t.regex(
      outcome.stderr,
      /^5 of 5 published CIDRs covered by rules.* \(S3, us-gov-west-1, IPv4, syncToken 1724938990\)\n$/,
    );
    const { version: verified, metadata } = JSON.parse(outcome.stdout);
    t.deepEqual(verified, version);
    t.is(metadata[0].name, 'publishedAt');
  }
});

test('coverage is of addresses: parts cover together, and one missing address is missing', async (t) => {
  const { put } = await setUp(t);
  const without = incidentCidrsInOrder.filter((cidr) => cidr !== '108.175.56.0/22');
  t.is((await put([...without, '108.175.56.0/23', '108.175.58.0/23'])).code, 0);
  t.is((await put([...without, '108.175.0.0/16'])).code, 0);
  t.is((await put([...without, '108.175.56.0-108.175.59.254', '108.175.59.255'])).code, 0);
  assertFailure(
    t,
    await put([...without, '108.175.56.0-108.175.59.254']),
    /leaves out 1 of 5/,
    /missing {2}108\.175\.56\.0\/22 .* only in part: without 108\.175\.59\.255\/32/,
  );
});

test('IPv6 is demanded where the source selects it', async (t) => {
  const { put } = await setUp(t, {});
  assertFailure(t, await put(incidentCidrs), /leaves out 6 of 11/, /missing {2}2600:1f68:2000::\/40/);
  t.is((await put([...incidentCidrs, '2600:1000::/20'])).code, 0);
});

test('mode: exact also fails on what the rules allow beyond the published ranges', async (t) => {
  const { put } = await setUp(t);
  t.is((await put(incidentCidrs, { mode: 'exact' })).code, 0);
  const wide = [...incidentCidrs, '10.0.0.0/31', '136.18.2.0/24'];
  t.is((await put(wide)).code, 0);
  assertFailure(
    t,
    await put(wide, { mode: 'exact' }),
    /^error: rules allows 2 CIDRs beyond the published ones/,
    /beyond the published CIDRs:\n {4}rules\[5\] has 10\.0\.0\.0\/31\n {4}rules\[6\] has 136\.18\.2\.0\/24\n/,
  );
  t.is((await put([...incidentCidrs, 'fd00::/8'], { mode: 'exact' })).code, 0);
});

test('the guard judges by the directory of the get and emits its version, whatever is published by now', async (t) => {
  const { put, server, source, sources, version } = await setUp(t);
  server.serve(documentHandler(documentWith('1725321189', ['1.2.3.0/24'])));
  const outcome = await put(incidentCidrs);
  t.is(outcome.code, 0, outcome.stderr);
  t.deepEqual(JSON.parse(outcome.stdout).version, version);
  t.deepEqual(server.requests, []);

  const other = { ...source, services: ['EC2'], version_on: 'cidrs' };
  const request = { source: other, params: { rules: 'rules', ranges: 'ranges' } };
  assertFailure(
    t,
    await run('out', request, { args: [sources] }),
    /^error: params\.ranges: ranges is of another resource: services is \["S3"\] there and \["EC2"\] in this resource's source; version_on is "syncToken" there and "cidrs" in this resource's source; use the directory of a get of this resource\n$/,
  );

  assertFailure(
    t,
    await put(incidentCidrs, { ranges: '.' }),
    /params\.rules is .* a file in the directory of params\.ranges/,
  );
  await writeFile(join(sources, 'ranges', 'cidrs.txt'), '15.200.176.128/28\n');
  assertFailure(
    t,
    await put(incidentCidrs),
    /params\.ranges: ranges cannot be trusted: cidrs\.txt is not what get wrote/,
  );
});
