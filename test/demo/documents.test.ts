// The demo's documents: valid, and true to what AWS published.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { dayBefore, incidentDay, laterPublications, readDocument } from '../../demo/publications.ts';
import type { Family } from '../../src/addresses/cidr.ts';
import { parseSource } from '../../src/config/source.ts';
import { type Document, type Prefix, parseDocument } from '../../src/ip-ranges/document.ts';
import { select } from '../../src/selection/select.ts';

const corpus = process.env['IP_RANGES_CORPUS'] ?? '';
const corpusTest = corpus === '' ? test.skip : test;

const tokens = [dayBefore, incidentDay, ...laterPublications];

/** S3 by region, IPv4 and IPv6, as AWS published it in 2024 and in 2026. */
const facts = {
  '2024': {
    'us-gov-west-1': `15.200.28.240/28 15.200.176.128/28 108.175.48.0/22 108.175.56.0/22 136.18.0.0/23
      2600:1f68:2000::/40 2600:1fa0:2000::/40 2600:1ff0:2000::/40 2600:1ff8:2000::/40 2600:1ff9:2000::/40
      2600:1ffa:2000::/40`,
    'us-gov-east-1': `18.252.145.192/28 18.252.145.208/28 108.175.52.0/22 108.175.60.0/22
      2600:1f68:5000::/40 2600:1fa0:5000::/40 2600:1ff0:5000::/40 2600:1ff8:5000::/36 2600:1ff9:5000::/40
      2600:1ffa:5000::/40`,
  },
  '2026': {
    'us-gov-west-1': `1.178.30.0/24 3.2.99.0/24 15.200.28.240/28 15.200.176.128/28 108.175.48.0/22 108.175.56.0/22
      136.18.0.0/23 2600:1f60:2000::/40 2600:1f61:2000::/40 2600:1fa0:2000::/40 2600:1fb9:2000::/40
      2600:1fef:2000::/40 2600:1ff0:2000::/40 2600:1ff4:2000::/40 2600:1ff8:2000::/40 2600:1ff9:2000::/40
      2600:1ffa:2000::/40 2600:f0f0:6123::/48`,
    'us-gov-east-1': `3.2.100.0/24 18.252.145.192/28 18.252.145.208/28 31.220.252.0/24 108.175.52.0/22
      108.175.60.0/22 2600:1f60:5000::/40 2600:1f61:5000::/40 2600:1fa0:5000::/40 2600:1fb9:5000::/40
      2600:1fef:5000::/40 2600:1ff0:5000::/40 2600:1ff4:5000::/40 2600:1ff8:5000::/36 2600:1ff9:5000::/40
      2600:1ffa:5000::/40 2600:f0f0:6124::/48`,
  },
} as const;

test('the folder holds the documents of the demo and nothing else', (t) => {
  const files = readdirSync('demo/documents').filter((name) => name !== 'README.md');
  t.deepEqual(files.toSorted(), tokens.map((token) => `${token}.json`).toSorted());
});

for (const token of tokens) {
  const published = new Date(Number(token) * 1000).toISOString();
  const year = published.startsWith('2024') ? '2024' : '2026';

  test(`document ${token} is valid and in AWS's form`, (t) => {
    const document = parseDocument(readDocument(token));
    t.is<string, string>(document.syncToken, token);
    t.is(document.createDate, published.slice(0, 19).replace(/[T:]/g, '-'));
    const text = document.bytes.toString();
    t.is(text, JSON.stringify(JSON.parse(text), undefined, 2));
    t.true(document.ipv4.length + document.ipv6.length < 120, 'a few dozen entries of each family');
  });

  for (const region of ['us-gov-west-1', 'us-gov-east-1'] as const) {
    test(`document ${token} has S3 in ${region} as AWS published it`, (t) => {
      t.deepEqual(s3In(parseDocument(readDocument(token)), region), facts[year][region].split(/\s+/));
    });
  }

  corpusTest(`document ${token} is the real one, shortened: S3 in the us-gov regions is complete`, (t) => {
    const own = parseDocument(readDocument(token));
    const real = realDocument(token);
    t.is(own.createDate, real.createDate);
    for (const family of ['ipv4', 'ipv6'] as const) {
      const kept = new Set(own[family].map(textOf));
      const inOrder = real[family].map(textOf).filter((text) => kept.has(text));
      t.deepEqual(own[family].map(textOf), inOrder);
    }
    for (const region of ['us-gov-west-1', 'us-gov-east-1']) {
      t.deepEqual(s3In(own, region), s3In(real, region));
    }
  });
}

test('of the later publications the fourth changes the list, and no other', (t) => {
  const lists = [incidentDay, ...laterPublications].map((token) =>
    s3In(parseDocument(readDocument(token)), 'us-gov-west-1', [4]).join(),
  );
  t.deepEqual(
    laterPublications.filter((_, index) => lists[index] !== lists[index + 1]),
    ['1787271425'],
  );
});

function realDocument(token: string): Document {
  return parseDocument(gunzipSync(readFileSync(join(corpus, `${token}.json.gz`))));
}

/** S3 in a region, in the order of cidrs.txt. */
function s3In(document: Document, region: string, ipVersions: Family[] = [4, 6]): string[] {
  const { criteria } = parseSource({ services: ['S3'], regions: [region], ip_versions: ipVersions });
  return select(document, criteria).map(({ cidr }) => cidr.text);
}

function textOf(prefix: Prefix): string {
  return JSON.stringify(prefix);
}
