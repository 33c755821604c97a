// The directory of the get step is believed only when its manifest verifies it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseSource } from '../../src/config/source.ts';
import { sha256 } from '../../src/files/sha256.ts';
import { readRanges } from '../../src/guard/get-directory.ts';
import { ipv4, renderDocument } from '../helpers/documents.ts';
import { assertFailure, run, runOut } from '../helpers/executables.ts';
import { five, govSource, six, two, writeFiles, writeRanges } from '../helpers/guard.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

type Tamper = (directory: string) => void;

/** Puts with a get's directory that was tampered with. */
async function putWith(t: ExecutionContext, tamper: Tamper, source: object = govSource) {
  const sources = temporaryDirectory(t);
  writeFiles(sources, { rules: five.join('\n') });
  writeRanges(join(sources, 'ranges'));
  tamper(join(sources, 'ranges'));
  return run('out', { source, params: { rules: 'rules', ranges: 'ranges' } }, { args: [sources] });
}

/** Changes a manifest in the directory of a get. */
function changed(change: (manifest: Record<string, Record<string, unknown>>) => void): Tamper {
  return (directory) => {
    const path = join(directory, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
  };
}

/** Writes a file, and the manifest so that it says the same. */
function replaced(file: string, text: string): Tamper {
  return (directory) => {
    writeFileSync(join(directory, file), text);
    changed(({ files }) => Object.assign(files ?? {}, { [file]: { sha256: sha256(text) } }))(directory);
  };
}
const members = (member: string, more: object) =>
  changed((manifest) => Object.assign(manifest[member] ?? {}, more));
const written = (file: string, text: string) => (directory: string) =>
  writeFileSync(join(directory, file), text);
const removed = (file: string) => (directory: string) => rmSync(join(directory, file), { recursive: true });

test('an intact directory is believed, with files of others in it', async (t) => {
  const { code, stderr } = await putWith(t, (directory) =>
    writeFiles(directory, { 'notes.txt': 'x', 'sub/file': 'y' }),
  );
  t.is(
    stderr,
    '5 of 5 published CIDRs covered by rules, ports not judged (S3, us-gov-west-1, IPv4, syncToken 1724938990)\n',
  );
  t.is(code, 0);
});

const list = `${two.join('\n')}\n`;
const entry = (ip_prefix: unknown) => ({ ip_prefix, region: 'us-gov-west-1', service: 'S3' });
const prefixes = (content: unknown) => replaced('prefixes.json', JSON.stringify(content));

/** By what the message says after `params.ranges: ranges cannot be trusted: `. */
const untrusted: Readonly<Record<string, readonly Tamper[]>> = {
  'cidrs.txt is not what get wrote': [written('cidrs.txt', list)],
  'prefixes.json is not what get wrote': [written('prefixes.json', list)],
  'ip-ranges.json is not what get wrote': [written('ip-ranges.json', list)],
  'sync_token is not what get wrote': [written('sync_token', list), members('files', { sync_token: null })],
  'security-group.json cannot be read: there is no such file or directory': [removed('security-group.json')],
  // Even if the manifest was adapted to it.
  'cidrs.txt is not the list of its version': [replaced('cidrs.txt', list)],
  'its manifest.json is not one that get writes': [
    ...['', '{', '[]', 'null', '{"version":{}}'].map((text) => written('manifest.json', text)),
    ...['cidrs.txt', 'sync_token', 'create_date'].map((file) => changed(({ files }) => delete files?.[file])),
    changed((manifest) => Object.assign(manifest, { version: { syncToken: 'x' } })),
  ],
  'manifest.json names a file elsewhere': [
    '../rules',
    '/etc/passwd',
    'sub/file',
    '..',
    '.',
    '',
    'a\\b',
    '-',
  ].map((name) => members('files', { [name]: { sha256: sha256(five.join('\n')) } })),
  'sync_token is not that of the version in its manifest': [
    replaced('sync_token', '1724938991'),
    // A version of another publication, which no check has found.
    members('version', { syncToken: '1724938991' }),
  ],
  'create_date is not that of the version in its manifest': [replaced('create_date', '2024-08-29-13-43-11')],
  'prefixes.json does not amount to the list of cidrs.txt': [prefixes(five.slice(0, 4).map(entry))],
  'prefixes.json holds something else than entries of ip-ranges.json': [
    ...[{}, [7], [entry('x')], [entry(1)], [{ ip_prefix: five[0] }]].map(prefixes),
  ],
  'the list that its version holds is not the one of cidrs.txt': [
    members('version', { cidrs: two.join(' '), selection: 'x' }),
  ],
};

test('a directory that was altered, damaged or adapted is refused', async (t) => {
  for (const [words, tampers] of Object.entries(untrusted)) {
    for (const tamper of tampers) {
      const outcome = await putWith(t, tamper);
      assertFailure(t, outcome);
      t.is(
        outcome.stderr,
        `error: params.ranges: ranges cannot be trusted: ${words}; get the resource again\n`,
      );
    }
  }
  assertFailure(
    t,
    await putWith(t, removed('manifest.json')),
    /ranges holds no manifest\.json that can be read \(there is no such file or directory\); name the directory of the get step of this resource \(ranges holds cidrs\.json, cidrs\.txt, /,
  );
  assertFailure(
    t,
    await putWith(t, removed('.')),
    /ranges holds no manifest\.json .* \(the directory of the build's sources holds rules\)\n/,
  );
});

test('the directory of another resource is refused, with what differs and nothing else', async (t) => {
  const intact = () => undefined;
  const refusal = (differences: string) =>
    `error: params.ranges: ranges is of another resource: ${differences}; use the directory of a get of this resource\n`;
  for (const [change, differences] of [
    [
      { regions: ['us-gov-east-1'] },
      'regions is ["us-gov-west-1"] there and ["us-gov-east-1"] in this resource\'s source',
    ],
    [
      { regions: undefined },
      'regions is ["us-gov-west-1"] there and left out (all) in this resource\'s source',
    ],
    [
      { aggregate: true, ip_versions: [4, 6] },
      "ip_versions is [4] there and [4,6] in this resource's source; aggregate is false there and true in this resource's source",
    ],
    [{ version_on: 'cidrs' }, 'version_on is "syncToken" there and "cidrs" in this resource\'s source'],
  ] as const) {
    const { code, stdout, stderr } = await putWith(t, intact, { ...govSource, ...change });
    t.is(stderr, refusal(differences));
    t.is(stdout, '');
    t.is(code, 1);
  }
  // As an earlier release wrote it.
  const { stderr } = await putWith(
    t,
    changed((manifest) => delete manifest['version_on']),
  );
  t.is(stderr, refusal('version_on is missing there and "syncToken" in this resource\'s source'));
});

test('an empty list is refused unless allow_empty, and max_cidrs counts', async (t) => {
  // Every CIDR of S3 is one of AMAZON's too.
  const document = renderDocument({
    prefixes: ['S3', 'AMAZON'].flatMap((service) => ipv4(service, 'us-gov-west-1', ...five)),
  });
  const put = async (source: object, written: object) => {
    const sources = temporaryDirectory(t);
    writeFiles(sources, { rules: five.join('\n') });
    writeRanges(join(sources, 'ranges'), written, document);
    return runOut({ source, params: { rules: 'rules', ranges: 'ranges' } }, sources);
  };
  const none = { ...govSource, exclude_services: ['AMAZON'] };
  const allowed = { ...none, allow_empty: true };
  const refused = await put(none, allowed);
  t.is(
    refused.stderr,
    'error: params.ranges: the list in ranges is empty, which any rules cover; set source.allow_empty: true if that is ' +
      'what you want\n',
  );
  t.is(refused.code, 1);
  t.is((await put(allowed, allowed)).code, 0);

  const long = await put({ ...govSource, max_cidrs: 4 }, govSource);
  t.regex(
    long.stderr,
    /^error: source\.max_cidrs is 4, but AWS's document \(syncToken 1724938990\) lists 5 CIDRs for S3, us-gov-west-1, IPv4/,
  );
  t.is(long.code, 1);
});

test('a directory without prefixes.json names CIDRs without their services, or with those of the source', async (t) => {
  const without = (directory: string) => {
    rmSync(join(directory, 'prefixes.json'), { force: true });
    changed(({ files }) => delete files?.['prefixes.json'])(directory);
  };
  const put = async (source: object) => {
    const sources = temporaryDirectory(t);
    writeFiles(sources, { rules: two.join('\n') });
    writeRanges(join(sources, 'ranges'), source);
    without(join(sources, 'ranges'));
    return (await runOut({ source, params: { rules: 'rules', ranges: 'ranges' } }, sources)).stderr;
  };
  t.regex(await put(govSource), /^ {2}missing {2}136\.18\.0\.0\/23 {4}us-gov-west-1 {2}S3$/m);
  for (const source of [
    { ...govSource, services: ['S3', 'AMAZON'] },
    { ...govSource, regions: ['us-gov-*'] },
    { ...govSource, regions: ['us-gov-west-?'] },
  ]) {
    t.regex(
      await put(source),
      /^ {2}missing {2}136\.18\.0\.0\/23\n {2}\(which region each is in stands here when the get has document: true\)$/m,
    );
  }
});

test('the selection is read back with the entries of each CIDR, also where it is no list of what was published', (t) => {
  const source = { services: ['S3', 'AMAZON'], regions: ['us-gov-west-1'] };
  const ofSix = six.map((cidr) => [cidr, 'S3']);
  for (const [criteria, expected] of [
    [
      source,
      [
        ['15.200.28.240/28', 'S3'],
        ['15.200.176.128/28', 'S3'],
        ['52.94.248.224/28', 'AMAZON'],
        ['108.175.48.0/22', 'AMAZON,S3'],
        ['108.175.56.0/22', 'AMAZON,S3'],
        ['136.18.0.0/23', 'S3'],
        ...ofSix,
      ],
    ],
    [{ ...source, services: ['S3'], exclude_services: ['AMAZON'], ip_versions: [6], aggregate: true }, ofSix],
  ] as const) {
    const directory = temporaryDirectory(t);
    writeRanges(directory, criteria);
    const { version, selection } = readRanges(directory, 'ranges', parseSource(criteria), 2e12);
    t.is(String(version.syncToken), '1724938990');
    t.deepEqual(
      selection.map(({ cidr, prefixes }) => [cidr.text, prefixes.map(({ service }) => service).join()]),
      [...expected].map((row) => [...row]),
    );
  }
});
