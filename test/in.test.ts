// What a get writes and says, for a document that a server on loopback publishes.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
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

interface Get {
  readonly document?: string;
  /** Of S3 in us-gov-west-1, but for these keys. */
  readonly source?: object;
  readonly params?: object;
}

/** A successful get of the version that check returns while a document is published. */
async function getOf(t: ExecutionContext, { document = incident, source: more = {}, params = {} }: Get = {}) {
  const { url } = await startServer(t, documentHandler(document));
  const source = s3Source(url, more);
  const version = await check(t, { source });
  const directory = temporaryDirectory(t);
  const response = await succeed(t, 'in', { source, version, params }, directory);
  t.deepEqual(response.version, version);
  const files = await readFiles(directory);
  const json = (name: string) => JSON.parse(files[name] ?? '');
  return { ...response, url, files, json };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const lines = (cidrs: readonly string[]) => cidrs.map((cidr) => `${cidr}\n`).join('');

test('in writes every file of the contract for the five ranges of the incident', async (t) => {
  const { version, files, json } = await getOf(t, { params: { document: true } });
  t.is(files['cidrs.txt'], lines([...incidentCidrsInOrder, ...incidentIpv6Cidrs]));
  t.is(files['ipv4.txt'], lines(incidentCidrsInOrder));
  t.is(files['ipv6.txt'], lines(incidentIpv6Cidrs));
  t.deepEqual(json('cidrs.json'), {
    sync_token: '1724938990',
    create_date: '2024-08-29-13-43-10',
    cidr_blocks: incidentCidrsInOrder,
    ipv6_cidr_blocks: incidentIpv6Cidrs,
  });
  t.deepEqual(json('prefixes.json'), [
    ...ipv4('S3', 'us-gov-west-1', ...incidentCidrsInOrder),
    ...ipv6('S3', 'us-gov-west-1', ...incidentIpv6Cidrs),
  ]);
  t.is(files['ip-ranges.json'], incident);
  t.deepEqual(json('ip_ranges.auto.tfvars.json'), {
    aws_ip_ranges_cidr_blocks: incidentCidrsInOrder,
    aws_ip_ranges_ipv6_cidr_blocks: incidentIpv6Cidrs,
  });
  const rule = { protocol: 'tcp', ports: '443', description: 'AWS S3 us-gov-west-1', log: false };
  t.deepEqual(
    json('security-group.json'),
    incidentCidrsInOrder.map((destination) => ({ ...rule, destination })),
  );
  t.is(files['sync_token'], '1724938990');
  t.is(files['create_date'], '2024-08-29-13-43-10');
  t.like(json('manifest.json'), {
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
  const { 'manifest.json': _, ...others } = files;
  const described = Object.entries(others).map(([name, text]) => [
    name,
    { sha256: sha256(text), size: Buffer.byteLength(text) },
  ]);
  t.deepEqual(json('manifest.json').files, Object.fromEntries(described));
  t.is(`sha256:${sha256(files['cidrs.txt'] ?? '')}`, version.digest);
});

test('the metadata says what a person wants to see on the build page', async (t) => {
  const { metadata, version, url } = await getOf(t, {
    source: { ip_versions: [4] },
    params: { document: true },
  });
  t.deepEqual(metadata, {
    publishedAt: '2024-08-29T13:43:10Z',
    selection: 'S3, us-gov-west-1, IPv4',
    ipv4Cidrs: '5',
    ipv6Cidrs: '0',
    ipv4Addresses: '2592',
    ipv6Addresses: '0',
    cidrs: incidentCidrsInOrder.join('\n'),
    digest: version.digest,
    url,
  });
});

test('the metadata list every CIDR or none: a build reads them as variables', async (t) => {
  for (const length of [256, 257]) {
    const cidrs = Array.from({ length }, (_, index) => `10.${index % 256}.${index >> 8}.0/24`);
    const { metadata, files } = await getOf(t, { document: documentWith('1724938990', cidrs, []) });
    t.is(files['cidrs.txt']?.split('\n').length, length + 1);
    t.is(metadata['cidrs'], length > 256 ? undefined : files['cidrs.txt']?.trimEnd());
    t.is(metadata['ipv4Cidrs'], String(length));
  }
});

test('the metadata count an address once, however many CIDRs it is in', async (t) => {
  for (const [cidrs, ipv6Cidrs, addresses, ipv6Addresses] of [
    [
      ['10.0.0.0/24', '10.0.0.128/25', '10.0.0.0/25', '10.0.0.255/32', '10.0.2.1/32'],
      ['2600::1/128'],
      257,
      1,
    ],
    [['10.0.0.255/32'], ['2600::/127', '2600::1/128', '2600::2/128'], 1, 3],
  ] as const) {
    const { metadata } = await getOf(t, { document: documentWith('1724938990', cidrs, ipv6Cidrs) });
    t.like(metadata, { ipv4Addresses: String(addresses), ipv6Addresses: String(ipv6Addresses) });
  }
});

test('params shape the Terraform and the Cloud Foundry file, and what the latter leaves out is told', async (t) => {
  const rule = { ports: '80,443', protocol: 'udp', description: 'S3', log: true };
  const terraform = { variable: 's3_ranges', ipv6_variable: 's3_ranges_v6' };
  const { json, stderr } = await getOf(t, { params: { terraform, security_group: rule } });
  t.deepEqual(Object.keys(json('ip_ranges.auto.tfvars.json')), ['s3_ranges', 's3_ranges_v6']);
  t.deepEqual(json('security-group.json').at(-1), { ...rule, destination: '136.18.0.0/23' });
  t.regex(stderr, /^security-group\.json has no rule for 6 IPv6 CIDRs: .*ip_versions: \[4, 6\]$/m);
});

test('a family that the source does not select has no Terraform variable', async (t) => {
  for (const [family, variable, empty] of [
    [4, 'aws_ip_ranges_cidr_blocks', 'ipv6.txt'],
    [6, 'aws_ip_ranges_ipv6_cidr_blocks', 'ipv4.txt'],
  ] as const) {
    const { files, json } = await getOf(t, { source: { ip_versions: [family] } });
    t.deepEqual(Object.keys(json('ip_ranges.auto.tfvars.json')), [variable]);
    t.is(files[empty], '');
  }
});

test('params that leave a security group without a rule fail the get, and nothing is written', async (t) => {
  const { url } = await startServer(t, documentHandler(incident));
  const source = s3Source(url, { ip_versions: [4] });
  const directory = temporaryDirectory(t);
  const request = {
    source,
    version: await check(t, { source }),
    params: { security_group: { ip_versions: [6] } },
  };
  const outcome = await run('in', request, { args: [directory] });
  assertFailure(
    t,
    outcome,
    /^error: params\.security_group\.ip_versions is \[6\], and the selection has no IPv6 CIDR/,
  );
  t.deepEqual(await readFiles(directory), {});
});

test('a CIDR that several selected services share is listed once, with every entry that it comes from', async (t) => {
  const source = { services: ['s3', 'Amazon'], ip_versions: [4] };
  const { files, json } = await getOf(t, { source, params: { document: true } });
  const [first = '', second = '', ...rest] = incidentCidrsInOrder;
  t.is(files['cidrs.txt'], lines([first, second, '52.94.248.224/28', ...rest]));
  const entries = json('prefixes.json') as { ip_prefix: string; service: string }[];
  const services = entries
    .filter((entry) => entry.ip_prefix === '108.175.56.0/22')
    .map(({ service }) => service);
  t.deepEqual(services, ['AMAZON', 'S3']);
});

test('numeric order puts 9.0.0.0 before 10.0.0.0, a wider network before those inside it, IPv4 before IPv6', async (t) => {
  const cidrs = ['2.0.0.0/7', '9.0.0.0/8', '10.0.0.0/8', '10.0.0.0/9', '10.0.0.0/16', '100.0.0.0/8'];
  const groups = ['fe::/16', '2600:1f::/32', '2600:1f00::/24', '2600:f0f0:2::/48'];
  const mixed = [[5, 3, 1, 2, 4, 0].map((index) => cidrs[index] ?? ''), groups.toReversed()] as const;
  const { files } = await getOf(t, { document: documentWith('1724938990', ...mixed) });
  t.is(files['cidrs.txt'], lines([...cidrs, ...groups]));
});

test('a document without border groups, as before 2020-04-07, is read, and selecting by one fails', async (t) => {
  const document = renderDocument({
    syncToken: '1527855979',
    prefixes: [{ ip_prefix: '52.92.252.0/22', region: 'us-gov-west-1', service: 'S3' }],
  });
  const { files, url } = await getOf(t, { document });
  t.is(files['cidrs.txt'], '52.92.252.0/22\n');
  const outcome = await run('check', { source: s3Source(url, { network_border_groups: ['us-gov-west-1'] }) });
  const message =
    /source\.network_border_groups\[0\] is "us-gov-west-1".*names no network border groups at all/;
  assertFailure(t, outcome, message);
});

test('globs pick regions and border groups', async (t) => {
  const source = { regions: ['us-gov-*'], network_border_groups: ['us-gov-eas?-1'], ip_versions: [4] };
  const { files } = await getOf(t, { source });
  t.is(files['cidrs.txt'], '108.175.52.0/22\n108.175.60.0/22\n');
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
    /syncToken 1724884996 is gone\n {2}AWS serves .* now syncToken 1724938990 with another list/,
  );
  t.deepEqual(await readFiles(directory), { mine: 'kept' });
});
