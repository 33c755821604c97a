// docs/architecture.md against src: every room is in its table, and imports lead downward in it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';
import { codesOf, readPage } from './helpers/markdown.ts';

const page = readPage(readFileSync('docs/architecture.md', 'utf8'));
const rows = page.tables.find(({ section }) => section.at(-1) === 'Rooms')?.rows ?? [];
const rooms = rows.map(([cell = '']) => codesOf(cell));

test('every folder and file at the top of src is a room of the page, and every folder of the page exists', (t) => {
  const entries = readdirSync('src', { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? `${entry.name}/` : entry.name,
  );
  const named = rooms.flat();
  t.deepEqual(
    entries.filter((entry) => !named.includes(entry)),
    [],
  );
  t.deepEqual(
    named.filter((name) => name.endsWith('/') && !entries.includes(name)),
    [],
  );
});

test('imports lead from a room to one below it, or stay in its row', (t) => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  let count = 0;
  for (const file of files) {
    const text = readFileSync(join('src', file), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const [from, to] = [rowOf(file), rowOf(relative('.', join(dirname(file), target)))];
      t.true(from <= to, `src/${file} imports ${target}, which is in a room above`);
      count++;
    }
  }
  t.true(count > 100);
});

/** The row of a path below src. */
function rowOf(path: string): number {
  const [first = '', ...rest] = path.split('/');
  const row = rooms.findIndex((names) => names.includes(rest.length === 0 ? first : `${first}/`));
  if (row === -1) throw new Error(`src/${path} is in no room of docs/architecture.md`);
  return row;
}
