// What scripts made of the code and of AWS's document is what the pages show.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'ava';
import { guardPicture } from '../../tools/pages/guard-picture.ts';
import { listLengths } from '../../tools/pages/list-lengths.ts';
import { corpusTest } from '../helpers/corpus.ts';
import { executable } from '../helpers/executables.ts';

test('docs/guard.svg is what the guard says of the rules of 29 August 2024', async (t) => {
  t.is(await guardPicture(dirname(executable('out'))), readFileSync('docs/guard.svg', 'utf8'));
});

corpusTest('docs/publications.md has the lengths of the lists of the newest document', (t) => {
  const lengths = listLengths(process.env['IP_RANGES_CORPUS'] ?? '');
  t.true(readFileSync('docs/publications.md', 'utf8').includes(lengths), lengths);
});
