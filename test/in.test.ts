import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { contractVersion } from '../src/config/contract.ts';
import {
  documentWith,
  incident,
  incidentCidrs,
  incidentCidrsInOrder,
  incidentIpv6Cidrs,
  ipv4,
  ipv6,
  renderDocument,
  s3Source,
} from './helpers/documents.ts';
import { assertFailure, check, readFiles, run, succeed } from './helpers/executables.ts';
import { documentHandler, startServer } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('in writes every file of the contract for the five ranges of the incident', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url);
  const version = await check(t, { source });
  const directory = temporaryDirectory(t);
  const response = await succeed(t, 'in', { source, version, params: { document: true } }, directory);
  t.deepEqual(response.version, version);

  const files = await readFiles(directory);
  const all = [...incidentCidrsInOrder, ...incidentIpv6Cidrs];
  t.is(files['cidrs.txt'], all.map((cidr) => `${cidr}\n`).join(''));
  t.is(files['ipv4.txt'], incidentCidrsInOrder.map((cidr) => `${cidr}\n`).join(''));
  t.is(files['ipv6.txt'], incidentIpv6Cidrs.map((cidr) => `${cidr}\n`).join(''));
  t.deepEqual(JSON.parse(files['cidrs.json'] ?? ''), {
    sync_token: '1724938990',
    create_date: '2024-08-29-13-43-10',
    cidr_blocks: incidentCidrsInOrder,
    ipv6_cidr_blocks: incidentIpv6Cidrs,
  });
  t.deepEqual(JSON.parse(files['prefixes.json'] ?? ''), [
    ...ipv4('S3', 'us-gov-west-1', ...incidentCidrsInOrder),
    ...ipv6('S3', 'us-gov-west-1', ...incidentIpv6Cidrs),
  ]);
  t.is(files['ip-ranges.json'], incident);
  t.deepEqual(JSON.parse(files['ip_ranges.auto.tfvars.json'] ?? ''), {
    aws_ip_ranges_cidr_blocks: incidentCidrsInOrder,
    aws_ip_ranges_ipv6_cidr_blocks: incidentIpv6Cidrs,
  });
  t.deepEqual(
    JSON.parse(files['security-group.json'] ?? ''),
    incidentCidrsInOrder.map((destination) => ({
      protocol: 'tcp',
      destination,
      ports: '443',
      description: 'AWS S3 us-gov-west-1',
      log: false,
    })),
  );
  t.is(files['sync_token'], '1724938990');
  t.is(files['create_date'], '2024-08-29-13-43-10');

  const { 'manifest.json': manifestText, ...others } = files;
  const manifest = JSON.parse(manifestText ?? '');
  t.like(manifest, {
    contract_version: contractVersion,
    version,
    selection: {
      services: ['S3'],
      regions: ['us-gov-west-1'],
      network_border_groups: null,
      ip_versions: [4, 6],
    },
    version_on: 'syncToken',
    counts: { ipv4_cidrs: 5, ipv6_cidrs: 6, ipv4_addresses: '2592', ipv6_addresses: String(6n * 2n ** 88n) },
  });
  t.deepEqual(
    manifest.files,
    Object.fromEntries(
      Object.entries(others).map(([name, text]) => [
        name,
        { sha256: sha256(text), size: Buffer.byteLength(text) },
      ]),
    ),
  );
  t.is(`sha256:${sha256(files['cidrs.txt'] ?? '')}`, version.digest);
});

test('the metadata says what a person wants to see on the build page', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url, { ip_versions: [4] });
  const version = await check(t, { source });
  const request = { source, version, params: { document: true } };
  const { metadata } = await succeed(t, 'in', request, temporaryDirectory(t));
  t.deepEqual(metadata, {
    publishedAt: '2024-08-29T13:43:10Z',
    selection: 'S3, us-gov-west-1, IPv4',
    ipv4Cidrs: '5',
    ipv6Cidrs: '0',
    ipv4Addresses: '2592',
    ipv6Addresses: '0',
    cidrs: incidentCidrsInOrder.join('\n'),
    digest: version.digest,
    url: server.url,
  });
});

