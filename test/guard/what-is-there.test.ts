// What a message says of the place where a path cannot be read.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { whatIsThere } from '../../src/guard/what-is-there.ts';
import { writeFiles } from '../helpers/guard.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('whatIsThere() names what the nearest directory holds, with paths as they were given', (t) => {
  const root = temporaryDirectory(t);
  writeFiles(root, { 'plan/b.json': '', 'plan/a.json': '', 'plan/deep/c.json': '', 'odd/x\u001b[2J': '' });
  mkdirSync(join(root, 'empty'));
  mkdirSync(join(root, 'full'));
  for (let index = 10; index < 25; index++) writeFiles(root, { [`full/${index}`]: '' });
  symlinkSync('nowhere', join(root, 'plan', 'link'));
  symlinkSync('loop', join(root, 'loop'));
  const cases = [
    ['plan/rules.json', 'plan holds a.json, b.json, deep, link'],
    ['plan/no/such/rules.json', 'plan holds a.json, b.json, deep, link'],
    ['plan/a.json/below', 'plan holds a.json, b.json, deep, link'],
    ['plan/deep', 'plan/deep holds c.json'],
    ['plan/link', 'plan/link is a link to what is not there'],
    ['plan/link/below', 'plan/link is a link to what is not there'],
    ['empty/rules.json', 'empty holds nothing'],
    ['full/rules.json', 'full holds 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, and 5 more'],
    ['odd/y', 'odd holds x\u{fffd}[2J'],
    ['rules.json', 'the sources holds empty, full, loop, odd, plan'],
    ['loop', 'the sources holds empty, full, loop, odd, plan'],
    ['.', 'the sources holds empty, full, loop, odd, plan'],
  ] as const;
  for (const [name, expected] of cases)
    t.is(whatIsThere(join(root, name), name, 'the sources'), expected, name);
});

test('whatIsThere() says nothing where no directory can be listed', (t) => {
  t.is(whatIsThere('/nowhere/at/all', 'at/all', 'the sources'), undefined);
});
