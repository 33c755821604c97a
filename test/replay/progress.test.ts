// How far a replay is, on a terminal and elsewhere.
import test from 'ava';
import { openProgress } from '../../replay/progress.ts';

/** What is written while 1000 documents are read in 10 s. */
function written(isTTY: boolean, columns?: number): string[] {
  const texts: string[] = [];
  let now = 0;
  const screen = {
    isTTY,
    ...(columns === undefined ? {} : { columns }),
    write: (text: string) => texts.push(text),
  };
  const progress = openProgress(screen, () => now);
  for (let count = 1; count <= 1000; count++) {
    now += 10;
    progress.update(count / 1000, count);
  }
  progress.end();
  return texts;
}

test('progress is a line every five seconds where there is no terminal', (t) => {
  t.deepEqual(written(false), ['50 %, 500 documents\n', '100 %, 1000 documents\n']);
});

test('progress is a bar on a terminal, drawn ten times a second, and removed at last', (t) => {
  const bar = written(true, 60);
  t.is(bar.length, 101);
  t.is(bar[50], `\r\u001b[K[${'█'.repeat(19)}${'░'.repeat(18)}] 50 %, 501 documents`);
  t.is(bar.at(-1), '\r\u001b[K');
});

test('progress fits any terminal, and one that says it has 0 columns has a bar', (t) => {
  for (let columns = 1; columns < 200; columns++) {
    const [line = ''] = written(true, columns).slice(50);
    t.true(line.replace('\r\u001b[K', '').length < Math.max(columns, 2), `${columns}: ${line}`);
  }
  for (const columns of [0, undefined]) t.regex(written(true, columns)[50] ?? '', /█{20}░{20}/);
});