test('the metadata list every CIDR or none: a build reads them as variables', async (t) => {
  for (const length of [256, 257]) {
    const cidrs = Array.from({ length }, (_, index) => `10.${index % 256}.${index >> 8}.0/24`);
    const server = await startServer(t, documentHandler(documentWith('1724938990', cidrs, [])));
    const source = s3Source(server.url);
    const directory = temporaryDirectory(t);
    const { metadata } = await succeed(t, 'in', { source, version: await check(t, { source }) }, directory);
    const list = await readFile(join(directory, 'cidrs.txt'), 'utf8');
    t.is(list.split('\n').length, length + 1);
    t.is(metadata['cidrs'], length > 256 ? undefined : list.trimEnd());
    t.is(metadata['ipv4Cidrs'], String(length));
  }
});

test('params shape the Terraform and the Cloud Foundry file', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url);
  const version = await check(t, { source });
  const directory = temporaryDirectory(t);
  const params = {
    terraform: { variable: 's3_ranges', ipv6_variable: 's3_ranges_v6' },
    security_group: { ports: '80,443', protocol: 'udp', description: 'S3', log: true, ip_versions: [4, 6] },
  };
  await succeed(t, 'in', { source, version, params }, directory);
  const files = await readFiles(directory);
  t.deepEqual(Object.keys(JSON.parse(files['ip_ranges.auto.tfvars.json'] ?? '')), [
    's3_ranges',
    's3_ranges_v6',
  ]);
  const rules = JSON.parse(files['security-group.json'] ?? '');
  t.is(rules.length, incidentCidrsInOrder.length + incidentIpv6Cidrs.length);
  t.deepEqual(rules.at(-1), {
    protocol: 'udp',
    destination: '2600:1ffa:2000::/40',
    ports: '80,443',
    description: 'S3',
    log: true,
  });
});

test('a security group has IPv4 rules alone unless ip_versions says otherwise, and what is left out is told', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const note =
    /note: security-group\.json has no rule for 6 IPv6 CIDRs: .* params\.security_group\.ip_versions: \[4, 6\]\n/;
  for (const [families, ip_versions, rules, isTold] of [
    [[4, 6], undefined, 5, true],
    [[4], undefined, 5, false],
    [[6], undefined, 6, false],
    [[4, 6], [4], 5, false],
    [[4, 6], [6], 6, false],
    [[4, 6], [6, 4], 11, false],
  ] as const) {
    const source = s3Source(server.url, { ip_versions: families });
    const directory = temporaryDirectory(t);
    const params = { security_group: { ip_versions } };
    const { stderr } = await succeed(
      t,
      'in',
      { source, version: await check(t, { source }), params },
      directory,
    );
    t.is(JSON.parse(await readFile(join(directory, 'security-group.json'), 'utf8')).length, rules);
    t.is(note.test(stderr), isTold, stderr);
  }
});

test('a security group is never left without a rule: families that have no CIDR are an error', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url, { ip_versions: [4] });
  const directory = temporaryDirectory(t);
  const params = { security_group: { ip_versions: [6] } };
  const outcome = await run(
    'in',
    { source, version: await check(t, { source }), params },
    { args: [directory] },
  );
  assertFailure(
    t,
    outcome,
    /^error: params\.security_group\.ip_versions is \[6\], and the selection has no IPv6 CIDR/,
  );
  t.deepEqual(await readdir(directory), []);
});

test('security group rules for every protocol carry no ports, as Cloud Foundry demands', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url);
  const directory = temporaryDirectory(t);
  const params = { security_group: { protocol: 'all' } };
  await succeed(t, 'in', { source, version: await check(t, { source }), params }, directory);
  const [rule] = JSON.parse(await readFile(join(directory, 'security-group.json'), 'utf8'));
  t.deepEqual(Object.keys(rule), ['protocol', 'destination', 'description', 'log']);
});

test('a CIDR that several selected services share is listed once, with every entry that it comes from', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url, { services: ['s3', 'Amazon'], ip_versions: [4] });
  const directory = temporaryDirectory(t);
  const request = { source, version: await check(t, { source }), params: { document: true } };
  await succeed(t, 'in', request, directory);
  const files = await readFiles(directory);
  t.deepEqual((files['cidrs.txt'] ?? '').trim().split('\n'), [
    '15.200.28.240/28',
    '15.200.176.128/28',
    '52.94.248.224/28',
    '108.175.48.0/22',
    '108.175.56.0/22',
    '136.18.0.0/23',
  ]);
  const prefixes = JSON.parse(files['prefixes.json'] ?? '') as { ip_prefix: string; service: string }[];
  t.deepEqual(
    prefixes.filter(({ ip_prefix }) => ip_prefix === '108.175.56.0/22').map(({ service }) => service),
    ['AMAZON', 'S3'],
  );
});

