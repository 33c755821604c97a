// The builds that a setting starts, and the changes of a list, against counts that know nothing of the replay's code.
import test from 'ava';
import fc from 'fast-check';
import { buildsOf, buildsWith, changesIn } from '../../replay/builds.ts';
import type { Publication } from '../../replay/source-history.ts';
import { february2021, historyOf } from '../helpers/replay.ts';

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
