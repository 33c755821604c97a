// Each cap that a page names, with its value in the code. What happens beyond a cap is tested where its subject is.
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import test from 'ava';

const caps: readonly (readonly [file: string, name: string, value: number, page: string])[] = [
  ['concourse/request.ts', 'deepest', 64, 'nests more than 64 levels'],
  ['concourse/request.ts', 'longest', 8 * 2 ** 20, 'a request above 8 MiB'],
  ['guard/json-place.ts', 'mostItems', 100_000, 'a list of more than 100,000 items'],
  ['guard/coverage.ts', 'mostBoundaries', 1_000, 'more than 1,000 port boundaries'],
  ['guard/forms/text.ts', 'largest', 2 ** 24, 'as text 16 MiB'],
  ['guard/json-place.ts', 'deepest', 256, 'deeper than 256 levels'],
  ['guard/rules-file.ts', 'largest', 2 ** 26, 'rules above 64 MiB'],
  ['ip-ranges/http/budget.ts', 'longestCheck', 20_000, 'A check takes at most 20 s of it'],
  ['ip-ranges/http/client.ts', 'bodyLimit', 2 ** 24, 'a body above 16 MiB'],
  ['ip-ranges/http/policy.ts', 'maxRedirects', 5, 'at most five times'],
  ['ip-ranges/http/policy.ts', 'firstDelay', 250, 'at first after 0.25 s at most'],
  ['ip-ranges/http/policy.ts', 'longestDelay', 10_000, 'then up to 10 s apart'],
  ['outputs/metadata.ts', 'listed', 256, 'absent above 256'],
  ['outputs/security-group.ts', 'mostDestinations', 6000, 'up to 6,000 CIDRs'],
  ['version.ts', 'longestMember', 120, 'at most 120 characters'],
];

const pages = ['README.md', 'docs/failures.md', 'docs/versions.md']
  .map((name) => readFileSync(name, 'utf8'))
  .join('\n')
  .replaceAll(/\s+/g, ' ');

for (const [file, name, value, page] of caps) {
  test(`the pages say "${page}", and the code has that cap`, (t) => {
    const code = readFileSync(`src/${file}`, 'utf8');
    const [, expression = ''] = new RegExp(`^(?:export )?const ${name} = ([^;]+);`, 'm').exec(code) ?? [];
    t.is(runInNewContext(expression), value, `${file} ${name}`);
    t.true(pages.includes(page));
  });
}