test('numeric order puts 9.0.0.0 before 10.0.0.0, a wider network before those inside it, IPv4 before IPv6', async (t) => {
  const cidrs = ['100.0.0.0/8', '10.0.0.0/9', '9.0.0.0/8', '10.0.0.0/8', '10.0.0.0/16', '2.0.0.0/7'];
  const groups = ['2600:f0f0:2::/48', '2600:1f::/32', '2600:1f00::/24', 'fe::/16'];
  const server = await startServer(t, documentHandler(documentWith('1724938990', cidrs, groups)));
  const source = s3Source(server.url);
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', { source, version: await check(t, { source }) }, directory);
  t.deepEqual((await readFile(join(directory, 'cidrs.txt'), 'utf8')).trim().split('\n'), [
    '2.0.0.0/7',
    '9.0.0.0/8',
    '10.0.0.0/8',
    '10.0.0.0/9',
    '10.0.0.0/16',
    '100.0.0.0/8',
    'fe::/16',
    '2600:1f::/32',
    '2600:1f00::/24',
    '2600:f0f0:2::/48',
  ]);
});

test('a document without border groups, as before 2020-04-07, is read, and selecting by one fails', async (t) => {
  const document = renderDocument({
    syncToken: '1527855979',
    prefixes: [{ ip_prefix: '52.92.252.0/22', region: 'us-gov-west-1', service: 'S3' }],
  });
  const server = await startServer(t, documentHandler(document));
  const source = s3Source(server.url);
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', { source, version: await check(t, { source }) }, directory);
  t.is(await readFile(join(directory, 'cidrs.txt'), 'utf8'), '52.92.252.0/22\n');
  const byGroup = await run('check', {
    source: s3Source(server.url, { network_border_groups: ['us-gov-west-1'] }),
  });
  assertFailure(
    t,
    byGroup,
    /source\.network_border_groups\[0\] is "us-gov-west-1".*names no network border groups at all/,
  );
});

test('globs pick regions and border groups', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const directory = temporaryDirectory(t);
  const source = {
    url: server.url,
    regions: ['us-gov-*'],
    network_border_groups: ['us-gov-eas?-1'],
    ip_versions: [4],
  };
  await succeed(t, 'in', { source, version: await check(t, { source }) }, directory);
  t.is(await readFile(join(directory, 'cidrs.txt'), 'utf8'), '108.175.52.0/22\n108.175.60.0/22\n');
});

test('a superseded version whose list AWS still publishes is served, and that is said', async (t) => {
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const source = s3Source(server.url, { hold_cidrs: 0 });
  const version = await check(t, { source });
  server.serve(documentHandler(documentWith('1724938990')));
  const directory = temporaryDirectory(t);
  const response = await succeed(t, 'in', { source, version }, directory);
  t.deepEqual(response.version, version);
  t.regex(response.metadata['servedFrom'] ?? '', /1724938990/);
  t.regex(
    response.stderr,
    /note: syncToken 1724884996 is superseded; the document with syncToken 1724938990 has the same list/,
  );
  const files = await readFiles(directory);
  t.is(files['sync_token'], '1724884996');
  t.is(JSON.parse(files['manifest.json'] ?? '').served_from.sync_token, '1724938990');
});

test('a superseded version whose list changed fails and leaves the destination as it was', async (t) => {
  const server = await startServer(t, documentHandler(documentWith('1724884996')));
  const source = s3Source(server.url, { hold_cidrs: 0 });
  const version = await check(t, { source });
  server.serve(documentHandler(documentWith('1724938990', incidentCidrs.slice(1))));
  const directory = temporaryDirectory(t);
  await writeFile(join(directory, 'mine'), 'kept');
  const outcome = await run('in', { source, version }, { args: [directory] });
  assertFailure(
    t,
    outcome,
    /syncToken 1724884996 is gone\n {2}AWS serves only its newest document, now syncToken 1724938990 with another list/,
  );
  t.deepEqual(await readFiles(directory), { mine: 'kept' });
});

test('a version with the published token but another digest is refused', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const version = await check(t, { source: { url: server.url, hold_cidrs: 0 } });
  const outcome = await run(
    'in',
    { source: s3Source(server.url), version },
    { args: [temporaryDirectory(t)] },
  );
  assertFailure(
    t,
    outcome,
    /selects another list: sha256:[0-9a-f]{12}, not sha256:[0-9a-f]{12}: AWS has published this token again/,
  );
});
