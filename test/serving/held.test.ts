// A version that holds its list: it is served whatever AWS publishes by then, without a request, or refused.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { check as checkHere } from '../../src/check.ts';
import { parseSource } from '../../src/config/source.ts';
import type { OutputFile } from '../../src/files/output-file.ts';
import { get } from '../../src/in.ts';
import { type Document, parseDocument } from '../../src/ip-ranges/document.ts';
import { versionOf, withList } from '../../src/selection/held.ts';
import { select } from '../../src/selection/select.ts';
import { splitList, type Version } from '../../src/version.ts';
import { filesOfGet } from '../helpers/contract.ts';
import {
  documentWith,
  incident,
  incidentCidrs,
  incidentCidrsInOrder,
  s3Source,
} from '../helpers/documents.ts';
import { assertFailure, check, readFiles, run, succeed } from '../helpers/executables.ts';
import { readHistory } from '../helpers/history.ts';
import { inMemoryOutside } from '../helpers/in-memory.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const digestOf = (cidrs: readonly string[]) =>
  `sha256:${createHash('sha256')
    .update(cidrs.map((cidr) => `${cidr}\n`).join(''))
    .digest('hex')}`;

/** A version as check writes one for these CIDRs, unless something in it is given. */
function held(cidrs: readonly string[], more: object = {}) {
  return {
    syncToken: '1724938990',
    createDate: '2024-08-29-13-43-10',
    digest: digestOf(cidrs),
    selection: 'S3, us-gov-west-1, IPv4',
    ...splitList(cidrs),
    ...more,
  };
}

/** The CIDRs in all members of a version that hold some. */
const listOf = (version: unknown) =>
  Object.entries(version as object)
    .filter(([name]) => name.startsWith('cidrs'))
    .flatMap(([, text]) => String(text).split(' '))
    .filter((cidr) => cidr !== '');

const five = incidentCidrsInOrder;
const { cidrs: _, selection: __, ...bare } = held(five);
const many = Array.from({ length: 65 }, (_unused, index) => `10.0.${index}.0/24`);

/** What becomes of a version when AWS has published another list; undefined for files. */
const cases: [title: string, version: unknown, source: object, refusal: RegExp | undefined][] = [
  ['with its list', held(five), {}, undefined],
  [
    'without its list',
    bare,
    {},
    /is gone\n {2}AWS serves .* with another list .*\n {2}if it is pinned: unpin it; .*\n {2}to keep old versions: source\.history_url\n$/,
  ],
  [
    'whose list is not that of its digest',
    held(five.slice(1), { digest: digestOf(five) }),
    {},
    /version\.cidrs has the digest sha256:/,
  ],
  [
    'whose list is out of order',
    held(five.toReversed()),
    {},
    /version\.cidrs holds \S+ after \S+, which is not the order/,
  ],
  [
    'whose list repeats a CIDR',
    held(['10.0.0.0/8', '10.0.0.0/8']),
    {},
    /holds 10\.0\.0\.0\/8 after 10\.0\.0\.0\/8/,
  ],
  [
    'that holds what is no CIDR',
    held(['10.0.0.0/8', 'x']),
    {},
    /holds "x", which is not a network in canonical form/,
  ],
  ['that holds host bits', held(['10.0.0.1/8']), {}, /holds "10\.0\.0\.1\/8", .*: that is 10\.0\.0\.0\/8/],
  ['with two spaces', held(five, { cidrs: five.join('  ') }), {}, /holds "", which is not a network/],
  [
    'whose list stands in one member',
    held(many, { cidrs: many.join(' ') }),
    {},
    /^error: version must be an object/,
  ],
  ['whose list lacks a member', held(many, { cidrs_2: undefined }), {}, /^error: version must be an object/],
  ['with an empty member', held(five, { cidrs_2: '' }), {}, /^error: version must be an object/],
  [
    'with a member out of place',
    held(five, { cidrs_3: '10.0.0.0/8' }),
    {},
    /^error: version must be an object/,
  ],
  [
    'with the lines of a file',
    held(five, { cidrs: five.join('\n') }),
    {},
    /which is not a network in canonical form/,
  ],
  ['with more CIDRs than hold_cidrs', held(many), {}, undefined],
  ['with a list though hold_cidrs is 0', held(five), { hold_cidrs: 0 }, undefined],
  [
    'with more CIDRs than max_cidrs',
    held(five),
    { max_cidrs: 4 },
    /source\.max_cidrs is 4, but .* lists 5 CIDRs/,
  ],
  [
    'of another selection',
    held(five, { selection: 'S3, us-gov-east-1, IPv4' }),
    {},
    /the version holds the list of "S3, us-gov-east-1, IPv4", but the source selects "S3, us-gov-west-1, IPv4"/,
  ],
  ['of a source that is aggregated', held(five), { aggregate: true }, /it was made for another source/],
  [
    'with a family that the source does not select',
    held(['2600::/32']),
    {},
    /source\.ip_versions does not select IPv6/,
  ],
  ['with an empty list', held([]), {}, /the selection is empty: .*source\.allow_empty: true/],
  ['with an empty list that is allowed', held([]), { allow_empty: true }, undefined],
  ['with a list and no words', { ...bare, cidrs: five.join(' ') }, {}, /^error: version must be an object/],
  ['with words and no list', { ...bare, selection: 'S3' }, {}, /^error: version must be an object/],
  ['with a foreign member', held(five, { ref: 'x' }), {}, /^error: version must be an object/],
  ['whose list is an array', held(five, { cidrs: five }), {}, /^error: version must be an object/],
];

