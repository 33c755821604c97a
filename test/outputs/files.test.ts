// bundle: true writes one archive of all the other files: the same bytes on any machine and day.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { parseInParams } from '../../src/config/params.ts';
import { unpackBundle } from '../../src/files/bundle.ts';
import { remarkOnGroup, securityGroup } from '../../src/outputs/security-group.ts';
import { select } from '../../src/selection/select.ts';
import { packBundle } from '../helpers/archive.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { documentWith, incident, s3Source } from '../helpers/documents.ts';
import { check, readFiles, succeed } from '../helpers/executables.ts';
import { criteriaOf, documentOf } from '../helpers/ip-ranges.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const execute = promisify(execFile);
const token = '1724938990';
const name = `aws-ip-ranges-${token}.tgz`;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function setUp(t: ExecutionContext, document = incident) {
  const server = await startServer(t, documentHandler(document));
  const source = s3Source(server.url);
  return { source, version: await check(t, { source }), params: { document: true, bundle: true } };
}

test('the archive holds all other files as they are, each a plain file of nobody', async (t) => {
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', await setUp(t), directory);
  const { stdout } = await execute('tar', ['--numeric-owner', '-tvzf', join(directory, name)], {
    env: { TZ: 'UTC' },
  });
  const rows = stdout.trim().split('\n');
  t.deepEqual(rows.map((row) => row.split(' ').at(-1)).sort(), filesOfGet({ document: true }));
  for (const row of rows) t.regex(row, /^-rw-r--r-- 0\/0 +\d+ 2024-08-29 13:43(:10)? [\w.-]+$/);

  const unpacked = temporaryDirectory(t);
  await execute('tar', ['-xzf', join(directory, name), '-C', unpacked]);
  await rm(join(directory, name));
  t.deepEqual(await readFiles(unpacked), await readFiles(directory));
});

test('it is the same archive where the files of the publication are not written beside it', async (t) => {
  const request = await setUp(t);
  const [both, alone] = [temporaryDirectory(t), temporaryDirectory(t)];
  await succeed(t, 'in', request, both);
  await succeed(t, 'in', { ...request, params: { bundle: true } }, alone);
  t.deepEqual(Object.keys(await readFiles(alone)).sort(), filesOfGet({ bundle: true }));
  t.true((await readFile(join(alone, name))).equals(await readFile(join(both, name))));
});

test('the same files give the same bytes on any machine and day', async (t) => {
  const files = [
    { name: 'cidrs.txt', bytes: Buffer.from('15.200.28.240/28\n'.repeat(500)) },
    { name: 'empty', bytes: Buffer.alloc(0) },
    { name: 'ip-ranges.json', bytes: Buffer.from(documentWith(token)) },
  ];
  t.is(
    sha256(await packBundle(files, Number(token))),
    'fb79bcfe42a91ba8c966c3f6840e82bfa8763b164086e794c782fc4732233f1a',
  );
});

test('the archive names no machine, user or moment beside the publication', async (t) => {
  const tar = gunzipSync(await packBundle([{ name: 'a', bytes: Buffer.from('x') }], Number(token)));
  t.is(tar.toString('latin1', 100, 124), '000644 \u0000000000 \u0000000000 \u0000');
  t.is(Number.parseInt(tar.toString('latin1', 136, 147), 8), Number(token));
  t.is(tar.toString('latin1', 265, 512).replace(/[0 \0]/g, ''), '');
});

test('an archive of any token is one that tar reads', async (t) => {
  for (const late of [2147483647, 3000000000, 99999999999, 999999999999999]) {
    const path = join(temporaryDirectory(t), 'late.tgz');
    const files = ['cidrs.txt', 'manifest.json'].map((file) => ({ name: file, bytes: Buffer.from('x') }));
    await writeFile(path, await packBundle(files, late));
    const { stdout, stderr } = await execute('tar', ['-tvzf', path], { env: { TZ: 'UTC' } });
    t.is(stderr, '');
    t.is(stdout.match(/ 2038-01-19 03:14/g)?.length, files.length);
    const unpacked = await unpackBundle(gunzipSync(await readFile(path)));
    t.deepEqual([...unpacked.keys()], ['cidrs.txt', 'manifest.json']);
  }
});

