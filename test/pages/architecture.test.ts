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

test('imports lead from a row to one below it, or stay in its row', (t) => {
  const imports = importsOf();
  for (const [from, to] of imports) {
    t.true(rowOf(from) <= rowOf(to), `src/${from} imports ${to}, which is in a row above`);
  }
  t.true(imports.length > 100);
});

test('no folder is reached from an entry point through more than eight others, and no imports lead in a circle', (t) => {
  const folderOf = (path: string) => path.split('/')[0] ?? path;
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of importsOf()) {
    if (folderOf(from) === folderOf(to)) continue;
    targets.set(folderOf(from), (targets.get(folderOf(from)) ?? new Set()).add(folderOf(to)));
  }
  const longestFrom = (folder: string, path: readonly string[]): readonly string[] => {
    if (path.includes(folder)) throw new Error(`a circle of folders: ${[...path, folder].join(' > ')}`);
    const chains = [...(targets.get(folder) ?? [])].map((target) => longestFrom(target, [...path, folder]));
    return [folder, ...(chains.toSorted((a, b) => b.length - a.length)[0] ?? [])];
  };
  const chain = longestFrom('bin', []);
  t.true(chain.length > 5 && chain.length <= 9, chain.join(' > '));
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
  const row = parts.findIndex((names) => names.includes(rest.length === 0 ? first : `${first}/`));
  if (row === -1) throw new Error(`src/${path} is in no row of docs/architecture.md`);
  return row;
}
