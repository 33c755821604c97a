// The picture of a replay: what it shows, and that it shows no more than the documents tell.
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
  t.is(circles(picture, 'went'), 1 + 1, 'b, and the legend');
  t.is(circles(picture, 'came'), 1 + 1, 'b, and the legend');
  t.true(picture.includes('>4 builds<') && picture.includes('>3 builds<'));
  t.true(picture.includes('>2021-02-15 – ×2<'), 'b was there twice, and still is');
});

test('where no document tells, a CIDR neither comes nor goes, and its line is broken', (t) => {
  const picture = draw([
    ['2021-02-15', [a, b]],
    ['2022-02-15', [a]],
    ['2023-02-15', [a, b]],
  ]);
  t.is(circles(picture, 'came') + circles(picture, 'went'), 0);
  t.is(lines(picture, 'unread'), 2 + 1, 'a in both gaps, and the legend; b in neither');
  t.is(lines(picture, 'listed'), 3 + 2 + 1, 'a three times, b twice, and the legend');
  const whole = draw([
    ['2021-02-15', [a]],
    ['2021-02-16', [a]],
  ]);
  t.is(lines(whole, 'unread'), 0);
});

test('thousands of builds keep within the height of the picture', (t) => {
  const start = Date.parse('2021-02-15');
  const many = Array.from(
    { length: 2000 },
    (_, i) => [new Date(start + i * 60_000).toISOString(), [a]] as const,
  );
  const picture = draw(many);
  t.is(lines(picture, 'syncToken'), 2000);
  const [, paths = ''] = /<path class="syncToken"[^>]* d="([^"]*)"/.exec(picture) ?? [];
  const heights = [...paths.matchAll(/M[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  t.true(Math.max(...heights) - Math.min(...heights) < 100);
});

test('too many CIDRs are counted, and those that came or went are drawn', (t) => {
  const all = Array.from({ length: 250 }, (_, index) => `10.${index}.0.0/16`);
  const picture = draw([
    ['2021-02-15', all.slice(1)],
    ['2021-02-16', all],
  ]);
  t.true(picture.includes('>10.0.0.0/16<'));
  t.false(picture.includes('>10.1.0.0/16<'));
  t.true(picture.includes('>249 more CIDRs are not drawn<'));
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
  t.deepEqual(labels('1990-01-01', '2026-01-01'), ['1990', '2000', '2010', '2020']);
  const { x, ticks } = timeScale(Date.parse('2024-01-01') / 1000, Date.parse('2025-01-01') / 1000, 100, 700);
  t.is(x(Date.parse('2024-07-02') / 1000), 400);
  t.true(ticks.every((tick) => tick.x >= 100 && tick.x <= 700));
});

test('a history in which every check would have failed is no picture', (t) => {
  t.throws(() => timeline(openHistory(criteriaOf({})).history(), 'S3'), {
    name: 'UserError',
    message: /^--svg has nothing to draw/,
  });
});
