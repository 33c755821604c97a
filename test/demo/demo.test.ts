// npm run demo: what it shows is what the executables do.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import {
  dayBefore,
  fiveRanges,
  incidentDay,
  laterPublications,
  readDocument,
} from '../../demo/publications.ts';
import { openResource, type Run, startingFrom } from '../../demo/resource.ts';
import { openPublisher } from '../../demo/server.ts';
import { tellStory } from '../../demo/story.ts';
import { openTerminal } from '../../demo/terminal.ts';
import { type Document, parseDocument } from '../../src/ip-ranges/document.ts';
import { select } from '../../src/selection/select.ts';
import { corpusDocument, corpusTest } from '../helpers/corpus.ts';
import { run } from '../helpers/executables.ts';
import { readHistory } from '../helpers/history.ts';
import { criteriaOf } from '../helpers/ip-ranges.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** The executables as functions in this process. check keeps its memory in the directory. */
function runIn(TMPDIR: string): Run {
  return async (name, request, args) => {
    const { code, stdout, stderr } = await run(name, request, { args, env: { TMPDIR } });
    return { exitCode: code, stdout, stderr };
  };
}

/** Tells the story in this process, and returns what it shows. */
async function story(t: ExecutionContext, change: (run: Run) => Run = (run) => run): Promise<string> {
  const publisher = await openPublisher();
  t.teardown(() => publisher.close());
  const directory = temporaryDirectory(t);
  const resource = openResource(change(runIn(temporaryDirectory(t))));
  let output = '';
  const terminal = openTerminal(false, (text) => {
    output += text;
  });
  await tellStory({ resource, publisher, directory, terminal });
  return output;
}

test('the demo shows the incident, what the guard says about it, and what comes next, on one screen', async (t) => {
  const stdout = await story(t);
  t.is(stdout, stripVTControlCharacters(stdout), 'colour although stdout is no terminal');
  const lines = stdout.split('\n');
  t.true(lines.length <= 24, 'with the prompt a terminal of 24 lines shows all of it');
  t.deepEqual(
    lines.filter((line) => line.length > 78),
    [],
  );

  // Lines of the executables may be broken to fit.
  const joined = stdout.replace(/\s+/g, ' ');
  for (const part of [
    /1 check .* syncToken 1724938990, created 2024-08-29-13-43-10 2 in /,
    /15\.200\.28\.240\/28 15\.200\.176\.128\/28 108\.175\.48\.0\/22 108\.175\.56\.0\/22 136\.18\.0\.0\/23 3 out /,
    /error: .* leaves out 3 of 5 published CIDRs for tcp 443 .* 108\.175\.56\.0\/22 .* exit 1: never deployed 4 out /,
    /exit 0: deployed 5 check .* version_on: syncToken starts 5 builds, version_on: cidrs 1 6 in /,
    /the same 5 ranges, without a request to AWS The guard stopped .* left out 3 of 5 published ranges\. Next: /,
  ]) {
    t.regex(joined, part);
  }
});

test('docs/guard.svg shows what the guard says in the demo', async (t) => {
  const shown = (await story(t)).replace(/\s+/g, ' ');
  const [, missing = ''] = /leaves out 3 of 5 published CIDRs for tcp 443 (.*) exit 1:/.exec(shown) ?? [];
  const texts = [...readFileSync('docs/guard.svg', 'utf8').matchAll(/<text [^>]*>([^<]*)</g)];
  t.deepEqual(texts.map(([, text = '']) => text).slice(2, -1), [
    'the new rules, tcp 443',
    ...fiveRanges.flatMap((cidr) => [cidr, missing.includes(cidr) ? 'missing' : 'allowed']),
    'put: guard failed',
    'leaves out 3 of 5 published CIDRs',
  ]);
});

const json = (value: unknown) => JSON.stringify(value);

