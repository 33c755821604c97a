// npm run replay: what the tool answers, and how it ends. What it counts is tested in test/nine-years.test.ts.
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readArguments } from '../../replay/arguments.ts';
import { writeArchive } from '../helpers/archive.ts';
import { datedDocument, february2021, replay } from '../helpers/replay.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A directory with the documents in `documents.tar.gz`, and two sources, of which `far.yml` names no known region. */
async function place(t: ExecutionContext) {
  const directory = temporaryDirectory(t);
  const path = (name: string) => join(directory, name);
  await writeArchive(
    path('documents.tar.gz'),
    february2021.map((list) => [`${Date.parse(list[0]) / 1000}.json`, datedDocument(list)]),
  );
  writeFileSync(path('near.yml'), 'services: [S3]\nregions: [us-gov-west-1]\n');
  writeFileSync(path('all.json'), '{"services": ["S3"]}');
  writeFileSync(path('mistyped.yml'), 'regions: [us-gov-wets-1]\n');
  return path;
}

test('one pass reports on several sources', async (t) => {
  const path = await place(t);
  const { status, stdout, stderr } = replay(
    path('documents.tar.gz'),
    ...['--source', path('near.yml'), '--source', path('all.json')],
  );
  t.is(status, 0, stderr);
  t.is(stderr, '');
  const reports = stdout.split('\n\nS3, all regions: 3 publications\n');
  t.is(reports.length, 2, stdout);
  for (const report of reports) t.true(report.includes('  version_on: cidrs     3\n'), report);
  t.true(
    reports[0]?.startsWith('S3, us-gov-west-1: 3 publications\nfrom 2021-02-15 12:00:00Z to 2021-02-23'),
  );
});

test('--json is the report for programs', async (t) => {
  const path = await place(t);
  const { status, stdout, stderr } = replay(path('documents.tar.gz'), '--source', path('near.yml'), '--json');
  t.is(status, 0, stderr);
  t.is(stderr, '');
  const [[, before], , [, after]] = february2021;
  t.deepEqual(JSON.parse(stdout), {
    files: 3,
    noDocuments: [],
    outsidePeriod: 0,
    complete: true,
    sources: [
      {
        source: path('near.yml'),
        selection: 'S3, us-gov-west-1',
        publications: 3,
        first: { syncToken: '1613390400', published: '2021-02-15T12:00:00Z', cidrs: inOrder(before) },
        last: { syncToken: '1614081600', published: '2021-02-23T12:00:00Z', cidrs: inOrder(after) },
        builds: { syncToken: 3, cidrs: 3 },
        lists: 3,
        returns: 1,
        changes: [
          {
            syncToken: '1613476800',
            published: '2021-02-16T12:00:00Z',
            dated: true,
            previous: { syncToken: '1613390400', published: '2021-02-15T12:00:00Z' },
            added: [],
            removed: ['52.95.142.0/23'],
          },
          {
            syncToken: '1614081600',
            published: '2021-02-23T12:00:00Z',
            dated: true,
            previous: { syncToken: '1613476800', published: '2021-02-16T12:00:00Z' },
            added: ['52.95.142.0/23'],
            removed: [],
          },
        ],
        failures: [],
        repeats: [],
      },
    ],
  });
});

test('a region that no document knows is an error with the names that were meant', async (t) => {
  const path = await place(t);
  const { status, stdout, stderr } = replay(path('documents.tar.gz'), '--source', path('mistyped.yml'));
  t.is(
    stderr,
    `error: check would have failed at every one of 3 publications (--source ${path('mistyped.yml')}), at the last with: ` +
      `source.regions[0] is "us-gov-wets-1", and AWS's document knows no such region; did you mean us-gov-west-1?\n`,
  );
  t.is(status, 1);
  t.is(stdout, '');
});

test('a cut archive has a report on what was read, and exit code 1', async (t) => {
  const path = await place(t);
  const stored = february2021.map((list, index) => [`${index}.json`, datedDocument(list)] as const);
  await writeArchive(path('cut.tar.gz'), stored, 0);
  truncateSync(path('cut.tar.gz'), 3000);
  const { status, stdout, stderr } = replay(path('cut.tar.gz'), '--source', path('near.yml'));
  t.true(stdout.startsWith('S3, us-gov-west-1: 2 publications\n'), stdout);
  t.regex(stdout, /\n\nnot all was read: ".*cut\.tar\.gz" cannot be read: unexpected end of file\n$/);
  t.regex(
    stderr,
    /^error: ".*" cannot be read: unexpected end of file; the report is about the 2 files before that\n$/,
  );
  t.is(status, 1);
});

test('what cannot be read is one sentence and exit code 1, without a report', async (t) => {
  const path = await place(t);
  mkdirSync(path('empty'));
  writeFileSync(path('page.json'), '<html>');
  const failures = [
    [[path('empty')], /^error: ".*empty" holds no file named \*\.json or \*\.json\.gz\n$/],
    [[path('missing')], /^error: ".*missing" cannot be read: there is no such file or directory\n$/],
    [[path('near.yml')], /^error: ".*near\.yml" cannot be read: it is no folder, and not named \*\.json, /],
    [
      [path('page.json')],
      /^error: ".*page\.json" holds no document: page\.json cannot be one: it is a page of HTML/,
    ],
    [[path('documents.tar.gz'), '--since', '2022'], /^error: none of the 3 documents in ".*" is of the time/],
  ] as const;
  for (const [args, message] of failures) {
    const { status, stdout, stderr } = replay(...args);
    t.regex(stderr, message);
    t.is(status, 1);
    t.is(stdout, '');
  }
});

test('arguments that do not fit together are refused', async (t) => {
  const path = await place(t);
  writeFileSync(path('wrong.json'), '{"region": ["us-gov-west-1"]}');
  writeFileSync(path('broken.yml'), 'regions: [');
  const refusals = [
    [['a', 'b'], /^one PATH at most, not 2\n\nnpm run replay -- \[PATH\]/],
    [['--svg', 'x'], /^Unknown option '--svg'/],
    [['--source', path('wrong.json')], /^source\.region is not a key .* did you mean source\.regions\?/],
    [['--source', path('broken.yml')], /^--source .*broken\.yml cannot be read: /],
    [['--since', 'soon'], /^--since is "soon"; it takes 2024, /],
  ] as const;
  for (const [args, message] of refusals) t.throws(() => readArguments(args), { name: 'UserError', message });
  t.is(readArguments(['--help']), undefined);
});

function inOrder(cidrs: readonly string[] | undefined): string[] {
  const number = (cidr: string) => cidr.split(/[./]/).reduce((sum, part) => sum * 256 + Number(part), 0);
  return (cidrs ?? []).toSorted((a, b) => number(a) - number(b));
}
