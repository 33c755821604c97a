import test from 'ava';
import fc from 'fast-check';
import { type Attempts, parseRetryAfter, retryDelay } from '../../../src/ip-ranges/http/policy.ts';
import { allowances } from '../../../src/ip-ranges/network.ts';

/** Attempts within a minute, and the milliseconds until the next one. */
const delays: [title: string, attempts: Partial<Attempts>, delay: number | undefined][] = [
  ['starts with a quarter of a second', {}, 250],
  ['doubles', { attempt: 6 }, 8000],
  ['ends doubling at 10 s', { attempt: 7 }, 10_000],
  ['is shortened by chance to a half at most', { attempt: 9, random: 0.998 }, 5010],
  ['honours a longer wait', { retryAfter: 30_000 }, 30_000],
  ['honours no shorter wait', { attempt: 6, retryAfter: 1000 }, 8000],
  ['takes a wait that leaves a second', { retryAfter: 59_000 }, 59_000],
  ['ends at a wait that leaves less', { retryAfter: 59_001 }, undefined],
  ['is cut to leave a second', { attempt: 9, elapsed: 52_000 }, 7000],
  ['is cut to leave a tenth of a short budget', { attempt: 2, elapsed: 500, budget: 1000 }, 400],
  ['ends where that is no time to wait', { attempt: 9, elapsed: 58_900 }, undefined],
];

test('retryDelay() doubles within limits, honours what a server asks for, and ends before the budget does', (t) => {
  for (const [title, attempts, delay] of delays) {
    t.is(retryDelay({ budget: 60_000, elapsed: 0, random: 0, attempt: 1, ...attempts }), delay, title);
  }
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
  const cases: [value: string, milliseconds: number | undefined][] = [
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
  const all = 'the 60 s of source.timeout';
  const history = { milliseconds: 60_000, words: `what was left of ${all}` };
  const half = `half of ${all}; the other half is for source.history_url`;
  for (const [timeout, history_url, longest, milliseconds, words] of [
    [60_000, undefined, undefined, 60_000, all],
    [60_000, 'https://example.com/{syncToken}', undefined, 30_000, half],
    [60_000, 'https://example.com/{syncToken}', 20_000, 20_000, 'the 20 s that a check takes at most'],
    [5000, 'https://example.com/{syncToken}', 20_000, 5000, 'the 5 s of source.timeout'],
  ] as const) {
    t.deepEqual(allowances({ timeout, history_url }, longest).published, { milliseconds, words });
  }
  t.deepEqual(allowances({ timeout: 60_000, history_url: undefined }).history, history);
});
