import test from 'ava';
import fc from 'fast-check';
import { globMatcher } from '../../src/selection/names.ts';

/** What a character of a glob is in a regular expression, where that is something else. */
const inRegExp: Readonly<Record<string, string>> = { '*': '.*', '?': '.', '.': '\\.', '[': '\\[' };

test('globMatcher() agrees with a regular expression', (t) => {
  // Marks of regular expressions, mean themselves, and a character of two units is two.
  const character = fc.constantFrom('a', 'b', '-', '.', '[', '\u{1f600}', '*', '?');
  const texts = fc.array(character, { maxLength: 8 });
  let matches = 0;
  fc.assert(
    fc.property(texts, texts, (glob, text) => {
      const name = text.map((one) => ('*?'.includes(one) ? 'a' : one)).join('');
      const pattern = glob.map((one) => inRegExp[one] ?? one);
      const expected = new RegExp(`^${pattern.join('').replace(/(?:\.\*)+/g, '.*')}$`, 's').test(name);
      if (expected) matches++;
      return globMatcher(glob.join(''))(name) === expected;
    }),
    { numRuns: 5000 },
  );
  t.true(matches > 200, `only ${matches} names matched`);
});

test('an attack: a glob with many stars takes no longer than its length times that of the name', (t) => {
  // A regular expression would try more ways than there are atoms: this would not return.
  const matches = globMatcher(`${'*a'.repeat(60)}*b`);
  t.false(matches('a'.repeat(100_000)));
  t.true(matches(`${'a'.repeat(100_000)}b`));
});