for (const [title, version, more, refusal] of cases) {
  test(`a version ${title} is ${refusal === undefined ? 'served without a request' : 'refused'}`, async (t) => {
    const newer = documentWith('1725321189', incidentCidrs.slice(1));
    const server = await startServer(t, documentHandler(newer));
    const source = s3Source(server.url, { ip_versions: [4], ...more });
    const directory = temporaryDirectory(t);
    if (refusal !== undefined) {
      assertFailure(t, await run('in', { source, version }, { args: [directory] }), refusal);
      t.deepEqual(await readFiles(directory), {});
      return;
    }
    const response = await succeed(t, 'in', { source, version }, directory);
    t.deepEqual(response.version, version as typeof response.version);
    t.false('url' in response.metadata);
    t.is(
      (await readFiles(directory))['cidrs.txt'],
      listOf(version)
        .map((cidr) => `${cidr}\n`)
        .join(''),
    );
    t.deepEqual(server.requests, []);
  });
}

test('no combination of params but document and bundle makes a request for a held version', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url, {
    ip_versions: [4],
    history_url: server.url.replace('ip-ranges', '{syncToken}'),
  });
  const combinations = [{}, { terraform: { variable: 'a', ipv6_variable: 'b' } }].flatMap((terraform) =>
    [
      {},
      { security_group: { ports: '80', combine: true, ip_versions: [4, 6], description: 'x', log: true } },
    ].flatMap((group) =>
      [{}, { document: false }, { bundle: false }].map((rest) => ({ ...terraform, ...group, ...rest })),
    ),
  );
  await Promise.all(
    combinations.map(async (params) => {
      const directory = temporaryDirectory(t);
      await succeed(t, 'in', { source, version: held(five), params }, directory);
      t.deepEqual(Object.keys(await readFiles(directory)).sort(), filesOfGet());
    }),
  );
  t.is(combinations.length, 12);
  t.deepEqual(server.requests, []);
});

for (const params of [{ document: true }, { bundle: true }]) {
  test(`${Object.keys(params)[0]}: true needs the very document, even where the list is the same`, async (t) => {
    const server = await startServer(t, documentHandler(documentWith('1725321189')));
    const source = s3Source(server.url, { ip_versions: [4] });
    const directory = temporaryDirectory(t);
    const request = { source, version: held(five), params };
    const message =
      /is gone\n.* with the same list; params\.document .*\n.*\n {2}to get the list alone: leave out params\.document and params\.bundle; to keep old documents: source\.history_url\n$/;
    assertFailure(t, await run('in', request, { args: [directory] }), message);
    t.deepEqual(await readFiles(directory), {});
    server.serve(documentHandler(incident));
    const { metadata } = await succeed(t, 'in', request, directory);
    t.is(metadata['url'], server.url);
    t.deepEqual(Object.keys(await readFiles(directory)).sort(), filesOfGet(params));
  });
}

