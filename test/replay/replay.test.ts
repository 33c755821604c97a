// npm run replay: the builds and the changes that it tells, against counts that know nothing of its code.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import ava from 'ava';
import fc from 'fast-check';
import { buildsOf, buildsWith, changesIn } from '../../replay/builds.ts';
import { type History, openHistory, type Publication } from '../../replay/documents-in-order.ts';
import { openProgress } from '../../replay/progress.ts';
import { report } from '../../replay/report.ts';
import { writeArchive } from '../helpers/archive.ts';
import { criteriaOf, documentBytes, prefix } from '../helpers/ip-ranges.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const folder = process.env['IP_RANGES_CORPUS'];
const testOnCorpus = folder ? ava : ava.skip;
const test = ava;

/** Runs the tool as `npm run replay -- …` does, from the project's directory. */
function replay(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import=tsx', 'replay/replay.ts', ...args],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

/** The history of documents that list these CIDRs for S3 in us-gov-west-1. */
function historyOf(lists: readonly (readonly [time: string, cidrs: readonly string[]])[]): History {
  const reader = openHistory(criteriaOf({ allow_empty: true }));
  for (const [time, cidrs] of lists) reader.add(documentFile(time, cidrs));
  return reader.history();
}

function documentFile(time: string, cidrs: readonly string[]) {
  const prefixes = [
    '10.0.0.0/8 EC2 us-gov-west-1',
    '10.0.0.0/8 S3 us-east-1',
    ...cidrs.map((cidr) => `${cidr} S3 us-gov-west-1`),
  ];
  return {
    name: time,
    bytes: documentBytes(prefixes.map(prefix), String(Date.parse(time) / 1000)),
    progress: 1,
  };
}

const times = (publications: readonly Publication[]) =>
  publications.map(({ version }) => new Date(Number(version.syncToken) * 1000).toISOString().slice(0, 10));

const before = ['108.175.48.0/22', '108.175.56.0/22', '52.95.142.0/23', '52.95.144.0/24'];
const without = ['108.175.48.0/22', '108.175.56.0/22', '52.95.144.0/24'];
const february2021 = [
  ['2021-02-15T12:00:00Z', before],
  ['2021-02-16T12:00:00Z', without],
  ['2021-02-23T12:00:00Z', before],
] as const;

test('a list that comes back starts a build, which a version of the digest alone would lose', (t) => {
  const history = historyOf(february2021);
  t.deepEqual(times(buildsWith('cidrs', history)), ['2021-02-15', '2021-02-16', '2021-02-23']);

  const byDigestAlone = buildsOf(history.publications, (_given, { version }) => ({ digest: version.digest }));
  t.deepEqual(times(byDigestAlone), ['2021-02-15', '2021-02-16']);
});

test('a publication with the same list starts a build with version_on: syncToken only', (t) => {
  const history = historyOf([
    ['2021-02-15T12:00:00Z', before],
    ['2021-02-15T16:00:00Z', before.toReversed()],
    ['2021-02-16T12:00:00Z', without],
  ]);
  t.deepEqual(times(buildsWith('syncToken', history)), ['2021-02-15', '2021-02-15', '2021-02-16']);
  t.deepEqual(times(buildsWith('cidrs', history)), ['2021-02-15', '2021-02-16']);
});

test('whatever the lists and the order of the files: a build for each publication, and for each change', (t) => {
  const cidrs = ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16'];
  const sequence = fc.array(fc.subarray(cidrs), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sequence, fc.infiniteStream(fc.nat()), (lists, order) => {
      const dated = lists.map(
        (list, index) => [new Date(Date.UTC(2024, 0, 1 + index)).toISOString(), list] as const,
      );
      const shuffled = dated
        .map((item) => ({ item, key: order.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key);
      const history = historyOf(shuffled.map(({ item }) => item));
      const texts = lists.map((list) => list.toSorted().join());
      const changes = texts.flatMap((text, index) => (index > 0 && text !== texts[index - 1] ? [index] : []));
      t.is(buildsWith('syncToken', history).length, lists.length);
      t.is(buildsWith('cidrs', history).length, 1 + changes.length);
      t.deepEqual(
        changesIn(history).map(({ added, removed }) => [
          added.map(({ text }) => text),
          removed.map(({ text }) => text),
        ]),
        changes.map((index) => {
          const [old = [], now = []] = [lists[index - 1], lists[index]];
          return [
            now.filter((cidr) => !old.includes(cidr)).toSorted(),
            old.filter((cidr) => !now.includes(cidr)).toSorted(),
          ];
        }),
      );
    }),
  );
});

test('the report tells the builds, and what each change was', (t) => {
  const lines = report(historyOf(february2021), 'S3, us-gov-west-1').map((line) =>
    line.replace(/\d{10}/, '…'),
  );
  t.deepEqual(lines, [
    'S3, us-gov-west-1: 3 publications',
    'from 2021-02-15 12:00:00Z to 2021-02-23 12:00:00Z',
    '',
    'builds that would have been started',
    '  version_on: syncToken 3',
    '  version_on: cidrs     3',
    '',
    'the list: 5 CIDRs at first, 2 changes',
    '  2021-02-16 12:00:00Z  syncToken …  +0 -1',
    '    - 52.95.142.0/23',
    '  2021-02-23 12:00:00Z  syncToken …  +1 -0',
    '    + 52.95.142.0/23',
  ]);
});

test('a change that no document dates is told as one', (t) => {
  const lines = report(
    historyOf([
      ['2021-02-15T12:00:00Z', before],
      ['2021-03-15T12:00:00Z', without],
    ]),
    'S3',
  );
  t.true(
    lines.some((line) => line.endsWith('+0 -1, or earlier: the document before is of 2021-02-15 12:00:00Z')),
    lines.join('\n'),
  );
});

test('files that are no documents, documents that check would refuse, and repeated ones stop nothing', (t) => {
  const reader = openHistory(criteriaOf({ regions: ['us-gov-west-1'], max_cidrs: 3 }));
  const far = '10.0.0.0/8 S3 us-east-1';
  reader.add({ name: 'early.json', bytes: documentBytes([prefix(far)], '1500000000'), progress: 0 });
  reader.add({ name: 'page.json', bytes: Buffer.from('<html>'), progress: 0 });
  reader.add({ name: 'cut.json.gz', bytes: gzipSync('{}').subarray(0, 12), progress: 0 });
  for (const [time, cidrs] of february2021) reader.add(documentFile(time, cidrs));
  reader.add(documentFile(february2021[1][0], february2021[1][1]));
  const history = reader.history();

  t.deepEqual(times(history.publications), ['2021-02-16']);
  const lines = report(history, 'S3, us-gov-west-1');
  t.is(lines[0], 'S3, us-gov-west-1: 4 publications');
  const has = (start: string) =>
    t.true(
      lines.some((line) => line.startsWith(start)),
      lines.join('\n'),
    );
  has('documents that were there before: 1, not counted again');
  has('no document: page.json: it is a page of HTML or XML');
  has('no document: cut.json.gz: it cannot be decompressed');
  has(
    'check would have failed at 1 of them (2017-07-14 02:40:00Z): source.regions[0] is "us-gov-west-1", and AWS\'s document knows no such region',
  );
  has(
    "check would have failed at 2 of them (2021-02-15 12:00:00Z to 2021-02-23 12:00:00Z): source.max_cidrs is 3, but AWS's document lists 4 CIDRs",
  );
});

test('a folder and an archive of the same files, whatever their order, give the same report', async (t) => {
  const directory = temporaryDirectory(t);
  const files = february2021.map(
    ([time, cidrs]) => [`${Date.parse(time)}.json`, documentFile(time, cidrs).bytes] as const,
  );
  for (const [name, bytes] of files) writeFileSync(join(directory, `${name}.gz`), gzipSync(bytes));
  writeFileSync(join(directory, 'README.md'), 'no document');
  const archive = join(directory, 'documents.tar.gz');
  await writeArchive(archive, [
    ...files.toReversed(),
    ['./._1.json', Buffer.from('hidden')],
    ['notes.txt', Buffer.from('?')],
  ]);
  const source = join(directory, 'source.yml');
  writeFileSync(source, 'services: [S3]\nregions: [us-gov-west-1]\n');

  const fromFolder = replay(directory, '--source', source);
  const fromArchive = replay(archive, '--source', source);
  t.is(fromFolder.status, 0, fromFolder.stderr);
  t.true(
    fromFolder.stdout.startsWith('S3, us-gov-west-1: 3 publications\nfrom 2021-02-15 12:00:00Z'),
    fromFolder.stdout,
  );
  t.true(fromFolder.stdout.includes('version_on: cidrs     3\n'));
  t.deepEqual(fromArchive, fromFolder);
});

test('what cannot be read is one sentence and exit code 1, without a report', async (t) => {
  const directory = temporaryDirectory(t);
  const archive = join(directory, 'cut.tar.gz');
  await writeArchive(
    archive,
    february2021.map(([time, cidrs]) => [`${time}.json`, documentFile(time, cidrs).bytes]),
  );
  writeFileSync(archive, readFileSync(archive).subarray(0, 300));
  const empty = join(directory, 'empty');
  mkdirSync(empty);
  const source = join(directory, 'source.json');
  writeFileSync(source, '{"region": ["us-gov-west-1"]}');

  const failures = [
    [replay(archive), /^error: ".*cut\.tar\.gz" cannot be read: unexpected end of file\n$/],
    [replay(empty), /^error: ".*empty" holds no file named \*\.json or \*\.json\.gz\n$/],
    [replay(join(directory, 'missing')), /^error: ".*missing" cannot be read: ENOENT/],
    [
      replay(directory, '--source', source),
      /^error: source\.region is not a key that this resource knows; did you mean source\.regions\?\n$/,
    ],
    [replay(), /^error: one PATH is needed\n\nnpm run replay -- PATH/],
    [replay(directory, '--svgg', 'x'), /^error: Unknown option '--svgg'/],
  ] as const;
  for (const [{ status, stdout, stderr }, message] of failures) {
    t.regex(stderr, message);
    t.is(status, 1);
    t.is(stdout, '');
  }
});

test('progress is a bar on a terminal, and a plain line every 500 documents elsewhere', (t) => {
  const written = (isTTY: boolean) => {
    const texts: string[] = [];
    let now = 0;
    const screen = { isTTY, columns: 60, write: (text: string) => texts.push(text) };
    const progress = openProgress(screen, () => now);
    for (let count = 1; count <= 1000; count++) {
      now += 10;
      progress.update(count / 1000, count);
    }
    progress.end();
    return texts;
  };
  t.deepEqual(written(false), ['50 %, 500 documents\n', '100 %, 1000 documents\n']);
  const bar = written(true);
  t.is(bar.length, 101, 'drawn ten times a second, and removed at last');
  t.is(bar[50], `\r\u001b[K[${'█'.repeat(19)}${'░'.repeat(18)}] 50 %, 501 documents`);
  t.is(bar.at(-1), '\r\u001b[K');
});

testOnCorpus('the documents at hand: 36 publications, and the builds that a plain count finds', (t) => {
  const directory = temporaryDirectory(t);
  const source = join(directory, 'source.yml');
  writeFileSync(source, 'services: [S3]\nregions: [us-gov-west-1]\nip_versions: [4]\n');
  const { stdout, stderr } = replay(
    folder ?? '',
    '--source',
    source,
    '--svg',
    join(directory, 'picture.svg'),
  );

  const lists = readdirSync(folder ?? '')
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => JSON.parse(gunzipSync(readFileSync(join(folder ?? '', name))).toString()) as Published)
    .sort((a, b) => Number(a.syncToken) - Number(b.syncToken))
    .map(({ prefixes }) =>
      prefixes
        .filter(({ service, region }) => service === 'S3' && region === 'us-gov-west-1')
        .map(({ ip_prefix }) => ip_prefix)
        .sort()
        .join(),
    );
  const changed = lists.filter((list, index) => list !== lists[index - 1]);
  t.is(lists.length, 36);
  t.is(stdout.split('\n')[0], 'S3, us-gov-west-1, IPv4: 36 publications', stderr);
  t.regex(stdout, /^ {2}version_on: syncToken 36$/m);
  t.regex(stdout, new RegExp(`^ {2}version_on: cidrs {5}${changed.length}$`, 'm'));
  t.regex(stdout, new RegExp(`^the list: 3 CIDRs at first, ${changed.length - 1} changes$`, 'm'));
  t.is(
    readFileSync(join(directory, 'picture.svg'), 'utf8'),
    readFileSync('docs/s3-us-gov-west-1.svg', 'utf8'),
    'the picture in the README is the one of these documents',
  );
});

interface Published {
  readonly syncToken: string;
  readonly prefixes: readonly {
    readonly ip_prefix: string;
    readonly service: string;
    readonly region: string;
  }[];
}
