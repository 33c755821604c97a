// What the pages and their pictures say of AWS's publications, of the guard and of the code's caps, counted or made again.
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { parseSource } from '../../src/config/source.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { select } from '../../src/selection/select.ts';
import { guardPicture } from '../../tools/pages/guard-picture.ts';
import { corpusDocument, corpusTest, corpusTokens } from '../helpers/corpus.ts';
import { runForDemo } from '../helpers/demo.ts';
import { readHistory } from '../helpers/history.ts';
import { readPage } from '../helpers/markdown.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const page = readFileSync('docs/publications.md', 'utf8').replaceAll(/\s+/g, ' ');
const documents = await readHistory();
const tokens = [...new Set(documents.map(({ syncToken }) => Number(syncToken)))].sort((a, b) => a - b);
const gaps = tokens.slice(1).map((token, index) => token - (tokens[index] ?? token));
const day = 24 * 60 * 60;

test('as many publications as the page says, from the first day to the last', (t) => {
  t.is(documents.length, 5271);
  t.is(tokens.length, 5269);
  for (const text of ['5,271 documents from 2017-07-20 to 2026-08-22', '5,269 publications, 10 changes'])
    t.true(page.includes(text), text);
  t.is(new Date((tokens[0] ?? 0) * 1000).toISOString().slice(0, 10), '2017-07-20');
  t.is(new Date((tokens.at(-1) ?? 0) * 1000).toISOString().slice(0, 10), '2026-08-22');
});

test('no publication was superseded within ten minutes, and as many within an hour as the page says', (t) => {
  t.is(Math.round(Math.min(...gaps) / 60), 20);
  t.is(Math.round((100 * gaps.filter((gap) => gap <= 3600).length) / gaps.length), 15);
  t.true(page.includes('two publications was 20 minutes. 15 % of them were superseded within an hour.'));
});

test('AWS published three times a day in the last year, and up to 23 times in a day', (t) => {
  const newest = tokens.at(-1) ?? 0;
  const lastYear = tokens.filter((token) => token > newest - 365 * day).length;
  t.is((lastYear / 365).toFixed(1), '3.2');
  const days = tokens.map((token) => Math.floor(token / day));
  const most = Math.max(...days.map((one) => days.lastIndexOf(one) - days.indexOf(one) + 1));
  t.is(most, 23);
  const daysInAll = ((tokens.at(-1) ?? 0) - (tokens[0] ?? 0)) / day;
  t.is((tokens.length / daysInAll).toFixed(1), '1.6');
  t.true(
    page.includes(
      '3.2 times a day in the last year, and 23 times on some days of 2024. Over the nine years it was 1.6.',
    ),
  );
});

test('both pictures of the list name its changes', (t) => {
  for (const name of ['docs/s3-us-gov-west-1.svg', 'docs/s3-us-gov-west-1-narrow.svg']) {
    const picture = readFileSync(name, 'utf8');
    t.true(picture.includes('5,269 publications, 10 changes'), name);
    t.true(picture.includes('change this list ten times'), name);
  }
  const listOf = (bytes: Buffer) => {
    const prefixes: readonly { ip_prefix: string; region: string }[] = JSON.parse(bytes.toString()).prefixes;
    const chosen = prefixes.filter(({ region }) => region === 'us-gov-west-1');
    return [...new Set(chosen.map((prefix) => prefix.ip_prefix))].sort().join();
  };
  const lists = documents.map(({ bytes }) => listOf(bytes));
  t.is(lists.filter((list, index) => index > 0 && list !== lists[index - 1]).length, 10);
});

test('docs/guard.svg is what the guard says of the rules of 29 August 2024', async (t) => {
  t.is(await guardPicture(runForDemo(temporaryDirectory(t))), readFileSync('docs/guard.svg', 'utf8'));
});

corpusTest('docs/publications.md has the lengths of the lists of the newest document', (t) => {
  const document = parseDocument(corpusDocument(corpusTokens().at(-1) ?? ''));
  const tables = readPage(readFileSync('docs/publications.md', 'utf8')).tables;
  const rows = tables.find(({ header }) => header.includes('IPv4 aggregated'))?.rows ?? [];
  t.true(rows.length > 10);
  for (const [selection = '', ...lengths] of rows) {
    const [service, region] = selection.split(', ');
    const choice = { services: [service], ...(region !== 'all regions' && { regions: [region] }) };
    const found = [4, 6].flatMap((family) =>
      [false, true].map((aggregate) => {
        const source = { ...choice, ip_versions: [family], aggregate, allow_empty: true };
        return select(document, parseSource(source)).length.toLocaleString('en-US');
      }),
    );
    t.deepEqual(lengths, found, selection);
  }
});

// What happens beyond a cap is tested where its subject is.
const caps: readonly (readonly [file: string, name: string, value: number, page: string])[] = [
  ['concourse/request.ts', 'deepest', 64, 'nests more than 64 levels'],
  ['concourse/request.ts', 'longest', 8 * 2 ** 20, 'a request above 8 MiB'],
  ['guard/rule.ts', 'mostRules', 100_000, '100,000 rules, destinations and entries in all'],
  ['guard/get-directory.ts', 'mostCidrs', 100_000, 'ranges has at most 100,000 CIDRs'],
  ['guard/coverage.ts', 'mostBoundaries', 1_000, 'at most 1,000 port boundaries'],
  ['guard/forms/text.ts', 'largest', 2 ** 24, 'as text 16 MiB'],
  ['guard/rules-json.ts', 'mostValues', 5_000_000, '5,000,000 JSON values'],
  ['guard/coverage.ts', 'mostComparisons', 5_000_000, 'rules and ranges, are at most 5,000,000'],
  ['guard/rules-json.ts', 'deepest', 256, '64 MiB (as text 16 MiB), 256 levels'],
  ['guard/rules-file.ts', 'largest', 2 ** 26, 'A rules file has at most 64 MiB'],
  ['bin/check.ts', 'longestCheck', 20_000, 'A check takes at most 20 s of it'],
  ['ip-ranges/http/exchange.ts', 'bodyLimit', 2 ** 24, 'a body above 16 MiB'],
  ['ip-ranges/http/policy.ts', 'maxRedirects', 5, 'at most five times'],
  ['ip-ranges/http/policy.ts', 'firstDelay', 250, 'at first after 0.25 s at most'],
  ['ip-ranges/http/policy.ts', 'longestDelay', 10_000, 'then up to 10 s apart'],
  ['outputs/response.ts', 'listed', 256, 'absent above 256'],
  ['outputs/security-group.ts', 'mostDestinations', 6000, 'up to 6,000 CIDRs'],
  ['version.ts', 'longestMember', 120, 'at most 120 characters'],
];

const pages = ['README.md', 'docs/failures.md', 'docs/guard.md', 'docs/versions.md']
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
