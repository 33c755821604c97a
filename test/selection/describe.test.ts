// The words of a selection are in versions: other words for another selection, the same for the same.
import test from 'ava';
import fc from 'fast-check';
import type { Choice } from '../../src/config/criteria.ts';
import { describe } from '../../src/selection/keys.ts';

// Names that look like parts of the words; no name has white space in it.
const name = fc.constantFrom(
  'A',
  'b',
  'B',
  '+',
  'all',
  'regions',
  'without',
  'border',
  'group',
  'IPv4',
  'IPv4,',
  'x,',
  ',',
  'aggregated',
  'us-*',
  'US-*',
  'global',
  'GLOBAL',
);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const choice: fc.Arbitrary<Choice> = fc.record({
  services: names,
  regions: fc.option(names, { nil: undefined }),
  network_border_groups: fc.option(names, { nil: undefined }),
  ip_versions: fc.constantFrom<Choice['ip_versions'][]>([4], [6], [4, 6]),
  exclude_services: fc.uniqueArray(name, { maxLength: 2 }),
  aggregate: fc.boolean(),
});

/** What a selection is, however it is written. */
function meaning(one: Choice): string {
  const upper = (items: readonly string[]) => [...new Set(items.map((item) => item.toUpperCase()))].sort();
  return JSON.stringify([
    upper(one.services),
    one.regions && upper(one.regions),
    one.network_border_groups && upper(one.network_border_groups),
    one.ip_versions,
    upper(one.exclude_services),
    one.aggregate,
  ]);
}

test('describe() has other words for another selection, and the same words for the same', (t) => {
  const meanings = new Map<string, string>();
  const words = new Map<string, string>();
  fc.assert(
    fc.property(choice, (one) => {
      const [text, means] = [describe(one), meaning(one)];
      t.is(meanings.get(text) ?? means, means, text);
      t.is(words.get(means) ?? text, text);
      meanings.set(text, means);
      words.set(means, text);
    }),
    { numRuns: 20_000 },
  );
});