test('a border group that the newer document does not know: the version is gone', async (t) => {
  const server = await startServer(t, documentHandler(incident.replaceAll('us-gov-west-1', 'elsewhere')));
  const source = s3Source(server.url, { network_border_groups: ['us-gov-west-1'] });
  const outcome = await run(
    'in',
    { source, version: { ...bare, syncToken: '1724884996' } },
    { args: [temporaryDirectory(t)] },
  );
  assertFailure(
    t,
    outcome,
    /^error: the version with syncToken 1724884996 is gone\n.* from which this source can select no list\n/,
  );
});

test('check holds the list up to hold_cidrs, and answers a version of release 1 as it was given', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  for (const [hold_cidrs, isHeld] of [
    [4, false],
    [5, true],
    [0, false],
  ] as const) {
    const source = s3Source(server.url, { ip_versions: [4], hold_cidrs });
    t.deepEqual(await check(t, { source }), isHeld ? held(five) : bare);
    for (const version_on of ['syncToken', 'cidrs']) {
      for (const version of [bare, held(five)]) {
        t.deepEqual(await check(t, { source: { ...source, version_on }, version }), version);
      }
    }
  }
  server.serve(documentHandler(documentWith('1725321189')));
  const cidrs = s3Source(server.url, { ip_versions: [4], version_on: 'cidrs' });
  for (const version of [bare, held(five)]) t.deepEqual(await check(t, { source: cidrs, version }), version);
});

/** The tokens of what check answers while AWS publishes another list under 1725321189, and what it says. */
async function tokensAfter(version: unknown, source: object = {}, published = '1725321189') {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const document = parseDocument(Buffer.from(documentWith(published, incidentCidrs.slice(1), [])));
  const answer = await checkHere(
    { source: { regions: ['us-gov-west-1'], ip_versions: [4], ...source }, version },
    {
      ...inMemoryOutside(() => document),
      now: () => 1_800_000_000_000,
      log: { info: log, note: log, debug: log, error: log },
    },
  );
  return { tokens: answer.map(({ syncToken }) => syncToken).join(' '), answer, said: lines.join('\n') };
}

const answers: [title: string, version: unknown, source: object, tokens: string, said: RegExp][] = [
  [
    'holds its list',
    held(five),
    {},
    '1724938990 1725321189',
    /^new version: syncToken 1725321189: -108\.175\.56\.0\/22$/,
  ],
  [
    'holds its list, with version_on: cidrs',
    held(five),
    { version_on: 'cidrs' },
    '1724938990 1725321189',
    /^new/,
  ],
  [
    'holds its list, though hold_cidrs is 0 now',
    held(five),
    { hold_cidrs: 0 },
    '1724938990 1725321189',
    /^new/,
  ],
  ['is bare', bare, {}, '1725321189', /^new version: syncToken 1725321189$/],
  [
    'is of another selection',
    held(five, { selection: 'S3' }),
    {},
    '1725321189',
    /holds the list of another selection; ignoring/,
  ],
  [
    'was altered',
    held(five, { cidrs: five.slice(1).join(' ') }),
    {},
    '1725321189',
    /version\.cidrs has the digest/,
  ],
  ['has more CIDRs than max_cidrs now', held(five), { max_cidrs: 4 }, '1725321189', /source\.max_cidrs is 4/],
  ['has an empty list', held([]), {}, '1725321189', /the selection is empty/],
  ['has an empty list that is allowed', held([]), { allow_empty: true }, '1724938990 1725321189', /^new/],
  [
    'was altered, at an edge that is behind',
    held(five, { cidrs: '10.0.0.0/8', syncToken: '1725400000' }),
    {},
    '1725321189',
    /has the digest/,
  ],
  [
    'was altered, and has the published token',
    held(five, { cidrs: '10.0.0.0/8', syncToken: '1725321189' }),
    {},
    '1725321189',
    /has the digest/,
  ],
  [
    'is newer than what this edge serves',
    held(five, { syncToken: '1725400000' }),
    {},
    '1725400000',
    /^keeping syncToken 1725400000: .* it serves an older one: syncToken 1725321189, of 2024-09-02; an edge that is behind$/,
  ],
  [
    'is newer than what this edge serves, and bare',
    { ...bare, syncToken: '1725400000' },
    {},
    '1725400000',
    /it serves an older one/,
  ],
  [
    'is the published one',
    held(five.slice(1), { syncToken: '1725321189' }),
    {},
    '1725321189',
    /^nothing new since syncToken 1725321189$/,
  ],
];

