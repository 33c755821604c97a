import test from 'ava';
import fc from 'fast-check';
import { globMatcher } from '../../src/selection/names.ts';

const cases: [glob: string, name: string, matches: boolean][] = [
  ['us-gov-*', 'us-gov-west-1', true],
  ['us-gov-*', 'us-gov-', true],
  ['us-gov-*', 'us-gov', false],
  ['*', '', true],
  ['**', 'x', true],
  ['?', 'x', true],
  ['?', '', false],
  ['??', '\u{1f600}', true],
  ['*-west-?', 'us-west-2', true],
  ['*-west-?', 'us-west-12', false],
  ['*west*', 'us-gov-west-1', true],
  ['*a*b*', 'xbxa', false],
  ['*ab', 'aab', true],
  ['a*a', 'a', false],
  ['us.west', 'us-west', false],
  ['us[a-z]west*', 'us-west-1', false],
  ['us-west', 'us-west', true],
  ['US-*', 'us-west', false],
];

for (const [glob, name, matches] of cases) {
  test(`globMatcher() says that ${glob} ${matches ? 'means' : 'does not mean'} "${name}"`, (t) => {
    t.is(globMatcher(glob)(name), matches);
  });
}

test('globMatcher() agrees with a regular expression', (t) => {
  const letters = fc.constantFrom('a', 'b', '-', '*', '?');
  const texts = fc.array(letters, { maxLength: 8 }).map((characters) => characters.join(''));
  t.notThrows(() =>
    fc.assert(
      fc.property(texts, texts, (glob, text) => {
        const name = text.replace(/[*?]/g, 'a');
        const pattern = glob.replace(/\*+/g, '.*').replaceAll('?', '.');
        return globMatcher(glob)(name) === new RegExp(`^${pattern}$`, 's').test(name);
      }),
      { numRuns: 2000 },
    ),
  );
});

test('an attack: a glob with many stars takes no longer than its length times that of the name', (t) => {
  // A regular expression would try more ways than there are atoms: this would not return.
  const matches = globMatcher(`${'*a'.repeat(60)}*b`);
  t.false(matches('a'.repeat(100_000)));
  t.true(matches(`${'a'.repeat(100_000)}b`));
});
