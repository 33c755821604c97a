// npm run replay: what it counts and how it says so. On real publications it counts in test/nine-years.test.ts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { buildsWith, changesIn } from '../../replay/builds.ts';
import { report } from '../../replay/report.ts';
import { documentBytes, prefix } from '../helpers/ip-ranges.ts';
import { type DatedList, february2021, februaryFiles, historyOf, replay } from '../helpers/replay.ts';
import { tar } from '../helpers/tar.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const [before, without, back] = february2021;

/** Paths in a directory with the documents in `documents.tar.gz`, and sources, of which `mistyped.yml` names no known region. */
function place(t: ExecutionContext) {
  const directory = temporaryDirectory(t);
  const path = (name: string) => join(directory, name);
  writeFileSync(path('documents.tar.gz'), gzipSync(tar(...februaryFiles)));
  writeFileSync(path('near.yml'), 'services: [S3]\nregions: [us-gov-west-1]\n');
  writeFileSync(path('all.json'), '{"services": ["S3"]}');
  writeFileSync(path('mistyped.yml'), 'regions: [us-gov-wets-1]\n');
  return path;
}

test('one pass reports on several sources: builds, the pace of publications, and what each change was', async (t) => {
  const path = place(t);
  const sources = ['--source', path('near.yml'), '--source', path('all.json')];
  const { status, stdout, stderr } = await replay(path('documents.tar.gz'), ...sources);
  t.deepEqual([status, stderr], [0, '']);
  const lines = (subject: string, cidrs: number) => [
    `${subject}: 3 publications`,
    'from 2021-02-15 12:00:00Z to 2021-02-23 12:00:00Z',
    '0.3 publications a day, 7 days apart in the median, 24 hours at least; superseded within 10 minutes: 0 %, an hour: 0 %, two hours: 0 %',
    '',
    'builds that would have been started',
    '  version_on: syncToken 3',
    '  version_on: cidrs     3',
    '',
    `the list: ${cidrs} CIDRs at first, 2 changes`,
    '  of 3 lists a check every 10 minutes sees 3, every hour 3, every day 3',
    '  times that an earlier list came back: 1',
    '  2021-02-16 12:00:00Z  syncToken 1613476800  +0 -1',
    '    - 52.95.142.0/23',
    '  2021-02-23 12:00:00Z  syncToken 1614081600  +1 -0',
    '    + 52.95.142.0/23',
    '',
  ];
  t.deepEqual(stdout.split('\n'), [...lines('S3, us-gov-west-1', 4), ...lines('S3, all regions', 5)]);
});

test('--json is the report for programs', async (t) => {
  const path = place(t);
  const args = [path('documents.tar.gz'), '--source', path('near.yml'), '--json'];
  const { status, stdout, stderr } = await replay(...args);
  t.deepEqual([status, stderr], [0, '']);
  const [first, second, last] = [
    { syncToken: '1613390400', published: '2021-02-15T12:00:00Z' },
    { syncToken: '1613476800', published: '2021-02-16T12:00:00Z' },
    { syncToken: '1614081600', published: '2021-02-23T12:00:00Z' },
  ];
  const { sources, ...reading } = JSON.parse(stdout);
  t.deepEqual(reading, { files: 3, noDocuments: [], outsidePeriod: 0, complete: true });
  t.like(sources[0], {
    selection: 'S3, us-gov-west-1',
    publications: 3,
    first,
    last,
    builds: { syncToken: 3, cidrs: 3 },
    lists: 3,
    returns: 1,
    changes: [
      { ...second, dated: true, previous: first, added: [], removed: ['52.95.142.0/23'] },
      { ...last, dated: true, previous: second, added: ['52.95.142.0/23'], removed: [] },
    ],
  });
});

test('a cut archive has a report on what was read, and exit code 1', async (t) => {
  const path = place(t);
  writeFileSync(path('cut.tar.gz'), gzipSync(tar(...februaryFiles), { level: 0 }).subarray(0, 3000));
  const { status, stdout, stderr } = await replay(path('cut.tar.gz'), '--source', path('near.yml'));
  t.is(status, 1);
  t.regex(stdout, /^S3, us-gov-west-1: 2 publications\n/);
  t.regex(stdout, /\n\nnot all was read: ".*cut\.tar\.gz" cannot be read: unexpected end of file\n$/);
  t.regex(stderr, /^error: ".*" cannot be read: .*; the report is about the 2 files before that\n$/);
});

