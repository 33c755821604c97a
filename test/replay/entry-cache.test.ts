// Entries that are read once for many documents are those that each document has by itself.
import test, { type ExecutionContext } from 'ava';
import { openEntryCache } from '../../replay/entry-cache.ts';
import type { Prefix } from '../../src/ip-ranges/document.ts';
import { type ReadEntries, readRegular } from '../../src/ip-ranges/regular.ts';
import { corpusDocument, corpusTest, corpusTokens } from '../helpers/corpus.ts';
import { renderDocument } from '../helpers/documents.ts';
import { mutate } from '../helpers/fuzz/mutate.ts';
import { createRandom, type Random } from '../helpers/fuzz/random.ts';
import { isQuick } from '../helpers/quick.ts';

const wanted = [['s3'], ['EC2', 'AMAZON'], ['no such service'], []];

/** What sources would pick from the document, or undefined when it is not laid out as AWS does. */
function found(bytes: Buffer, read?: ReadEntries): unknown {
  const document = readRegular(bytes, read);
  if (document === undefined) return undefined;
  return ([4, 6] as const).map((family) =>
    wanted.map((services) => [...document.candidates(family, services)]),
  );
}

function isSame(t: ExecutionContext, bytes: Buffer, read: ReadEntries, about: string): boolean {
  const [alone, shared] = [found(bytes), found(bytes, read)];
  if (JSON.stringify(alone) !== JSON.stringify(shared)) t.deepEqual(shared, alone, about);
  return alone !== undefined;
}

const seed = 20261124;

test('in thousands of mutated documents, one after the other, the same is found as in each alone', (t) => {
  const read = openEntryCache();
  const cases = isQuick ? 1000 : 5000;
  let regular = 0;
  for (let index = 0; index < cases; index++) {
    const { bytes, mutations } = mutate(createRandom(seed, index));
    if (isSame(t, bytes, read, `${index}: ${mutations.join(', ')}`)) regular++;
  }
  t.true(regular > cases / 10 && regular < cases, `${regular} of ${cases} are laid out as AWS does`);
});

function entry(random: Random, family: 4 | 6): Prefix {
  const number = random.below(2 ** 16);
  const service = random.pick(['S3', 'EC2', 'AMAZON']);
  const place = { region: 'us-gov-west-1', service, network_border_group: 'us-gov-west-1' };
  return family === 4
    ? { ip_prefix: `10.${number >> 8}.${number & 255}.0/24`, ...place }
    : { ipv6_prefix: `2600:${number.toString(16)}::/32`, ...place };
}

/** Has entries come, go, change places and be there twice. */
function edit(entries: Prefix[], random: Random, family: 4 | 6): void {
  for (let left = random.below(6); left > 0; left--) {
    const at = random.below(entries.length + 1);
    const [moved] = random.oneIn(2) ? entries.splice(at, 1 + random.below(random.oneIn(5) ? 80 : 1)) : [];
    const added = random.pick([entry(random, family), moved, entries[at]]);
    if (added !== undefined && random.oneIn(2)) entries.splice(random.below(entries.length + 1), 0, added);
  }
}

test('whatever comes, goes, moves or is damaged in long documents, the same is found as in each alone', (t) => {
  const random = createRandom(seed, 0);
  const read = openEntryCache();
  const prefixes = Array.from({ length: 600 }, () => entry(random, 4));
  const ipv6Prefixes = Array.from({ length: 300 }, () => entry(random, 6));
  let regular = 0;
  const cases = isQuick ? 100 : 400;
  for (let index = 0; index < cases; index++) {
    edit(prefixes, random, 4);
    edit(ipv6Prefixes, random, 6);
    const bytes = Buffer.from(renderDocument({ prefixes, ipv6_prefixes: ipv6Prefixes }));
    // A digit, a quote, a bracket: some of the damaged are documents still.
    if (random.oneIn(3)) bytes[random.below(bytes.length)] = random.pick([0x30, 0x22, 0x5d, 0x7d, 0x20]);
    const cut = random.oneIn(10) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
    if (isSame(t, cut, read, `${index}`)) regular++;
  }
  t.true(regular > cases / 2 && regular < cases, `${regular} of ${cases} are laid out as AWS does`);
});

test('entries of one family are none of the other, though they were read before', (t) => {
  const read = openEntryCache();
  const random = createRandom(seed, 1);
  const prefixes = Array.from({ length: 100 }, () => entry(random, 4));
  const ipv6Prefixes = Array.from({ length: 100 }, () => entry(random, 6));
  t.true(isSame(t, Buffer.from(renderDocument({ prefixes, ipv6_prefixes: ipv6Prefixes })), read, 'as it is'));
  t.false(isSame(t, Buffer.from(renderDocument({ prefixes: ipv6Prefixes })), read, 'IPv6 among IPv4'));
  t.false(isSame(t, Buffer.from(renderDocument({ ipv6_prefixes: prefixes })), read, 'IPv4 among IPv6'));
});

test('the bytes of a document may be overwritten with the next one, as those of an archive are', (t) => {
  const read = openEntryCache();
  const random = createRandom(seed, 2);
  const text = renderDocument({ prefixes: Array.from({ length: 200 }, () => entry(random, 4)) });
  const bytes = Buffer.from(text);
  for (let index = text.lastIndexOf('us-gov-west-1"'); index !== -1; ) {
    t.true(isSame(t, bytes, read, `before another region at ${index}`));
    bytes.write('us-gov-east-1', index);
    index = text.lastIndexOf('us-gov-west-1"', index - 1000);
  }
});

corpusTest('in the real documents, one after the other, the same is found as in each alone', (t) => {
  const read = openEntryCache();
  for (const token of corpusTokens()) t.true(isSame(t, corpusDocument(token), read, token));
});
