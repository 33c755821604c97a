// What a document and a source can keep the processor busy with ends with the timeout, whichever way the document came.
import test from 'ava';
import { openNetwork } from '../../src/bin/network.ts';
import { interruptAfter } from '../../src/concourse/interrupt.ts';
import { parseSource } from '../../src/config/source.ts';
import { UserError } from '../../src/errors.ts';
import { get } from '../../src/in.ts';
import type { HttpOutside } from '../../src/ip-ranges/http/client.ts';
import { Failure } from '../../src/ip-ranges/http/failure.ts';
import type { Documents } from '../../src/ip-ranges/outside.ts';
import { receiveDocument } from '../../src/ip-ranges/received.ts';
import { versionOf } from '../../src/selection/digest.ts';
import { select } from '../../src/selection/select.ts';
import { parseSyncToken, type SyncToken } from '../../src/version.ts';
import { packBundle } from '../helpers/archive.ts';
import { incident } from '../helpers/documents.ts';
import { inMemoryOutside } from '../helpers/in-memory.ts';
import { documentOf } from '../helpers/ip-ranges.ts';
import { documentHandler, startServer } from '../helpers/server.ts';

const token = parseSyncToken('1724938990') as SyncToken;
const silent = () => undefined;
const outside: HttpOutside = {
  env: {},
  log: { info: silent, note: silent, debug: silent, error: silent },
  now: Date.now,
  wait: async () => undefined,
  random: () => 0.5,
};
const endless = () => {
  for (;;);
};

const ways: readonly (readonly [
  string,
  () => Promise<Buffer>,
  (documents: Documents) => Promise<unknown>,
])[] = [
  [
    'the published document',
    async () => Buffer.from(incident),
    ({ published }) => published.document(endless),
  ],
  [
    'a document of history_url',
    async () => Buffer.from(incident),
    async ({ history }) => history?.document(token, endless),
  ],
  [
    'a document in a bundle of history_url',
    () => packBundle([{ name: 'ip-ranges.json', bytes: Buffer.from(incident) }], 0),
    async ({ history }) => history?.document(token, endless),
  ],
];

for (const [title, body, read] of ways) {
  // Alone: other tests would leave its server no time to answer.
  test.serial(`an attack: a selection without end from ${title} ends with the timeout`, async (t) => {
    const server = await startServer(t, documentHandler(await body()));
    const { access } = parseSource({
      url: server.url,
      history_url: `${server.url}/{syncToken}`,
      timeout: '400ms',
    });
    // The first loads what the second is to have no time for. Its timer is waited for.
    await openNetwork({ ...access, timeout: 5000 }, outside).published.syncToken();
    const documents = openNetwork(access, outside);
    await t.throwsAsync(read(documents), { instanceOf: UserError, message: / within .* source\.timeout/ });
  });
}

test("receiveDocument() parses a document in another layout than AWS's only when there is time for its size", (t) => {
  const entry = '{"ip_prefix":"10.0.0.0/24","service":"S3","region":"us-gov-west-1"}';
  const text = `{"syncToken":"1724938990","prefixes":[${entry}],"ipv6_prefixes":[]}`;
  // A mebibyte is given 64 ms.
  const bytes = Buffer.from(text.padEnd(2 ** 20));
  t.throws(() => receiveDocument(bytes, 63), {
    instanceOf: Failure,
    message:
      /to read its 1048576 bytes, which are not laid out as AWS lays them out, takes longer than the rest of timeout/,
  });
  t.is(receiveDocument(bytes, 64).ipv4.length, 1);
});

test('an attack: files that take longer than the timeout leaves are an error, and nothing is written', async (t) => {
  const source = { services: ['S3'], version_on: 'syncToken', timeout: '10s' };
  const document = documentOf(
    Array.from({ length: 20_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24 S3 us-east-1`),
  );
  const version = versionOf(document, select(document, parseSource(source).criteria));
  const written: unknown[] = [];
  for (const [elapsed, bundle] of [
    [0, true],
    // A document that came in the last moment has half a second more; here it is over.
    [10_499, true],
    [10_499, false],
  ] as const) {
    let now = Number(document.syncToken) * 1000;
    const inMemory = inMemoryOutside(() => document);
    const answer = get({ source, version, params: { bundle } }, (files) => written.push(files), {
      ...inMemory,
      interruptAfter,
      now: () => now,
      openDocuments: async (access) => {
        const { published } = await inMemory.openDocuments(access);
        const late: Documents['published'] = {
          ...published,
          document: async (use) => {
            const used = await published.document(use);
            now += elapsed;
            return used;
          },
        };
        return { published: late, history: undefined };
      },
    });
    if (elapsed === 0) await t.notThrowsAsync(answer);
    else {
      await t.throwsAsync(answer, {
        instanceOf: UserError,
        message:
          /^to make the files of 20000 CIDRs takes longer than what is left of the 10 s of source\.timeout/,
      });
    }
  }
  t.is(written.length, 1);
});