test('what cannot be judged, and arguments that do not fit, are one sentence and exit code 1, without a report', async (t) => {
  const path = place(t);
  mkdirSync(path('empty'));
  writeFileSync(path('page.json'), '<html>');
  writeFileSync(path('wrong.json'), '{"region": ["us-gov-west-1"]}');
  writeFileSync(path('broken.yml'), 'regions: [');
  const documents = path('documents.tar.gz');
  const failures: [args: string[], message: RegExp][] = [
    [
      [documents, '--source', path('mistyped.yml')],
      /^check would have failed at every one of 3 publications \(--source .*mistyped\.yml\), at the last with: source\.regions\[0\] is "us-gov-wets-1", .*; did you mean us-gov-west-1\?$/,
    ],
    [[path('empty')], /^".*empty" holds no file named \*\.json or \*\.json\.gz$/],
    [[path('missing')], /^".*missing" cannot be read: there is no such file or directory$/],
    [[path('near.yml')], /^".*near\.yml" cannot be read: it is no folder, and not named \*\.json, /],
    [
      [path('page.json')],
      /^".*page\.json" holds no document: page\.json cannot be one: it is a page of HTML/,
    ],
    [[documents, '--since', '2022'], /^none of the 3 documents in ".*" is of the time that was asked for$/],
    [['a', 'b'], /^one PATH at most, not 2\n\nnpm run replay -- \[PATH\]/],
    [['--svg', 'x'], /^Unknown option '--svg'/],
    [['--source', path('wrong.json')], /^source\.region is not a key .* did you mean source\.regions\?/],
    [['--source', path('broken.yml')], /^--source .*broken\.yml cannot be read: /],
  ];
  for (const [args, message] of failures) {
    const { status, stdout, stderr } = await replay(...args);
    t.deepEqual([status, stdout], [1, '']);
    t.regex(stderr.replace(/^error: (.*)\n$/s, '$1'), message);
  }
});

test('a list that is there for less than the time between two checks is not seen', (t) => {
  const short: readonly DatedList[] = [
    ['2021-02-15T12:00:00Z', before[1]],
    ['2021-02-16T12:05:00Z', without[1]],
    ['2021-02-16T12:35:00Z', back[1]],
  ];
  const seen = report(historyOf(short), 'S3').find((line) => line.startsWith('  of 3 lists'));
  t.is(seen, '  of 3 lists a check every 10 minutes sees 3, every hour 1, every day 1');
});

test('a time without documents does not slow the pace of publications', (t) => {
  const lists: readonly DatedList[] = [...february2021, ['2025-02-15T12:00:00Z', before[1]]];
  const [, , pace] = report(historyOf(lists), 'S3');
  t.is(pace, report(historyOf(february2021), 'S3')[2]);
});

test('a change whose day no document shows says since when it may have been', (t) => {
  const lines = report(historyOf([before, ['2021-04-15T12:00:00Z', without[1]]]), 'S3').join('\n');
  t.regex(lines, /\+0 -1, or earlier: the document before is of 2021-02-15 12:00:00Z$/m);
});

test('a second document of a syncToken does not count, and the report says whether it has another list', (t) => {
  const start = 'documents with the syncToken of another one, which counts: ';
  const repeated = (...again: readonly DatedList[]) =>
    report(historyOf([...february2021, ...again]), 'S3').filter((line) => line.startsWith(start));
  t.deepEqual(repeated(), []);
  t.deepEqual(repeated(before, before), [`${start}2, with the same list`]);
  t.deepEqual(repeated(before, [before[0], without[1]]), [`${start}2, with another list at 1613390400`]);
  t.is(historyOf([...february2021, [before[0], without[1]]]).publications.length, 3);
});

test('publications at which check would have failed are grouped by the key at fault', (t) => {
  const quota = report(historyOf(february2021, { max_cidrs: 3 }), 'S3');
  t.regex(
    quota[1] ?? '',
    /^check would have failed at 2 of them \(2021-02-15 12:00:00Z to 2021-02-23 12:00:00Z\): source\.max_cidrs is 3, but .*; raise the quota /,
  );
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
        changesIn(history).map(({ added, removed }) => [added, removed]),
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

/** Runs `npm run replay` without npm. */
function replayAsProcess(args: readonly string[], nodeOptions: readonly string[] = []) {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { replay: string } };
  const [program = '', ...options] = scripts.replay.split(' ');
  return spawnSync(program, [...nodeOptions, ...options, ...args], { encoding: 'utf8' });
}

test('npm run replay has help', (t) => {
  const { status, stdout } = replayAsProcess(['--help']);
  t.is(status, 0);
  t.regex(stdout, /^npm run replay -- \[PATH\] .*\n\nApplies check to /);
});

test('documents are not kept in memory: 30 of 2.6 MB are read within a heap of 40 MiB', (t) => {
  const directory = temporaryDirectory(t);
  const archive = join(directory, 'documents.tar.gz');
  const same = Array.from(
    { length: 18_000 },
    (_, index) => `10.${index >> 8}.${index & 255}.0/24 EC2 us-east-1`,
  );
  const documents = Array.from({ length: 30 }, (_, index) => {
    const token = String(1_500_000_000 + index * 3 * 3600);
    const prefixes = [...same, `9.0.${index}.0/24 S3 us-east-1`].map(prefix);
    return { name: `${token}.json`, body: documentBytes(prefixes, token) };
  });
  writeFileSync(archive, gzipSync(tar(...documents), { level: 1 }));
  const { status, stdout, stderr } = replayAsProcess([archive], ['--max-old-space-size=40']);
  t.is(status, 0, stderr);
  t.regex(
    stdout,
    /^S3, all regions: 30 publications\n.*\n {2}version_on: syncToken 30\n {2}version_on: cidrs {5}30\n/s,
  );
});
