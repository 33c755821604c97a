// How far a replay is, on a terminal and elsewhere.
import test from 'ava';
import { openProgress } from '../../replay/progress.ts';

/** What is written while 1000 documents are read in 10 s. */
function written(isTTY: boolean): string[] {
  const texts: string[] = [];
  let now = 0;
  const progress = openProgress({ isTTY, write: (text) => texts.push(text) }, () => now);
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

test('progress is one line on a terminal, written over ten times a second, and removed at last', (t) => {
  const lines = written(true);
  t.is(lines.length, 101);
  t.is(lines[49], '\r\u001b[K50 %, 500 documents');
  t.is(lines.at(-1), '\r\u001b[K');
});