// Rules of a Cloud Foundry security group: Cloud Foundry refuses the whole group for one that it does not take.

/** The rules of a selection, and the remark on what they leave out. */
function rulesOf(
  cidrs: readonly string[],
  group: object = {},
  source: Readonly<Record<string, unknown>> = {},
) {
  const criteria = criteriaOf({ allow_empty: true, regions: ['us-gov-west-1'], ...source });
  const document = documentOf([
    ...cidrs.map((cidr) => `${cidr} S3 us-gov-west-1`),
    '9.0.0.0/8 EC2 us-gov-west-1',
    '8.0.0.0/8 S3 us-east-1',
  ]);
  const selection = select(document, criteria);
  const { security_group: params } = parseInParams({ security_group: group });
  return { rules: securityGroup(selection, criteria, params), remark: remarkOnGroup(selection, params) };
}

const four = ['10.0.0.0/24', '10.0.1.0/24'];
const six = ['2600::/32'];

test('rules are of IPv4 alone unless ip_versions says otherwise, and what is left out unasked is told', (t) => {
  for (const [cidrs, ip_versions, expected, isTold] of [
    [[...four, ...six], undefined, four, true],
    [four, undefined, four, false],
    [six, undefined, six, false],
    [[], undefined, [], false],
    [[...four, ...six], [4], four, false],
    [[...four, ...six], [6], six, false],
    [[...four, ...six], [6, 4], [...four, ...six], false],
  ] as const) {
    const { rules, remark } = rulesOf(cidrs, ip_versions && { ip_versions });
    t.deepEqual(
      rules.map(({ destination }) => destination),
      [...expected],
    );
    t.is(remark?.startsWith('security-group.json has no rule for 1 IPv6 CIDR: ') === true, isTold);
  }
});

test('families without a CIDR are an error, an empty selection is none', (t) => {
  const message = /^params\.security_group\.ip_versions is \[6\], and the selection has no IPv6 CIDR, so/;
  t.throws(() => rulesOf(four, { ip_versions: [6] }), { name: 'UserError', message });
  t.deepEqual(rulesOf([], { ip_versions: [6] }).rules, []);
});

test('combine: true writes one rule for up to 6,000 CIDRs, without white space', (t) => {
  const [rule, ...others] = rulesOf(four, { combine: true }).rules;
  t.is(rule?.destination, '10.0.0.0/24,10.0.1.0/24');
  t.deepEqual(others, []);
  const many = Array.from({ length: 6001 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
  const sizes = (cidrs: readonly string[]) =>
    rulesOf(cidrs, { combine: true }).rules.map(({ destination }) => destination.split(',').length);
  t.deepEqual(sizes(many.slice(1)), [6000]);
  t.deepEqual(sizes(many), [6000, 1]);
});

test('rules for every protocol carry no ports, as Cloud Foundry demands', (t) => {
  const [rule] = rulesOf(four, { protocol: 'all' }).rules;
  t.deepEqual(Object.keys(rule ?? {}), ['protocol', 'destination', 'description', 'log']);
});

test('the description says what the source selects, unless the params have one', (t) => {
  const description = (source: Readonly<Record<string, unknown>>, group = {}) =>
    rulesOf(four, group, source).rules[0]?.description;
  t.is(description({}), 'AWS S3 us-gov-west-1');
  t.is(
    description({
      services: ['s3'],
      exclude_services: ['ec2'],
      regions: ['us-gov-west-1'],
      network_border_groups: ['us-gov-*'],
      ip_versions: [4],
      aggregate: true,
    }),
    'AWS S3 without EC2 us-gov-west-1 border group us-gov-*',
  );
  t.is(description({}, { description: 'mine' }), 'mine');
});
