// The picture of a replay: what it shows, and that it shows no more than the documents say.
import { spawnSync } from 'node:child_process';
import test from 'ava';
import { openHistory } from '../../replay/source-history.ts';
import { timeScale } from '../../replay/time-scale.ts';
import { timeline } from '../../replay/timeline.ts';
import { criteriaOf, documentOf } from '../helpers/ip-ranges.ts';

/** The picture of documents that list these CIDRs, at these times. */
function draw(lists: readonly (readonly [time: string, cidrs: readonly string[]])[], subject = 'S3'): string {
  const reader = openHistory(criteriaOf({}));
  for (const [time, cidrs] of lists) {
    const token = String(Date.parse(time) / 1000);
    reader.add(
      documentOf(
        cidrs.map((cidr) => `${cidr} S3 us-gov-west-1`),
        token,
      ),
    );
  }
  return timeline(reader.history(), subject);
}

/** How many lines the elements of a class draw. */
function lines(picture: string, className: string): number {
  const elements = [...picture.matchAll(new RegExp(`<path class="${className}"[^>]* d="([^"]*)"`, 'g'))];
  return elements.reduce((sum, [, path = '']) => sum + path.split('M').length - 1, 0);
}

function circles(picture: string, className: string): number {
  return picture.split(`<circle class="${className}"`).length - 1;
}

function rectangles(picture: string, className: string): number {
  return picture.split(`<rect class="${className}"`).length - 1;
}

const a = '10.0.0.0/8';
const b = '52.95.142.0/23';

test('a mark for each build of each setting, a line for each CIDR while it is listed', (t) => {
  const picture = draw([
    ['2021-02-15', [a, b]],
    ['2021-02-16', [a]],
    ['2021-02-17', [a]],
    ['2021-02-18', [a, b]],
  ]);
  t.is(lines(picture, 'syncToken'), 4);
  t.is(lines(picture, 'cidrs'), 3);
  t.is(lines(picture, 'listed'), 3 + 1, 'once a, twice b, and the legend');
  t.is(circles(picture, 'removed'), 1 + 1, 'b, and the legend');
  t.is(circles(picture, 'added'), 1 + 1, 'b, and the legend');
  t.true(picture.includes('>4 builds<') && picture.includes('>3 builds<'));
  t.true(picture.includes('>2021-02-15 – ×2<'), 'b was there twice, and still is');
});

test('where no document was read, the line of a CIDR that is listed before and after is thin', (t) => {
  const picture = draw([
    ['2021-02-15', [a]],
    ['2022-02-15', [a]],
    ['2023-02-15', [a]],
  ]);
  t.is(circles(picture, 'added') + circles(picture, 'removed'), 0);
  t.is(lines(picture, 'unread'), 1 + 1, 'a, and the legend');
  t.is(lines(picture, 'listed'), 3 + 1 + 2, 'a, and the legend');
  t.is(lines(picture, 'unsure'), 0);
  t.is(rectangles(picture, 'gap'), 2 + 1, 'both gaps, and the legend');
  const whole = draw([
    ['2021-02-15', [a]],
    ['2021-02-16', [a]],
  ]);
  t.is(rectangles(whole, 'gap'), 0);
  t.false(whole.includes('no document kept'));
});

test('a CIDR that is added or removed in a gap has its dot, and a broken line for the time in which it may have been', (t) => {
  const picture = draw([
    ['2021-02-15', [a, b]],
    ['2022-02-15', [a]],
    ['2023-02-15', [a, b]],
  ]);
  t.is(circles(picture, 'removed'), 1 + 1, 'b, and the legend');
  t.is(circles(picture, 'added'), 1 + 1, 'b, and the legend');
  t.is(lines(picture, 'unsure'), 2 + 1, 'b in both gaps, and the legend');
  t.true(picture.includes('>added or removed meanwhile<'));
});

test('three weeks without a publication are no gap, as AWS has been silent for 20 days', (t) => {
  const silent = (day: string) =>
    draw([
      ['2025-01-17', [a]],
      [day, [a]],
    ]);
  t.is(rectangles(silent('2025-02-07'), 'gap'), 0);
  t.is(rectangles(silent('2025-02-08'), 'gap'), 1 + 1);
});

test('a CIDR that goes and comes back within days has dots side by side, and a note', (t) => {
  const picture = draw([
    ['2017-07-20', [a, b]],
    ['2021-02-16', [a]],
    ['2021-02-23', [a, b]],
    ['2021-03-16', [a]],
    ['2026-08-22', [a]],
  ]);
  const [row = ''] = picture.split(`>${b}<`).slice(1);
  const dots = [...row.matchAll(/<circle class="(added|removed)" cx="([\d.]+)"/g)].slice(0, 3);
  t.deepEqual(
    dots.map(([, kind]) => kind),
    ['removed', 'added', 'removed'],
  );
  const [first = 0, second = 0, third = 0] = dots.map(([, , x]) => Number(x));
  t.true(second - first >= 10 && third - second >= 10, `${first} ${second} ${third}`);
  t.true(picture.includes('>removed 2021-02-16, back 02-23, removed 03-16<'), picture);
});

