import test from 'ava';
import fc from 'fast-check';
import { allowances } from '../../../src/ip-ranges/http/budget.ts';
import { parseRetryAfter, retryDelay } from '../../../src/ip-ranges/http/policy.ts';

const minute = { budget: 60_000, elapsed: 0, random: 0 };

test('retryDelay() doubles from 250 ms to 10 s, and chance takes up to half of it', (t) => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((attempt) => retryDelay({ ...minute, attempt }));
  t.deepEqual(delays, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  t.is(retryDelay({ ...minute, attempt: 1, random: 0.5 }), 187.5);
  t.is(retryDelay({ ...minute, attempt: 9, random: 0.998 }), 5010);
});

test('retryDelay() honours a longer wait that the server asks for, and no shorter one', (t) => {
  t.is(retryDelay({ ...minute, attempt: 1, retryAfter: 30_000 }), 30_000);
  t.is(retryDelay({ ...minute, attempt: 6, retryAfter: 1000 }), 8000);
  t.is(retryDelay({ ...minute, attempt: 1, retryAfter: 0 }), 250);
});

test('retryDelay() stops at once when the server asks for more than there is', (t) => {
  t.is(retryDelay({ ...minute, attempt: 1, retryAfter: 60_000 }), undefined);
  t.is(retryDelay({ ...minute, attempt: 1, retryAfter: 59_001 }), undefined);
  t.is(retryDelay({ ...minute, attempt: 1, retryAfter: 59_000 }), 59_000);
});

test('retryDelay() cuts the last wait so that the attempt after it has a second left', (t) => {
  t.is(retryDelay({ ...minute, attempt: 9, elapsed: 52_000 }), 7000);
  t.is(retryDelay({ ...minute, attempt: 9, elapsed: 58_900 }), undefined);
  t.is(retryDelay({ ...minute, attempt: 9, elapsed: 61_000 }), undefined);
  t.is(retryDelay({ attempt: 2, elapsed: 500, budget: 1000, random: 0 }), 400, 'a tenth of a short budget');
});

test('retryDelay() spends any budget of a second or more, with few attempts, and never goes beyond it', (t) => {
  const budgets = fc.integer({ min: 1000, max: 24 * 3_600_000 });
  const chances = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 20 });
  t.notThrows(() =>
    fc.assert(
      fc.property(budgets, chances, (budget, random) => {
        let elapsed = 0;
        let attempt = 1;
        for (; attempt < 100_000; attempt++) {
          const chance = random[attempt % random.length] ?? 0;
          const delay = retryDelay({ attempt, elapsed, budget, random: chance });
          if (delay === undefined) break;
          elapsed += delay;
        }
        // What is left is no time for another wait.
        return elapsed < budget && elapsed >= budget * 0.9 - 1125 && attempt <= 8 + budget / 5000;
      }),
    ),
  );
});

test('parseRetryAfter() reads seconds and dates', (t) => {
  const now = Date.parse('2026-08-22T15:17:05Z');
  const cases: [value: string | undefined, milliseconds: number | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['120', 120_000],
    ['Sat, 22 Aug 2026 15:17:25 GMT', 20_000],
    ['Sat, 22 Aug 2020 15:17:25 GMT', 0],
    ['soon', undefined],
    ['-1e400', undefined],
  ];
  for (const [value, milliseconds] of cases) t.is(parseRetryAfter(value, now), milliseconds, value);
});

test('allowances() gives a check 20 s, and halves a get with a history', (t) => {
  t.deepEqual(allowances(60_000, { hasHistory: false }).published, {
    milliseconds: 60_000,
    words: 'the 60 s of source.timeout',
  });
  t.deepEqual(allowances(60_000, { hasHistory: true, longest: 20_000 }).published, {
    milliseconds: 20_000,
    words: 'the 20 s that a check takes at most',
  });
  t.is(allowances(5000, { hasHistory: true, longest: 20_000 }).published.milliseconds, 5000);
  const { published, historyAfter } = allowances(60_000, { hasHistory: true });
  t.deepEqual(published, {
    milliseconds: 30_000,
    words: 'half of the 60 s of source.timeout; the other half is for source.history_url',
  });
  t.is(historyAfter(200).milliseconds, 59_800);
  t.is(historyAfter(30_000).milliseconds, 30_000);
  t.is(historyAfter(31_000).milliseconds, 30_000, 'a wait that ended late takes nothing from it');
});
