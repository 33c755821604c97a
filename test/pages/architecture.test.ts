// docs/architecture.md against src: every room is in its table, and imports lead downward in it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';
import { codesOf, readPage } from '../helpers/markdown.ts';

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
  const imports = importsOf();
  for (const [from, to] of imports) {
    t.true(rowOf(from) <= rowOf(to), `src/${from} imports ${to}, which is in a room above`);
  }
  t.true(imports.length > 100);
});

test('no room is reached from a door through more than eight others, and no imports lead in a circle of rooms', (t) => {
  const roomOf = (path: string) => path.split('/')[0] ?? path;
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of importsOf()) {
    if (roomOf(from) === roomOf(to)) continue;
    targets.set(roomOf(from), (targets.get(roomOf(from)) ?? new Set()).add(roomOf(to)));
  }
  const longestFrom = (room: string, path: readonly string[]): readonly string[] => {
    if (path.includes(room)) throw new Error(`a circle of rooms: ${[...path, room].join(' > ')}`);
    const chains = [...(targets.get(room) ?? [])].map((target) => longestFrom(target, [...path, room]));
    return [room, ...(chains.toSorted((a, b) => b.length - a.length)[0] ?? [])];
  };
  const chain = longestFrom('bin', []);
  t.true(chain.length > 5 && chain.length <= 9, chain.join(' > '));
});

test('no more than six files lie loose at the top of src', (t) => {
  const loose = readdirSync('src').filter((name) => name.endsWith('.ts'));
  t.true(loose.length > 0 && loose.length <= 6, loose.join(', '));
});

/** Every relative import below src: the importing file and the imported one, as paths below src. */
function importsOf(): [from: string, to: string][] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.flatMap((file) =>
    [...readFileSync(join('src', file), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(
      ([, target = '']): [string, string] => [file, relative('.', join(dirname(file), target))],
    ),
  );
}

/** The row of a path below src. */
function rowOf(path: string): number {
  const [first = '', ...rest] = path.split('/');
  const row = rooms.findIndex((names) => names.includes(rest.length === 0 ? first : `${first}/`));
  if (row === -1) throw new Error(`src/${path} is in no room of docs/architecture.md`);
  return row;
}
