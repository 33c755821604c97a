// Every cap with its value, and with what the pages say of it. One that is changed by mistake, or in one of the two places
// only, is found here; what happens beyond a cap is tested where its subject is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import test from 'ava';

const caps: Readonly<Record<string, { readonly value: number; readonly page?: string }>> = {
  'concourse/request.ts deepest': { value: 64, page: 'nests more than 64 levels' },
  'concourse/request.ts longest': { value: 8 * 2 ** 20, page: 'a request above 8 MiB' },
  'concourse/secrets.ts shortest': { value: 4 },
  'config/source.ts longestName': { value: 128 },
  'config/source.ts mostNames': { value: 500 },
  'errors.ts longest': { value: 120 },
  'files/pack.ts latest': { value: 2 ** 31 - 1 },
  'files/unpack.ts mostFiles': { value: 100 },
  'guard/json-place.ts mostItems': { value: 100_000, page: 'a list of more than 100,000 items' },
  'guard/read-rules.ts listed': { value: 40 },
  'guard/regular-file.ts largest': { value: 2 ** 28 },
  'guard/coverage.ts mostBoundaries': { value: 1_000, page: 'more than 1,000 port boundaries' },
  'guard/coverage.ts mostComparisons': { value: 5_000_000 },
  'guard/forms/text.ts largest': { value: 2 ** 24, page: 'as text 16 MiB' },
  'guard/get-directory.ts largestManifest': { value: 2 ** 16 },
  'guard/get-directory.ts mostCidrs': { value: 100_000 },
  'guard/json-place.ts deepest': { value: 256, page: 'deeper than 256 levels' },
  'guard/read-rules.ts mostRules': { value: 100_000 },
  'guard/rules-file.ts largest': { value: 2 ** 26, page: 'rules above 64 MiB' },
  'guard/rules-file.ts small': { value: 2 ** 20 },
  'guard/verdict.ts listed': { value: 40 },
  'guard/verdict.ts listedDoubts': { value: 10 },
  'guard/verdict.ts listedInLine': { value: 4 },
  'guard/what-is-there.ts listed': { value: 10 },
  'ip-ranges/document.ts longestName': { value: 128 },
  'ip-ranges/http/budget.ts longestCheck': { value: 20_000, page: 'A check takes at most 20 s of it' },
  'ip-ranges/http/client.ts bodyLimit': { value: 2 ** 24, page: 'a body above 16 MiB' },
  'ip-ranges/http/policy.ts maxRedirects': { value: 5, page: 'at most five times' },
  'ip-ranges/http/policy.ts firstDelay': { value: 250, page: 'at first after 0.25 s at most' },
  'ip-ranges/http/policy.ts longestDelay': { value: 10_000, page: 'then up to 10 s apart' },
  'ip-ranges/memory.ts capacity': { value: 8 },
  'ip-ranges/memory.ts limit': { value: 2 ** 20 },
  'outputs/changes-markdown.ts listed': { value: 50 },
  'outputs/metadata.ts listed': { value: 256, page: 'absent above 256' },
  'outputs/security-group.ts mostDestinations': { value: 6000, page: 'up to 6,000 CIDRs' },
  'selection/changes.ts listed': { value: 10 },
  'selection/hints.ts listed': { value: 12 },
  'selection/names.ts listed': { value: 60 },
  'selection/remarks.ts listed': { value: 20 },
  'version.ts longestMember': { value: 120, page: 'at most 120 characters' },
};

/** Numbers that cap nothing: characters, and sizes of steps. */
const others = [
  'addresses/address-range.ts indexes',
  'addresses/address.ts colon',
  'addresses/address.ts dot',
  'addresses/address.ts lowerA',
  'addresses/address.ts zero',
  'addresses/range-set.ts firstCapacity',
  'guard/forms/text.ts telling',
  'ip-ranges/published.ts startLength',
];

const constant = /^(?:export )?const (\w+) = (\d[\d_ *+<()-]*);/gm;

/** The numbers that src has names for, by file and name. */
function numbersOfSrc(): Record<string, unknown> {
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) =>
        [...readFileSync(join('src', name), 'utf8').matchAll(constant)].map(
          ([, title, expression = '']) => [`${name} ${title}`, runInNewContext(expression)] as const,
        ),
      ),
  );
}

test('every number with a name in src is a cap of the table with its value, or none', (t) => {
  const numbers = numbersOfSrc();
  const expected = Object.fromEntries(Object.entries(caps).map(([name, { value }]) => [name, value]));
  for (const name of others) {
    t.true(name in numbers, `${name} is gone: take it from the list`);
    delete numbers[name];
  }
  t.deepEqual(numbers, expected);
});

test('the pages say of each cap what the table says', (t) => {
  const pages = ['README.md', 'docs/failures.md', 'docs/versions.md']
    .map((name) => readFileSync(name, 'utf8'))
    .join('\n')
    .replaceAll(/\s+/g, ' ');
  for (const [name, { page = '' }] of Object.entries(caps)) t.true(pages.includes(page), `${name}: ${page}`);
});
