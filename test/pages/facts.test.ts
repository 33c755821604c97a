// What the pages say against the code: the tables of README.md, the folders of docs/architecture.md, caps, and what
// docs/publications.md counts.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runInNewContext } from 'node:vm';
import test, { type ExecutionContext } from 'ava';
import { getDefaults } from 'valibot';
import { parse } from 'yaml';
import { contractVersion } from '../../src/config/contract.ts';
import { paramSchemas } from '../../src/config/params.ts';
import { parseSource, publishedUrl, sourceSchema } from '../../src/config/source.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { select } from '../../src/selection/select.ts';
import { corpusDocument, corpusTest, corpusTokens } from '../helpers/corpus.ts';
import { incidentVersion } from '../helpers/documents.ts';
import { getNewest, succeed } from '../helpers/executables.ts';
import { readHistory } from '../helpers/history.ts';
import { codesOf, readPage } from '../helpers/markdown.ts';
import { namesOf, promisedFiles, rowsUnder } from '../helpers/readme.ts';
import { publish } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const names = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const code = new Map(names.map((name) => [name, readFileSync(join('src', name), 'utf8')]));
const codeOfSrc = [...code.values()].join('\n');

/** The text of a page without its line breaks. */
function textOf(name: string): string {
  return readFileSync(name, 'utf8').replaceAll(/\s+/g, ' ');
}

test('the tables of README.md have every key and param with its default, every file and row of metadata, and no other', async (t) => {
  const { source } = await publish(t);
  const { files } = await getNewest(t, source, { document: true, bundle: true });
  const { terraform: _, security_group: __, ...plain } = getDefaults(paramSchemas.in);
  const below = (prefix: string, defaults: object) =>
    Object.fromEntries(Object.entries(defaults).map(([key, value]) => [`${prefix}: {${key}}`, value]));
  // Made from each CIDR: the table shows one.
  const [{ description }] = JSON.parse(files['security-group.json'] ?? '');
  const defaultsOfIn = {
    ...plain,
    ...below('terraform', getDefaults(paramSchemas.terraform)),
    ...below('security_group', { ...getDefaults(paramSchemas.securityGroup), description }),
  };
  assertTable(t, rowsUnder('Source configuration'), getDefaults(sourceSchema), {
    url: ["AWS's", publishedUrl],
  });
  assertTable(t, rowsUnder('the ranges as files', 'param'), defaultsOfIn, {
    'security_group: {ip_versions}': ['IPv4', undefined],
  });
  assertTable(t, rowsUnder('the guard', 'param'), getDefaults(paramSchemas.out), {
    rules: ['required', undefined],
    ranges: ['required', undefined],
  });
  const written = Object.keys(files).map((name) => name.replace(/\d{10}/, '<syncToken>'));
  t.deepEqual(promisedFiles().sort(), written.sort());

  // Of an older version the metadata says where it was served from, too.
  const version = { ...incidentVersion, syncToken: String(Number(incidentVersion.syncToken) - 1) };
  const { metadata } = await succeed(t, 'in', { source, version }, temporaryDirectory(t));
  const rows = namesOf(rowsUnder('the ranges as files', 'row'));
  for (const name of Object.keys(metadata)) t.true(rows.includes(name), `README.md does not name ${name}`);
  for (const name of rows) t.regex(codeOfSrc, new RegExp(`^    ${name}[:,]`, 'm'));
});

/**
 * A default in backquotes is YAML that gives the default; one of the words below stands for having none. `wording` has
 * the cells that are worded otherwise, and what the default is then.
 */
function assertTable(
  t: ExecutionContext,
  rows: readonly (readonly string[])[],
  defaults: Readonly<Record<string, unknown>>,
  wording: Readonly<Record<string, readonly [cell: string, value: unknown]>> = {},
): void {
  t.deepEqual(namesOf(rows).sort(), Object.keys(defaults).sort());
  for (const [keyCell = '', cell = ''] of rows) {
    const [key = ''] = codesOf(keyCell);
    const value = defaults[key];
    const [code] = codesOf(cell);
    const worded = wording[key];
    if (worded !== undefined) t.deepEqual([cell, value], [...worded], key);
    // A string in the schema may be written without quotes, `443` too.
    else if (code !== undefined) t.deepEqual(typeof value === 'string' ? code : parse(code), value, key);
    else {
      t.true(['all', 'any', 'none'].includes(cell), `README.md says that ${key} is ${cell} by default`);
      t.true([undefined, '[]', '{}'].includes(JSON.stringify(value)), `${key} has no default on the page`);
    }
  }
}

test('the errors that README.md explains are in the words of the code', (t) => {
  const words = namesOf(rowsUnder('Errors and fixes'));
  t.true(words.length > 5);
  for (const text of words) t.true(codeOfSrc.includes(text), `no error has the words "${text}"`);
});

