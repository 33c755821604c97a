// Nothing is guessed: whatever a document was mutated to, check and in say what an independent reading says, or refuse it.
import test from 'ava';
import { DocumentError, parseDocument } from '../../src/ip-ranges/document.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { documentWith, incident, renderDocument, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, readFiles, run, succeed } from '../helpers/executables.ts';
import { disagreement, makeCase } from '../helpers/fuzz/agreement.ts';
import { readDocument } from '../helpers/fuzz/reading.ts';
import { startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Always the same, so that what passes today passes tomorrow; `npm run fuzz` takes others. */
const seed = 20_240_829;

// Before the other, whose memory would have to be mapped for each process.
test.serial(
  'the built executables agree with the independent reading of a hundred mutated documents',
  async (t) => {
    const cases = Array.from({ length: 100 }, (_, index) => makeCase(seed, 1_000_000 + index));
    const server = await startServer(t, (request, response) => {
      const index = Number(/^\/(\d+)\//.exec(request.url ?? '')?.[1]);
      response.end(cases[index]?.bytes);
    });
    const outcomes = cases.map(async ({ source, given, expected }, index) => {
      const { version_on: _, ...choice } = source;
      const request = { source: { ...choice, url: server.url.replace(/[^/]*$/, `${index}/ip-ranges.json`) } };
      const directory = temporaryDirectory(t);
      if (expected === undefined) {
        const reason = /not a usable ip-ranges\.json: |the selection is empty|source\.(?!timeout)/;
        assertFailure(t, await run('check', request), reason);
        assertFailure(
          t,
          await run(
            'in',
            { ...request, version: given, params: { document: true } },
            { args: [directory], isInProcess: true },
          ),
          reason,
        );
        t.deepEqual(await readFiles(directory), {});
        return false;
      }
      const { version, list } = expected;
      t.deepEqual(await check(t, request), version);
      await succeed(t, 'in', { ...request, version, params: { document: true } }, directory, {
        isInProcess: true,
      });
      const files = await readFiles(directory);
      t.is(files['cidrs.txt'], [...list.ipv4, ...list.ipv6].map((cidr) => `${cidr}\n`).join(''));
      t.deepEqual(JSON.parse(files['prefixes.json'] ?? ''), JSON.parse(JSON.stringify(list.entries)));
      t.deepEqual(Object.keys(files).sort(), filesOfGet({ document: true }));
      return true;
    });
    const accepted = (await Promise.all(outcomes)).filter(Boolean).length;
    t.log(`${accepted} of ${cases.length} accepted`);
    t.true(accepted > 20 && accepted < 80, 'a real mix');
  },
);

// Alone: it leaves the servers of other tests no time to answer.
test.serial('check and in agree with an independent reading of 10,000 mutated documents', async (t) => {
  const cases = 10_000;
  let accepted = 0;
  for (let index = 0; index < cases; index++) {
    const one = makeCase(seed, index);
    const fault = await disagreement(one);
    if (fault !== undefined) {
      t.fail(`npm run fuzz -- 1 --seed ${seed} --from ${index} (${one.mutations.join(', ')}): ${fault}`);
      return;
    }
    if (one.expected !== undefined) accepted++;
  }
  t.log(`${accepted} of ${cases} accepted`);
  t.true(accepted > 0.3 * cases && accepted < 0.7 * cases, 'a real mix');
});

test('the independent reading itself tells documents apart', (t) => {
  t.is(readDocument(Buffer.from(incident))?.ipv4.length, 15);
  for (const text of [
    incident.slice(0, -1),
    `\ufeff${incident}`,
    incident.replace('"region"', '"service": "S3", "region"'),
    incident.replace('108.175.56.0/22', '108.175.57.0/22'),
    incident.replace('2600:1fa0:2000::/40', '2600:1FA0:2000::/40'),
    incident.replace('"region": "us-gov-west-1"', '"region": 7'),
  ]) {
    t.is(readDocument(Buffer.from(text)), undefined);
  }
});

test('an entry with networks of both families is refused, for it could be read as either', async (t) => {
  const entry = {
    ip_prefix: '10.0.0.0/8',
    ipv6_prefix: '2600:1fa0:2000::/40',
    region: 'us-gov-west-1',
    service: 'S3',
  };
  for (const [name, parts] of [
    ['prefixes', { prefixes: [entry] }],
    ['ipv6_prefixes', { ipv6_prefixes: [entry] }],
  ] as const) {
    const error = t.throws(() => parseDocument(Buffer.from(renderDocument(parts))), {
      instanceOf: DocumentError,
    });
    t.regex(error.message, new RegExp(`^its ${name}\\[0\\] has .* where one network belongs`));
  }
  const server = await startServer(t, (_request, response) => {
    response.end(renderDocument({ ipv6_prefixes: [entry] }));
  });
  assertFailure(
    t,
    await run('check', { source: s3Source(server.url) }),
    /where one network belongs \(\d+ attempts within/,
  );
});

test('nesting is read to 64 levels, and refused beyond without recursion to the end of the stack', (t) => {
  const nested = (levels: number) =>
    incident.replace('{', `{"x": ${'['.repeat(levels)}${']'.repeat(levels)},`);
  t.is(parseDocument(Buffer.from(nested(63))).ipv4.length, 15);
  for (const levels of [64, 1000, 1_000_000]) {
    const error = t.throws(() => parseDocument(Buffer.from(nested(levels))), { instanceOf: DocumentError });
    t.is(error.message, 'it nests values more than 64 levels deep');
  }
  const array = Buffer.from('['.repeat(1_000_000) + ']'.repeat(1_000_000));
  t.throws(() => parseDocument(array), { instanceOf: DocumentError });
});

test('a glob reaches names with line ends and characters beyond the first plane', async (t) => {
  const regions = ['us-gov-we\nst', 'us-gov-we\u2028st', 'us-gov-we\u{1f30d}st'];
  const names = documentWith('1724938990');
  for (const region of regions) {
    const document = names.replace(
      /"region": "us-gov-west-1"(?=,\s*"service": "S3")/,
      `"region": ${JSON.stringify(region)}`,
    );
    const server = await startServer(t, (_request, response) => void response.end(document));
    for (const glob of ['us-gov-*', 'us-gov-we?st', '*']) {
      const source = { url: server.url, regions: [glob], ip_versions: [4] };
      const directory = temporaryDirectory(t);
      const request = { source, version: await check(t, { source }), params: { document: true } };
      await succeed(t, 'in', request, directory);
      const files = await readFiles(directory);
      t.regex(files['prefixes.json'] ?? '', /"region": "us-gov-we(\\n|\u2028|\u{1f30d})st"/u, glob);
    }
  }
});

test('names of a document cannot rewrite the terminal that shows a message', async (t) => {
  const document = documentWith('1724938990').replaceAll('us-gov-west-1', 'us-gov-west-\\u001b[2J\\u202e1');
  const server = await startServer(t, (_request, response) => void response.end(document));
  for (const regions of [['us-gov-west-[2J1'], ['elsewhere']]) {
    const outcome = await run('check', { source: { url: server.url, regions } });
    assertFailure(t, outcome, /us-gov-west-\\ufffd\[2J\\ufffd1/);
  }
});