for (const [title, version, source, tokens, said] of answers) {
  test(`a given version that ${title}: check answers ${tokens}`, async (t) => {
    const outcome = await tokensAfter(version, source);
    t.is(outcome.tokens, tokens);
    t.regex(outcome.said, said);
    const { syncToken } = version as Version;
    if (tokens.startsWith(syncToken) && !/altered/.test(title))
      t.deepEqual(outcome.answer[0], version as Version);
  });
}

test('check says what changed against a version that holds its list', async (t) => {
  const after = ['1.178.30.0/24', ...five.slice(1)];
  const server = await startServer(t, documentHandler(documentWith('1725321189', after)));
  const source = s3Source(server.url, { ip_versions: [4] });
  const stderr = async (version: unknown) => (await run('check', { source, version })).stderr;
  t.is(await stderr(held(five)), 'new version: syncToken 1725321189: +1.178.30.0/24 -15.200.28.240/28\n');
  t.is(await stderr(bare), 'new version: syncToken 1725321189\n');
  t.regex(await stderr(held(many)), /: \+1\.178\.30\.0\/24 .* and \d+ more\n$|: \+.*-10\.0\.0\.0\/18.*\n$/);
  t.regex(
    await stderr(held(five, { cidrs: after.join(' ') })),
    /note: the given version holds a list that this source cannot have: version\.cidrs has the digest/,
  );
  t.regex(
    await stderr(held(five, { selection: 'EC2, all regions' })),
    /note: the given version holds the list of another selection/,
  );
});

