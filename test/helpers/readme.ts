// README.md and the pages that it leads to, as other tests take them: their tables are the promise.
import { readFileSync } from 'node:fs';
import { codesOf, readPage } from './markdown.ts';

const tables = ['README.md', 'docs/guard.md', 'docs/failures.md', 'docs/publications.md'].flatMap(
  (name) => readPage(readFileSync(name, 'utf8')).tables,
);

/** The rows of the first table that stands right under a heading which contains the text and whose header has `column`. */
export function rowsUnder(heading: string, column = ''): readonly (readonly string[])[] {
  const table = tables.find(
    ({ section, header }) => section.at(-1)?.includes(heading) && (column === '' || header[0] === column),
  );
  if (table === undefined) throw new Error(`the pages have no table of ${column} under ${heading}`);
  return table.rows;
}

/** The words in backquotes in the first cell of every row: keys, params or files. */
export function namesOf(rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([cell = '']) => codesOf(cell));
}

/** The names of the files that a get can write, `<syncToken>` standing for the token. */
export function promisedFiles(): string[] {
  return namesOf(rowsUnder('the ranges as files', 'file'));
}