test('docs/versions.md names the contract version of this release, and a range that it satisfies', (t) => {
  const text = textOf('docs/versions.md');
  t.true(text.includes(`promise, \`${contractVersion}\``));
  t.true(text.includes(`\`contract: ^${contractVersion.split('.')[0]}\``));
});

const folders = readPage(readFileSync('docs/architecture.md', 'utf8')).tables.find(
  ({ section }) => section.at(-1) === 'Folders',
);
/** What is at the top of src, by the rows of docs/architecture.md. */
const layers = folders?.rows.map(([cell = '']) => codesOf(cell)) ?? [];

/** The folder or file at the top of src that a path is in, as the page writes it. */
function partOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return rest.length === 0 ? first : `${first}/`;
}

test('every folder and file of src is in a row of docs/architecture.md, and imports lead to rows below or stay in their folder', (t) => {
  const rowOf = (part: string) => layers.findIndex((parts) => parts.includes(part));
  const parts = new Set(names.map(partOf));
  for (const part of parts) t.not(rowOf(part), -1, `${part} is not on the page`);
  for (const part of layers.flat()) {
    t.true(parts.has(part) || !part.endsWith('/'), `${part} is only on the page`);
  }
  let imports = 0;
  for (const [from, text] of code) {
    for (const [, target = ''] of text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const [here, there] = [from, relative('.', join(dirname(from), target))].map(partOf) as [
        string,
        string,
      ];
      t.true(
        here === there || rowOf(here) < rowOf(there),
        `src/${from} imports ${target}, which is in no row below`,
      );
      imports++;
    }
  }
  t.true(imports > 100);
});

test('docs/publications.md and its pictures say what is counted in nine years', async (t) => {
  const documents = await readHistory();
  const tokens = [...new Set(documents.map(({ syncToken }) => Number(syncToken)))].sort((a, b) => a - b);
  const [first, last] = [tokens[0] ?? 0, tokens.at(-1) ?? 0];
  const gaps = tokens.slice(1).map((token, index) => token - (tokens[index] ?? token));
  const withinHour = gaps.filter((gap) => gap <= 3600).length / gaps.length;
  const day = 24 * 60 * 60;
  const lastYear = tokens.filter((token) => token > last - 365 * day).length / 365;
  const days = tokens.map((token) => Math.floor(token / day));
  const most = Math.max(...days.map((one) => days.lastIndexOf(one) - days.indexOf(one) + 1));
  const lists = documents.map(({ bytes }) => {
    const prefixes: readonly { ip_prefix: string; region: string }[] = JSON.parse(bytes.toString()).prefixes;
    const chosen = prefixes.filter(({ region }) => region === 'us-gov-west-1');
    return [...new Set(chosen.map((prefix) => prefix.ip_prefix))].sort().join();
  });
  const changes = lists.filter((list, index) => index > 0 && list !== lists[index - 1]).length;
  const dayOf = (token: number) => new Date(token * 1000).toISOString().slice(0, 10);
  const counted = (count: number) => count.toLocaleString('en-US');
  const inAll = `${counted(tokens.length)} publications, ${changes} changes`;
  const page = textOf('docs/publications.md');
  for (const text of [
    `${counted(documents.length)} documents from ${dayOf(first)} to ${dayOf(last)}`,
    inAll,
    `two publications was ${Math.round(Math.min(...gaps) / 60)} minutes. ` +
      `${Math.round(100 * withinHour)} % of them were superseded within an hour.`,
    `${lastYear.toFixed(1)} times a day in the last year, and ${most} times on some days of 2024. ` +
      `Over the nine years it was ${(tokens.length / ((last - first) / day)).toFixed(1)}.`,
  ])
    t.true(page.includes(text), text);
  t.is(changes, 10);
  for (const name of ['docs/s3-us-gov-west-1.svg', 'docs/s3-us-gov-west-1-narrow.svg']) {
    const picture = readFileSync(name, 'utf8');
    t.true(picture.includes(inAll) && picture.includes('change this list ten times'), name);
  }
});

corpusTest('docs/publications.md has the lengths of the lists of the newest document', (t) => {
  const document = parseDocument(corpusDocument(corpusTokens().at(-1) ?? ''));
  const { tables } = readPage(readFileSync('docs/publications.md', 'utf8'));
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

test('caps of the code are what the pages say', (t) => {
  const pages = ['README.md', 'docs/failures.md', 'docs/guard.md', 'docs/versions.md'].map(textOf).join(' ');
  for (const [file, name, value, words] of caps) {
    const definition = new RegExp(`^(?:export )?const ${name} = ([^;]+);`, 'm').exec(code.get(file) ?? '');
    t.is(runInNewContext(definition?.[1] ?? ''), value, `${file} ${name}`);
    t.true(pages.includes(words), words);
  }
});