/** Executables that do not behave, and what the demo says of them. */
const broken: readonly [name: string, does: string, change: (own: Run) => Run, complaint: RegExp][] = [
  [
    'out',
    'passes every rule',
    () => async () => ({ exitCode: 0, stdout: json({ version: {}, metadata: [] }), stderr: '' }),
    /^the guard let rules with two of five ranges pass \(exit code 0\)$/,
  ],
  [
    'check',
    'skips nothing',
    (own) => (name, request, args) =>
      own(name, JSON.parse(json(request).replace('"cidrs"', '"syncToken"')), args),
    /^version_on: cidrs made 5 versions, and the list changed once$/,
  ],
  [
    'in',
    'fails',
    () => async () => ({ exitCode: 1, stdout: '', stderr: 'error: no such version\n' }),
    /^in ended with exit code 1: error: no such version\n$/,
  ],
];

for (const [broke, does, change, complaint] of broken) {
  test(`the demo fails with a message when ${broke} ${does}`, async (t) => {
    const replaced = (own: Run): Run => {
      const other = change(own);
      return (name, request, args) => (name === broke ? other : own)(name, request, args);
    };
    await t.throwsAsync(story(t, replaced), { name: 'DemoFailure', message: complaint });
  });
}

test('the demo starts the executables of a directory, and says how to get them when they are missing', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'out'), '#!/bin/sh\ncat\necho "$1 $OWN" >&2\nexit 3\n', { mode: 0o755 });
  const run = startingFrom(directory, { PATH: process.env['PATH'], OWN: 'own' });
  t.deepEqual(await run('out', { a: 1 }, ['b']), { exitCode: 3, stdout: '{"a":1}', stderr: 'b own\n' });
  const missing = await t.throwsAsync(run('in', {}, []), { name: 'DemoFailure' });
  t.regex(missing?.message ?? '', /cannot be run .*ENOENT.*npm run build makes it$/);
});

// The demo's documents: valid, and true to what AWS published.

const tokens = [dayBefore, incidentDay, ...laterPublications];

/** S3 in the us-gov regions, in the order of cidrs.txt. */
function s3In(document: Document): string[][] {
  return ['us-gov-west-1', 'us-gov-east-1'].map((region) =>
    select(document, criteriaOf({ regions: [region] })).map(({ cidr }) => cidr.text),
  );
}

test("the folder holds the documents of the demo, in AWS's form, with S3 in the us-gov regions as nine years have it", async (t) => {
  const files = readdirSync('demo/documents').filter((name) => name !== 'README.md');
  t.deepEqual(files.toSorted(), tokens.map((token) => `${token}.json`).toSorted());
  const history = new Map((await readHistory()).map(({ syncToken, bytes }) => [syncToken, bytes]));
  for (const token of tokens) {
    const document = parseDocument(readDocument(token));
    t.is<string, string>(document.syncToken, token);
    const published = new Date(Number(token) * 1000).toISOString();
    t.is(document.createDate, published.slice(0, 19).replace(/[T:]/g, '-'));
    const text = document.bytes.toString();
    t.is(text, JSON.stringify(JSON.parse(text), undefined, 2));
    t.true(document.ipv4.length + document.ipv6.length < 120, 'a few dozen entries of each family');
    t.deepEqual(s3In(document), s3In(parseDocument(history.get(token) ?? Buffer.of())), token);
  }
});

corpusTest('the documents are the real ones, shortened: S3 in the us-gov regions is complete', (t) => {
  for (const token of tokens) {
    const [own, real] = [readDocument(token), corpusDocument(token)].map(parseDocument);
    if (own === undefined || real === undefined) return t.fail();
    t.is(own.createDate, real.createDate);
    for (const family of ['ipv4', 'ipv6'] as const) {
      const [kept, all] = [own[family], real[family]].map((list) =>
        list.map((entry) => JSON.stringify(entry)),
      );
      t.deepEqual(
        kept,
        all?.filter((entry) => kept?.includes(entry)),
      );
    }
    t.deepEqual(s3In(own), s3In(real));
  }
});
