// README.md as other tests take it: its tables are the promise.
import { readFileSync } from 'node:fs';
import { codesOf, readPage } from './markdown.ts';

const page = readPage(readFileSync('README.md', 'utf8'));

/** The rows of the first table under a heading that contains the text, below another one if that is given. */
export function rowsUnder(heading: string, above = ''): readonly (readonly string[])[] {
  const table = page.tables.find(
    ({ section }) => section.at(-1)?.includes(heading) && section.some((title) => title.includes(above)),
  );
  if (table === undefined) throw new Error(`README.md has no table under ${above} ${heading}`);
  return table.rows;
}

/** The first words in backquotes of every row: keys, params or files. */
export function namesOf(rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([cell = '']) => codesOf(cell));
}

/** The names of the files that a get can write, `<syncToken>` standing for the token. */
export function promisedFiles(): string[] {
  return namesOf(rowsUnder('the ranges as files'));
}