test('a token from the future: a published one is refused, a given one is told and the published one returned', async (t) => {
  const ahead = (hours: number) => String(Math.floor(Date.now() / 1000) + hours * 3600);
  const server = await startServer(t, documentHandler(documentWith(ahead(26))));
  const source = s3Source(server.url, { ip_versions: [4], timeout: '1s' });
  assertFailure(t, await run('check', { source }), /is more than a day ahead of this machine's clock/);
  server.serve(documentHandler(documentWith(ahead(22))));
  t.is((await run('check', { source })).code, 0);
  server.serve(documentHandler(incident));
  const outcome = await run('check', { source, version: held(five, { syncToken: '9999999999' }) });
  t.deepEqual(JSON.parse(outcome.stdout), [held(five)]);
  t.regex(outcome.stderr, /note: the given version has the syncToken 9999999999, more than a day ahead/);
  const gone = await run(
    'in',
    { source, version: { ...bare, syncToken: '9999999999' } },
    { args: [temporaryDirectory(t)] },
  );
  assertFailure(t, gone, /version\.syncToken 9999999999 is more than a day ahead .* unpin the version/);
});

/** The files of a get in process while AWS publishes the document. */
async function filesOf(source: object, version: Version, published: () => Document, params = {}) {
  const files: OutputFile[] = [];
  await get({ source, version, params }, (written) => void files.push(...written), {
    ...inMemoryOutside(published),
    now: () => Number(version.syncToken) * 1000,
  });
  return Object.fromEntries(files.map(({ name, bytes }) => [name, bytes.toString()]));
}

/** The version of a source in a document. */
function versionIn(source: object, document: Document): Version {
  const parsed = parseSource(source);
  const selection = select(document, parsed.criteria);
  return withList(versionOf(document, selection), selection, parsed);
}

const forbidden = (): never => {
  throw new Error('the network was reached');
};

test('the files from a held version are those from the document, byte for byte, whatever both are', async (t) => {
  const ipv4 = fc
    .tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 0, max: 255 }), fc.constantFrom(16, 20, 24))
    .map(([a, b, length]) => `${a}.${b}.0.0/${length}`);
  const ipv6 = fc.integer({ min: 1, max: 0xffff }).map((group) => `2600:${group.toString(16)}::/40`);
  const source = fc.record({
    regions: fc.constant(['us-gov-west-1']),
    ip_versions: fc.constantFrom([4], [6], [4, 6]),
    aggregate: fc.boolean(),
    exclude_services: fc.constantFrom([], ['EC2']),
    allow_empty: fc.constant(true),
    version_on: fc.constantFrom('syncToken', 'cidrs'),
  });
  const params = fc.record({
    security_group: fc.record({ combine: fc.boolean(), protocol: fc.constantFrom('tcp', 'all') }),
  });
  const lists = fc.tuple(fc.uniqueArray(ipv4, { maxLength: 20 }), fc.uniqueArray(ipv6, { maxLength: 20 }));
  await fc.assert(
    fc.asyncProperty(lists, source, params, async ([four, six], chosen, given) => {
      const document = parseDocument(Buffer.from(documentWith('1724938990', four, six)));
      const version = versionIn(chosen, document);
      const fromVersion = await filesOf(chosen, version, forbidden, given);
      const fromDocument = await filesOf(chosen, version, () => document, { ...given, document: true });
      for (const [name, text] of Object.entries(fromVersion)) {
        if (name !== 'manifest.json') t.is(text, fromDocument[name] ?? 'absent', name);
      }
      // A version without its list: manifest.json differs in the version alone.
      const { syncToken, createDate, digest } = version;
      const unheld = await filesOf(chosen, { syncToken, createDate, digest }, () => document, given);
      const manifests = [fromVersion, unheld].map((files) => JSON.parse(files['manifest.json'] ?? ''));
      t.deepEqual({ ...manifests[0], version: '' }, { ...manifests[1], version: '' });
    }),
    { numRuns: 200 },
  );
});

for (const ip_versions of [[4], [4, 6]]) {
  test(`nine years: every version of S3 in us-gov-west-1, IPv${ip_versions.join(' and IPv')}, is served after all others`, async (t) => {
    const source = { regions: ['us-gov-west-1'], ip_versions };
    const versions = new Map<string, Version>();
    for (const { bytes } of await readHistory()) {
      const version = versionIn(source, parseDocument(bytes));
      versions.set(version.digest, version);
    }
    t.true(versions.size > 5, `${versions.size}`);
    for (const version of versions.values()) {
      const files = await filesOf(source, version, forbidden);
      t.is(
        `sha256:${createHash('sha256')
          .update(files['cidrs.txt'] ?? '')
          .digest('hex')}`,
        version.digest,
      );
      t.is(files['sync_token'], version.syncToken);
    }
  });
}

async function rulesOf(t: ExecutionContext, source: object, group: object) {
  const directory = join(temporaryDirectory(t), 'ranges');
  mkdirSync(directory);
  const server = await startServer(t, documentHandler(incident));
  const request = { source: s3Source(server.url, source), params: { security_group: group } };
  await succeed(t, 'in', { ...request, version: await check(t, request) }, directory);
  const files = await readFiles(directory);
  return { rules: JSON.parse(files['security-group.json'] ?? ''), files };
}

test('combine: true writes one rule with every CIDR, without white space', async (t) => {
  const { rules } = await rulesOf(t, { ip_versions: [4] }, { combine: true });
  t.deepEqual(rules, [
    {
      protocol: 'tcp',
      destination: five.join(','),
      ports: '443',
      description: 'AWS S3 us-gov-west-1',
      log: false,
    },
  ]);
});

test('a family that the source does not select has no Terraform variable', async (t) => {
  const { files } = await rulesOf(t, { ip_versions: [6] }, {});
  t.deepEqual(Object.keys(JSON.parse(files['ip_ranges.auto.tfvars.json'] ?? '')), [
    'aws_ip_ranges_ipv6_cidr_blocks',
  ]);
  t.is(files['ipv4.txt'], '');
});
