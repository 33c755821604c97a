// What the report says, in words and as JSON.

import test from 'ava';
import fc from 'fast-check';
import { buildsOf, buildsWith, changesIn } from '../../replay/builds.ts';
import { report } from '../../replay/report.ts';
import type { Publication } from '../../replay/source-history.ts';
import { type DatedList, february2021, historyOf } from '../helpers/replay.ts';

const [before, without, back] = february2021;

test('the report has the builds, the pace of publications, and what each change was', (t) => {
  const lines = report(historyOf(february2021), 'S3, us-gov-west-1').map((line) =>
    line.replace(/\d{10}/, '…'),
  );
  t.deepEqual(lines, [
    'S3, us-gov-west-1: 3 publications',
    'from 2021-02-15 12:00:00Z to 2021-02-23 12:00:00Z',
    '0.3 publications a day, 7 days apart in the median, 24 hours at least; superseded within 10 minutes: 0 %, an hour: 0 %, two hours: 0 %',
    '',
    'builds that would have been started',
    '  version_on: syncToken 3',
    '  version_on: cidrs     3',
    '',
    'the list: 4 CIDRs at first, 2 changes',
    '  of 3 lists a check every 10 minutes sees 3, every hour 3, every day 3',
    '  times that an earlier list came back: 1',
    '  2021-02-16 12:00:00Z  syncToken …  +0 -1',
    '    - 52.95.142.0/23',
    '  2021-02-23 12:00:00Z  syncToken …  +1 -0',
    '    + 52.95.142.0/23',
  ]);
});

test('a list that is there for less than the time between two checks is not seen', (t) => {
  const short: readonly DatedList[] = [
    ['2021-02-15T12:00:00Z', before[1]],
    ['2021-02-16T12:05:00Z', without[1]],
    ['2021-02-16T12:35:00Z', back[1]],
  ];
  t.true(
    report(historyOf(short), 'S3').includes(
      '  of 3 lists a check every 10 minutes sees 3, every hour 1, every day 1',
    ),
    report(historyOf(short), 'S3').join('\n'),
  );
});

test('a time without documents does not slow the pace of publications', (t) => {
  const lists: readonly DatedList[] = [...february2021, ['2025-02-15T12:00:00Z', before[1]]];
  const [, , pace] = report(historyOf(lists), 'S3');
  t.is(pace, report(historyOf(february2021), 'S3')[2]);
});

test('a change whose day no document shows says since when it may have been', (t) => {
  const lines = report(historyOf([before, ['2021-04-15T12:00:00Z', without[1]]]), 'S3');
  t.true(
    lines.some((line) => line.endsWith('+0 -1, or earlier: the document before is of 2021-02-15 12:00:00Z')),
    lines.join('\n'),
  );
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
  const has = (lines: readonly string[], expected: string) =>
    t.true(lines.includes(expected), lines.join('\n'));
  has(
    quota,
    "check would have failed at 2 of them (2021-02-15 12:00:00Z to 2021-02-23 12:00:00Z): source.max_cidrs is 3, but AWS's " +
      'document lists 4 CIDRs for S3, us-gov-west-1 (4 with source.aggregate: true); raise the quota behind it and ' +
      'source.max_cidrs, or select less',
  );
  const early = report(
    historyOf([['2017-07-20T12:00:00Z', []], ...february2021], {
      regions: ['us-gov-west-1'],
      allow_empty: false,
    }),
    'S3',
  );
  t.regex(
    early[1] ?? '',
    /^check would have failed at 1 of them \(2017-07-20 12:00:00Z\): the selection is empty: [^;]*$/,
  );
});

// The builds that a setting starts, and the changes of a list, against counts that know nothing of the replay's code.

const days = (publications: readonly Publication[]) =>
  publications.map(({ version }) => new Date(Number(version.syncToken) * 1000).toISOString().slice(0, 10));

test('a list that comes back starts a build, which a version of the digest alone would lose', (t) => {
  const history = historyOf(february2021);
  t.deepEqual(days(buildsWith('cidrs', history)), ['2021-02-15', '2021-02-16', '2021-02-23']);

  const byDigestAlone = buildsOf(history.publications, (_given, { version }) => ({ digest: version.digest }));
  t.deepEqual(days(byDigestAlone), ['2021-02-15', '2021-02-16']);
});

test('a publication with the same list starts a build with version_on: syncToken only', (t) => {
  const [[, cidrs], without] = february2021;
  const history = historyOf([february2021[0], ['2021-02-15T16:00:00Z', cidrs.toReversed()], without]);
  t.deepEqual(days(buildsWith('syncToken', history)), ['2021-02-15', '2021-02-15', '2021-02-16']);
  t.deepEqual(days(buildsWith('cidrs', history)), ['2021-02-15', '2021-02-16']);
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
