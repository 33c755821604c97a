// README.md against the code: every source key, param and file is in its tables with its default, and nothing else is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { getDefaults } from 'valibot';
import { parse } from 'yaml';
import { contractVersion } from '../../src/config/contract.ts';
import { paramSchemas } from '../../src/config/params.ts';
import { publishedUrl, sourceSchema } from '../../src/config/source.ts';
import { incident, s3Source } from '../helpers/documents.ts';
import { check, readFiles, succeed } from '../helpers/executables.ts';
import { codesOf } from '../helpers/markdown.ts';
import { namesOf, promisedFiles, rowsUnder } from '../helpers/readme.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** The files of a get with everything switched on, with their content. */
async function filesOf(t: ExecutionContext): Promise<Record<string, string>> {
  const { url } = await startServer(t, documentHandler(incident));
  const source = s3Source(url);
  const version = await check(t, { source });
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', { source, version, params: { document: true, bundle: true } }, directory);
  return readFiles(directory);
}

test('the table of the source has every key, and no other, with its default', (t) => {
  const rows = rowsUnder('Source configuration');
  assertDefaults(t, rows, getDefaults(sourceSchema), { url: ["AWS's", publishedUrl] });
  t.deepEqual(namesOf(rows).sort(), Object.keys(sourceSchema.entries).sort());
});

test('the table of params of in has every param, and no other, with its default', async (t) => {
  const rows = rowsUnder('the ranges as files', 'param');
  const { terraform: _, security_group: __, ...plain } = getDefaults(paramSchemas.in);
  const below = (prefix: string, defaults: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(defaults).map(([key, value]) => [`${prefix}: {${key}}`, value]));
  const defaults = {
    ...plain,
    ...below('terraform', getDefaults(paramSchemas.terraform)),
    ...below('security_group', getDefaults(paramSchemas.securityGroup)),
  };
  // Made from each CIDR: the table shows one.
  const [rule] = JSON.parse((await filesOf(t))['security-group.json'] ?? '');
  assertDefaults(
    t,
    rows,
    {
      ...defaults,
      'security_group: {description}': rule.description,
    },
    { 'security_group: {ip_versions}': ['IPv4', undefined] },
  );
  t.deepEqual(namesOf(rows).sort(), Object.keys(defaults).sort());
  t.deepEqual(
    Object.keys(paramSchemas.in.entries).sort(),
    [...Object.keys(plain), 'security_group', 'terraform'].sort(),
  );
});

test('the table of params of out has every param, and no other, with its default', (t) => {
  const rows = rowsUnder('the guard', 'param');
  assertDefaults(t, rows, getDefaults(paramSchemas.out), {
    rules: ['required', undefined],
    ranges: ['required', undefined],
  });
  t.deepEqual(namesOf(rows).sort(), Object.keys(paramSchemas.out.entries).sort());
});

test('the table of files has every file that in writes, and no other', async (t) => {
  const names = Object.keys(await filesOf(t)).map((name) => name.replace(/\d{10}/, '<syncToken>'));
  t.deepEqual(promisedFiles().sort(), names.sort());
});

test('the table of metadata has every row that a get can have, and no other', async (t) => {
  const { url } = await startServer(t, documentHandler(incident));
  const source = { ...s3Source(url), hold_cidrs: 0 };
  const { syncToken, ...rest } = await check(t, { source });
  const older = { syncToken: String(Number(syncToken) - 1), ...rest };
  const { metadata } = await succeed(t, 'in', { source, version: older }, temporaryDirectory(t));
  const named = namesOf(rowsUnder('the ranges as files', 'row'));
  for (const name of Object.keys(metadata)) t.true(named.includes(name), `README.md does not name ${name}`);
  const code = codeOfSrc();
  for (const name of named) t.true(code.includes(`name: '${name}'`), `no row of metadata is ${name}`);
});

test('the errors that README explains are in the words of the code', (t) => {
  const code = codeOfSrc();
  const words = namesOf(rowsUnder('Errors and fixes'));
  t.true(words.length > 5);
  for (const text of words) t.true(code.includes(text), `no error has the words "${text}"`);
});

test('docs/versions.md names the contract version of this release, and a range that it satisfies', (t) => {
  const text = readFileSync('docs/versions.md', 'utf8').replaceAll(/\s+/g, ' ');
  t.true(text.includes(`promise, \`${contractVersion}\``));
  t.true(text.includes(`\`contract: ^${contractVersion.split('.')[0]}\``));
});

/** The text of all of src. */
function codeOfSrc(): string {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join('src', name), 'utf8'))
    .join('\n');
}

/**
 * A default in backquotes is YAML that gives the default; one of the words below stands for having none. `wording` has
 * the cells that are worded otherwise, and what the default is then.
 */
function assertDefaults(
  t: ExecutionContext,
  rows: readonly (readonly string[])[],
  defaults: Readonly<Record<string, unknown>>,
  wording: Readonly<Record<string, readonly [cell: string, value: unknown]>> = {},
): void {
  for (const [keyCell = '', cell = ''] of rows) {
    const [key = ''] = codesOf(keyCell);
    const [words, value] = wording[key] ?? [];
    if (words !== undefined) {
      t.is(cell, words, key);
      t.is(defaults[key], value, key);
      continue;
    }
    const [code] = codesOf(cell);
    if (code !== undefined) {
      t.is(cell, `\`${code}\``, key);
      // A string in the schema may be written without quotes, `443` too.
      const isText = typeof defaults[key] === 'string';
      t.deepEqual(
        isText ? code : parse(code),
        defaults[key],
        `README.md says that ${key} is ${code} by default`,
      );
    } else {
      t.true(['all', 'any', 'none'].includes(cell), `README.md says that ${key} is ${cell} by default`);
      const nothing = [undefined, '[]', '{}'];
      t.true(nothing.includes(JSON.stringify(defaults[key])), `README.md says that ${key} has no default`);
    }
  }
}