test('many builds are a skyline within the height of the picture, few are marks', (t) => {
  const start = Date.parse('2021-02-15');
  const many = Array.from(
    { length: 2000 },
    (_, i) => [new Date(start + i * 60_000).toISOString(), i < 1000 ? [a] : [a, b]] as const,
  );
  const picture = draw(many);
  t.true(picture.includes('>2,000 builds<') && picture.includes('>2 builds<'));
  const bars = lines(picture, 'syncToken');
  t.true(bars > 80 && bars < 110, `${bars} bars`);
  const [, path = ''] = /<path class="syncToken"[^>]* d="([^"]*)"/.exec(picture) ?? [];
  const heights = [...path.matchAll(/M[\d.]+ ([\d.]+)V([\d.]+)/g)].map(
    ([, y1, y2]) => Number(y1) - Number(y2),
  );
  t.true(Math.max(...heights) < 96 && Math.min(...heights) > 0);
  t.is(lines(picture, 'cidrs'), 2);
});

test('of too many CIDRs, those that came or went last are drawn, and the others counted', (t) => {
  const all = Array.from({ length: 250 }, (_, index) => `10.${index}.0.0/16`);
  const early = all.slice(0, 200);
  const picture = draw([
    ['2021-02-15', all.slice(0, 10)],
    ['2021-02-16', early],
    ['2021-02-17', [...early, ...all.slice(220)]],
    ['2021-02-18', all],
  ]);
  for (const newest of all.slice(200)) t.true(picture.includes(`>${newest}<`), newest);
  t.false(picture.includes('>10.0.0.0/16<'), 'it never moved');
  t.true(picture.includes('>50 more CIDRs not drawn: '));
});

test('the picture is well-formed, names its subject, and has colours for dark ground', (t) => {
  const picture = draw([['2021-02-15', [a]]], 'S3 <&> "EC2"');
  t.true(
    picture.includes('<title id="title">What version_on: cidrs saves for S3 &lt;&amp;&gt; "EC2"</title>'),
  );
  t.true(picture.includes('@media (prefers-color-scheme:dark)'));
  const python = spawnSync('python3', ['-c', 'import sys, xml.dom.minidom as m; m.parse(sys.stdin)'], {
    input: picture,
  });
  if (python.error === undefined) t.is(python.status, 0, python.stderr.toString());
});

test('ticks stand at round dates, as many as have room', (t) => {
  const labels = (from: string, to: string) =>
    timeScale(Date.parse(from) / 1000, Date.parse(to) / 1000, 0, 600).ticks.map(({ label }) => label);
  t.deepEqual(labels('2018-06-01', '2021-08-22'), ['2019', '2020', '2021']);
  t.deepEqual(labels('2024-01-01', '2024-06-15'), [
    '2024-01',
    '2024-02',
    '2024-03',
    '2024-04',
    '2024-05',
    '2024-06',
  ]);
  t.deepEqual(labels('2026-08-21T00:17:05Z', '2026-08-23T15:17:05Z'), ['08-22', '08-23']);
  const years = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
  t.deepEqual(labels('2017-07-20', '2026-08-22'), years(2018, 2026));
  t.deepEqual(labels('2017-07-20', '2027-03-01'), years(2018, 2027), 'longer than nine years and a quarter');
  t.deepEqual(labels('2017-07-20', '2032-03-01'), [
    '2018',
    '2020',
    '2022',
    '2024',
    '2026',
    '2028',
    '2030',
    '2032',
  ]);
  t.deepEqual(labels('1990-01-01', '2026-01-01').slice(0, 3), ['1990', '1995', '2000']);
  const { x, ticks } = timeScale(Date.parse('2024-01-01') / 1000, Date.parse('2025-01-01') / 1000, 100, 700);
  t.is(x(Date.parse('2024-07-02') / 1000), 400);
  t.true(ticks.every((tick) => tick.x >= 100 && tick.x <= 700));
});

test('however long a history is, its axis has ticks, and no more than have room', (t) => {
  for (let days = 0; days < 365 * 500; days = Math.ceil(days * 1.03) + 1) {
    const first = Date.parse('2017-07-20') / 1000;
    const { ticks } = timeScale(first, first + days * 24 * 3600, 0, 556);
    t.true(ticks.length >= 2 && ticks.length <= 556 / 42 + 1, `${days} days: ${ticks.length} ticks`);
  }
});

test('a history in which every check would have failed is no picture', (t) => {
  t.throws(() => timeline(openHistory(criteriaOf({})).history(), 'S3'), {
    name: 'UserError',
    message: /^--svg has nothing to draw/,
  });
});
