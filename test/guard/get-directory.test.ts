// The directory of the get step is believed only when its manifest verifies it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sha256 } from '../../src/files/sha256.ts';
import { entriesOf, renderDocument } from '../helpers/documents.ts';
import { five, govSource, judge, six, two, writeFiles } from '../helpers/guard.ts';

type Tamper = (directory: string) => void;

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
    members('files', { [file]: { sha256: sha256(text) } })(directory);
  };
}
const members = (member: string, more: object) =>
  changed((manifest) => Object.assign(manifest[member] ?? {}, more));
const written = (file: string, text: string) => (directory: string) =>
  writeFileSync(join(directory, file), text);
const removed = (file: string) => (directory: string) => rmSync(join(directory, file), { recursive: true });

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
    ...['../rules', '/etc/passwd', 'sub/file', '..', '.', '', 'a\\b', '-'].map((name) =>
      members('files', { [name]: { sha256: sha256(JSON.stringify(five)) } }),
    ),
  ],
  'sync_token is not that of the version in its manifest': [
    replaced('sync_token', '1724938991'),
    // A version of another publication, which no check has found.
    members('version', { syncToken: '1724938991' }),
  ],
  'create_date is not that of the version in its manifest': [replaced('create_date', '2024-08-29-13-43-11')],
  'prefixes.json does not amount to the list of cidrs.txt': [
    ...[five.slice(0, 4).map(entry), [...five, five[0], '10.0.0.0/8'].map(entry)].map(prefixes),
    ...[{}, [7], [entry('x')], [entry(1)], [{ ip_prefix: five[0] }]].map(prefixes),
  ],
  'the list that its version holds is not the one of cidrs.txt': [
    members('version', { cidrs: two.join(' '), selection: 'x' }),
  ],
};

test('an intact directory is believed, with files of others in it', async (t) => {
  const tamper = (directory: string) => writeFiles(directory, { 'notes.txt': 'x', 'sub/file': 'y' });
  const { passed, text } = await judge(t, five, {}, { tamper });
  t.true(passed, text);
});

test('a directory that was altered, damaged or adapted is refused', async (t) => {
  for (const [words, tampers] of Object.entries(untrusted)) {
    for (const tamper of tampers) {
      const { text } = await judge(t, five, {}, { tamper });
      t.is(text, `params.ranges: ranges cannot be trusted: ${words}; get the resource again`);
    }
  }
  const missing =
    'params.ranges: ranges holds no manifest.json that can be read (there is no such file or directory); name the directory of the get step of this resource';
  for (const [file, there] of [
    ['manifest.json', 'ranges holds cidrs.json, cidrs.txt, '],
    ['.', "the directory of the build's sources holds rules)"],
  ] as const) {
    const { text } = await judge(t, five, {}, { tamper: removed(file) });
    t.true(text.startsWith(`${missing} (${there}`), text);
  }
});

test('the directory of another resource is refused, with what differs and nothing else', async (t) => {
  const regions = 'regions is ["us-gov-west-1"] there and';
  // As an earlier release wrote it.
  const without = changed((manifest) => delete manifest['version_on']);
  for (const [change, differences, tamper] of [
    [{ regions: ['us-gov-east-1'] }, `${regions} ["us-gov-east-1"] in this resource's source`],
    [{ regions: undefined }, `${regions} left out (all) in this resource's source`],
    [
      { aggregate: true, ip_versions: [4, 6] },
      "ip_versions is [4] there and [4,6] in this resource's source; aggregate is false there and true in this resource's source",
    ],
    [{ version_on: 'cidrs' }, 'version_on is "syncToken" there and "cidrs" in this resource\'s source'],
    [{}, 'version_on is missing there and "syncToken" in this resource\'s source', without],
  ] as const) {
    const get = { source: { ...govSource, ...change }, written: govSource, ...(tamper && { tamper }) };
    const use = 'use the directory of a get of this resource';
    t.is(
      (await judge(t, five, {}, get)).text,
      `params.ranges: ranges is of another resource: ${differences}; ${use}`,
    );
  }
});

test('an empty list is refused unless allow_empty, and max_cidrs counts', async (t) => {
  // Every CIDR of S3 is one of AMAZON's too.
  const document = renderDocument({
    prefixes: ['S3', 'AMAZON'].flatMap((service) => entriesOf(service, 'us-gov-west-1', ...five)),
  });
  const none = { ...govSource, exclude_services: ['AMAZON'] };
  const allowed = { ...none, allow_empty: true };
  const put = (source: object, written: object) => judge(t, five, {}, { source, written, document });
  t.is(
    (await put(none, allowed)).text,
    'params.ranges: the list in ranges is empty, which any rules cover; set source.allow_empty: true if that is ' +
      'what you want',
  );
  t.true((await put(allowed, allowed)).passed);
  t.regex(
    (await put({ ...govSource, max_cidrs: 4 }, govSource)).text,
    /^source\.max_cidrs is 4, but AWS's document \(syncToken 1724938990\) lists 5 CIDRs for S3, us-gov-west-1, IPv4/,
  );
});

test('a directory without prefixes.json names CIDRs without their services, or with those of the source', async (t) => {
  const tamper = (directory: string) => {
    removed('prefixes.json')(directory);
    changed(({ files }) => delete files?.['prefixes.json'])(directory);
  };
  const put = async (source: object) => (await judge(t, two, {}, { source, tamper })).text;
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

test('each CIDR is read back with its entries, also where the list is none of what was published', async (t) => {
  const source = { services: ['S3', 'AMAZON'], regions: ['us-gov-west-1'] };
  const ofSix = six.map((cidr) => `${cidr} S3`);
  for (const [more, expected] of [
    [
      {},
      [
        '15.200.28.240/28 S3',
        '15.200.176.128/28 S3',
        '52.94.248.224/28 AMAZON',
        '108.175.48.0/22 AMAZON, S3',
        '108.175.56.0/22 AMAZON, S3',
        '136.18.0.0/23 S3',
        ...ofSix,
      ],
    ],
    [{ services: ['S3'], exclude_services: ['AMAZON'], ip_versions: [6], aggregate: true }, ofSix],
  ] as const) {
    const { text } = await judge(t, [], {}, { source: { ...source, ...more } });
    const rows = text.matchAll(/^ {2}missing {2}(\S+) +us-gov-west-1 {2}(.*)$/gm);
    t.deepEqual(
      Array.from(rows, ([, cidr, services]) => `${cidr} ${services}`),
      [...expected],
    );
  }
});
