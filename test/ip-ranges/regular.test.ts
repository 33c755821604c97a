// The fast way through a document and the general one: whatever the bytes, they find the same or refuse the same.
import test from 'ava';
import { type Document, DocumentError, parseAny, parseDocument } from '../../src/ip-ranges/document.ts';
import { readRegular } from '../../src/ip-ranges/regular.ts';
import { corpusDocument, corpusTest, corpusTokens } from '../helpers/corpus.ts';
import { documentWith, incident, ipv4, renderDocument } from '../helpers/documents.ts';
import { mutate } from '../helpers/fuzz/mutate.ts';
import { createRandom } from '../helpers/fuzz/random.ts';
import { isQuick } from '../helpers/quick.ts';

const services = ['s3', 'AMAZON', 'CLOUDFRONT', 'no such service', 'S3|EC2', '.*'];

/** All that a document says, or the message that refuses it. */
function told(read: (bytes: Buffer) => Document, bytes: Buffer): unknown {
  try {
    const { syncToken, createDate, ipv4, ipv6 } = read(bytes);
    return { syncToken, createDate, ipv4, ipv6 };
  } catch (error) {
    if (error instanceof DocumentError) return error.message;
    throw error;
  }
}

/** The entries of the services that are among the candidates. */
function candidatesOf(document: Document, wanted: readonly string[]): unknown {
  const names = wanted.map((service) => service.toUpperCase());
  return ([4, 6] as const).map((family) =>
    [...document.candidates(family, wanted)].filter(({ service }) => names.includes(service.toUpperCase())),
  );
}

test('both ways tell the same of thousands of mutated documents, in what they find and in what they refuse', (t) => {
  const seed = 20261124;
  const cases = isQuick ? 1000 : 10_000;
  const seen = { regular: 0, other: 0, refused: 0 };
  for (let index = 0; index < cases; index++) {
    const { bytes, mutations } = mutate(createRandom(seed, index));
    const about = `${index}: ${mutations.join(', ')}`;
    const [fast, general] = [told(parseDocument, bytes), told(parseAny, bytes)];
    if (JSON.stringify(fast) !== JSON.stringify(general)) t.deepEqual(fast, general, about);
    const regular = readRegular(bytes);
    if (regular === undefined) {
      seen[typeof general === 'string' ? 'refused' : 'other']++;
      continue;
    }
    seen.regular++;
    const any = parseAny(bytes);
    for (const service of services) {
      const both = [regular, any].map((document) => candidatesOf(document, [service]));
      if (JSON.stringify(both[0]) !== JSON.stringify(both[1])) t.deepEqual(both[0], both[1], about);
    }
  }
  t.log(JSON.stringify(seen));
  t.true(Math.min(...Object.values(seen)) > cases / 10, 'a real mix');
});

test('every byte of a small document, replaced, left out or doubled, makes no difference between the ways', (t) => {
  const small = Buffer.from(
    renderDocument({ prefixes: ipv4('S3', 'us-gov-west-1', '10.0.0.0/8', '10.9.0.0/16') }),
  );
  const characters = ['"', '\\', ',', '}', ']', '0', ' ', '\u00a0', '\v', 'é', '\0'].map((text) =>
    Buffer.from(text),
  );
  for (let at = 0; at < small.length; at++) {
    const [before, after] = [small.subarray(0, at), small.subarray(at + 1)];
    const others = [
      ...characters,
      Buffer.alloc(0),
      small
        .subarray(at, at + 1)
        .toString()
        .repeat(2),
    ];
    for (const other of others) {
      const bytes = Buffer.concat([before, Buffer.from(other), after]);
      const [fast, general] = [told(parseDocument, bytes), told(parseAny, bytes)];
      if (JSON.stringify(fast) !== JSON.stringify(general)) t.deepEqual(fast, general, bytes.toString());
    }
  }
  t.pass();
});

for (const [what, text] of [
  ["AWS's layout", incident],
  ['no white space at all', JSON.stringify(JSON.parse(incident))],
  ['Windows line ends and tabs', incident.replaceAll('\n', '\r\n').replaceAll('  ', '\t')],
  ['entries without border groups', incident.replaceAll(/,\s*"network_border_group": "[^"]*"/g, '')],
] as const) {
  test(`readRegular() takes a document with ${what}`, (t) => {
    t.truthy(readRegular(Buffer.from(text)));
  });
}

for (const [what, text] of [
  ['an unknown member', incident.replace('"region"', '"extra": "", "region"')],
  [
    'members in another order',
    incident.replace(/("service": "S3"),(\s*)("network_border_group": "[^"]*")/, '$3,$2$1'),
  ],
  ['a host bit', incident.replace('108.175.56.0/22', '108.175.57.0/22')],
  ['a comma before the end of an array', incident.replace(/\}(\s*\])/, '},$1')],
  ['a comma that is missing', incident.replace(/\},(\s*\{)/, '}$1')],
  ['something after its end', `${incident} x`],
  ['no entry', renderDocument({ prefixes: [] })],
] as const) {
  test(`readRegular() leaves a document with ${what} to the general way`, (t) => {
    t.not(text, incident);
    t.is(readRegular(Buffer.from(text)), undefined);
  });
}

corpusTest('the real documents are all regular, and both ways tell the same of them', (t) => {
  for (const token of corpusTokens()) {
    const bytes = corpusDocument(token);
    const regular = readRegular(bytes);
    if (regular === undefined) {
      t.fail(token);
      continue;
    }
    const general = parseAny(bytes);
    t.is(JSON.stringify([regular.ipv4, regular.ipv6]), JSON.stringify([general.ipv4, general.ipv6]));
    const wanted = ['S3', 'ec2'];
    t.is(JSON.stringify(candidatesOf(regular, wanted)), JSON.stringify(candidatesOf(general, wanted)));
    t.is(JSON.stringify(told(parseDocument, bytes)), JSON.stringify(told(parseAny, bytes)));
  }
});

test('candidates() gives the entries of several services, each once', (t) => {
  const document = parseDocument(Buffer.from(documentWith('1724938990')));
  t.is(
    [...document.candidates(4, ['S3', 'EC2'])].length,
    document.ipv4.filter(({ service }) => /^(S3|EC2)$/.test(service)).length,
  );
});
