// What a get writes and says, for a document that a server on loopback publishes.
import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { contractVersion } from '../src/config/contract.ts';
import {
  documentWith,
  entriesOf,
  incident,
  incidentCidrsInOrder,
  incidentIpv6Cidrs,
} from './helpers/documents.ts';
import { getNewest } from './helpers/executables.ts';
import { publish } from './helpers/server.ts';

/** A successful get while a document is published; `more` are keys of the source beside S3 in us-gov-west-1. */
async function getOf(t: ExecutionContext, params: object = {}, more: object = {}, document = incident) {
  const { url, source } = await publish(t, document, more);
  const got = await getNewest(t, source, params);
  return { ...got, url, json: (name: string) => JSON.parse(got.files[name] ?? '') };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const lines = (cidrs: readonly string[]) => cidrs.map((cidr) => `${cidr}\n`).join('');

test('in writes every file of the contract for the five ranges of the incident', async (t) => {
  const { version, files, json } = await getOf(t, { document: true });
  const { 'manifest.json': _, 'ip-ranges.json': document, ...others } = files;
  const [ipv4, ipv6] = [incidentCidrsInOrder, incidentIpv6Cidrs];
  const [sync_token, create_date] = ['1724938990', '2024-08-29-13-43-10'];
  const rule = { protocol: 'tcp', ports: '443', description: 'AWS S3 us-gov-west-1', log: false };
  const found = Object.entries(others).map(([name, text]) => [name, /json$/.test(name) ? json(name) : text]);
  t.deepEqual(Object.fromEntries(found), {
    'cidrs.txt': lines([...ipv4, ...ipv6]),
    'ipv4.txt': lines(ipv4),
    'ipv6.txt': lines(ipv6),
    'cidrs.json': { sync_token, create_date, cidr_blocks: ipv4, ipv6_cidr_blocks: ipv6 },
    'ip_ranges.auto.tfvars.json': { aws_ip_ranges_cidr_blocks: ipv4, aws_ip_ranges_ipv6_cidr_blocks: ipv6 },
    'security-group.json': ipv4.map((destination) => ({ ...rule, destination })),
    'prefixes.json': entriesOf('S3', 'us-gov-west-1', ...ipv4, ...ipv6),
    sync_token,
    create_date,
  });
  t.is(document, incident);
  t.is(`sha256:${sha256(files['cidrs.txt'] ?? '')}`, version.digest);
  const described = Object.entries({ ...others, 'ip-ranges.json': incident }).map(([name, text]) => [
    name,
    { sha256: sha256(text), size: Buffer.byteLength(text) },
  ]);
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
  t.deepEqual(json('manifest.json').files, Object.fromEntries(described));
});

test('the metadata says what a person wants to see on the build page', async (t) => {
  const { metadata, version, url } = await getOf(t, { document: true }, { ip_versions: [4] });
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

const inside = ['10.0.0.0/24', '10.0.0.128/25', '10.0.0.0/25', '10.0.0.255/32', '10.0.2.1/32'];
const many = Array.from({ length: 257 }, (_, index) => `10.${index % 256}.${index >> 8}.0/24`);

/** Lists of both families, how many addresses are in them, each counted once, and whether the metadata have the list. */
const counts: [
  ipv4: string[],
  ipv6: string[],
  addresses: number,
  ipv6Addresses: number,
  isListed: boolean,
][] = [
  [inside, ['2600::1/128'], 257, 1, true],
  [['10.0.0.255/32'], ['2600::/127', '2600::1/128', '2600::2/128'], 1, 3, true],
  [many.slice(1), [], 256 * 256, 0, true],
  [many, [], 257 * 256, 0, false],
];

for (const [cidrs, ipv6Cidrs, addresses, ipv6Addresses, isListed] of counts) {
  test(`the metadata count ${addresses} and ${ipv6Addresses} addresses, and list every CIDR or none`, async (t) => {
    const document = documentWith('1724938990', cidrs, ipv6Cidrs);
    const { metadata, files } = await getOf(t, {}, {}, document);
    t.like(metadata, { ipv4Cidrs: `${cidrs.length}`, ipv6Cidrs: `${ipv6Cidrs.length}` });
    t.like(metadata, { ipv4Addresses: `${addresses}`, ipv6Addresses: `${ipv6Addresses}` });
    t.is(metadata['cidrs'], isListed ? files['cidrs.txt']?.trimEnd() : undefined);
  });
}

test('params shape the Terraform and the Cloud Foundry file, and what the latter leaves out is told', async (t) => {
  const rule = { ports: '80,443', protocol: 'udp', description: 'S3', log: true };
  const terraform = { variable: 's3_ranges', ipv6_variable: 's3_ranges_v6' };
  const { json, stderr } = await getOf(t, { terraform, security_group: rule });
  t.deepEqual(Object.keys(json('ip_ranges.auto.tfvars.json')), ['s3_ranges', 's3_ranges_v6']);
  t.deepEqual(json('security-group.json').at(-1), { ...rule, destination: '136.18.0.0/23' });
  t.regex(stderr, /^security-group\.json has no rule for 6 IPv6 CIDRs: .*ip_versions: \[4, 6\]$/m);
});

test('a family that the source does not select has no Terraform variable', async (t) => {
  for (const [family, variable, empty] of [
    [4, 'aws_ip_ranges_cidr_blocks', 'ipv6.txt'],
    [6, 'aws_ip_ranges_ipv6_cidr_blocks', 'ipv4.txt'],
  ] as const) {
    const { files, json } = await getOf(t, {}, { ip_versions: [family] });
    t.deepEqual(Object.keys(json('ip_ranges.auto.tfvars.json')), [variable]);
    t.is(files[empty], '');
  }
});

test('a CIDR that several selected services share is listed once, with every entry that it comes from', async (t) => {
  const { files, json } = await getOf(
    t,
    { document: true },
    { services: ['s3', 'Amazon'], ip_versions: [4] },
  );
  const [first = '', second = '', ...rest] = incidentCidrsInOrder;
  t.is(files['cidrs.txt'], lines([first, second, '52.94.248.224/28', ...rest]));
  const entries = json('prefixes.json') as { ip_prefix: string; service: string }[];
  const shared = entries.filter((entry) => entry.ip_prefix === '108.175.56.0/22');
  t.deepEqual(
    shared.map(({ service }) => service),
    ['AMAZON', 'S3'],
  );
});
