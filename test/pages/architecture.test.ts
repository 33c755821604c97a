// docs/architecture.md against src: every folder is in its table, and imports lead downward in it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';
import { codesOf, readPage } from '../helpers/markdown.ts';

const page = readPage(readFileSync('docs/architecture.md', 'utf8'));
const rows = page.tables.find(({ section }) => section.at(-1) === 'Folders')?.rows ?? [];
const parts = rows.map(([cell = '']) => codesOf(cell));

test('every folder and file at the top of src is in the table of the page, and every folder of the page exists', (t) => {
  const entries = readdirSync('src', { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? `${entry.name}/` : entry.name,
  );
  const named = parts.flat();
  t.deepEqual(
    entries.filter((entry) => !named.includes(entry)),
    [],
  );
  t.deepEqual(
    named.filter((name) => name.endsWith('/') && !entries.includes(name)),
    [],
  );
});

test('imports lead from a row to one below it, or stay in their folder', (t) => {
  const imports = importsOf();
  for (const [from, to] of imports) {
    t.true(
      partOf(from) === partOf(to) || rowOf(from) < rowOf(to),
      `src/${from} imports ${to}, which is in no row below`,
    );
  }
  t.true(imports.length > 100);
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

/** The folder or file at the top of src that a path is in, as the page writes it. */
function partOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return rest.length === 0 ? first : `${first}/`;
}

function rowOf(path: string): number {
  const row = parts.findIndex((names) => names.includes(partOf(path)));
  if (row === -1) throw new Error(`src/${path} is in no row of docs/architecture.md`);
  return row;
}
