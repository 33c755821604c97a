// The real documents, as Concourse would drive the resource through their publication.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { corpusDocument, corpusTokens, corpusTest as test } from '../helpers/corpus.ts';
import { check, succeed, type Version } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

interface RawDocument {
  readonly prefixes: readonly { ip_prefix: string; region: string; service: string }[];
  readonly ipv6_prefixes: readonly { ipv6_prefix: string; region: string; service: string }[];
}

const newest = '1787411825';

test('S3 in us-gov-west-1 is 7 IPv4 and 11 IPv6 CIDRs in the document of 2026-08-22', async (t) => {
  const lists = await getLists(t, newest, { regions: ['us-gov-west-1'] });
  t.is(lists.ipv4.length, 7);
  t.is(lists.ipv6.length, 11);
});

test('S3 in all regions is 441 IPv4 and 513 IPv6 CIDRs in the document of 2026-08-22', async (t) => {
  const lists = await getLists(t, newest, {});
  t.is(lists.ipv4.length, 441);
  t.is(lists.ipv6.length, 513);
});

test('every list is what a reading of the same document by other means selects, in numeric order', async (t) => {
  for (const token of corpusTokens().filter((_, index) => index % 5 === 0)) {
    const document = JSON.parse(corpusDocument(token).toString()) as RawDocument;
    for (const region of ['us-gov-west-1', undefined]) {
      const lists = await getLists(t, token, region === undefined ? {} : { regions: [region] });
      const isSelected = (entry: { region: string; service: string }) =>
        entry.service === 'S3' && (region === undefined || entry.region === region);
      const ipv4 = document.prefixes.filter(isSelected).map((entry) => entry.ip_prefix);
      const ipv6 = document.ipv6_prefixes.filter(isSelected).map((entry) => entry.ipv6_prefix);
      t.deepEqual(lists.ipv4, sortByKey(new Set(ipv4), ipv4Key), token);
      t.deepEqual(lists.ipv6, sortByKey(new Set(ipv6), ipv6Key), token);
    }
  }
});

test('version_on: syncToken yields a version for each of the documents', async (t) => {
  const versions = await drive(t, { regions: ['us-gov-west-1'] });
  t.deepEqual(
    versions.map(({ syncToken }) => syncToken),
    corpusTokens(),
  );
});

test('version_on: cidrs yields the changes of the list and no more', async (t) => {
  const versions = await drive(t, { regions: ['us-gov-west-1'], ip_versions: [4], version_on: 'cidrs' });
  let last = '';
  const expected = corpusTokens().filter((token) => {
    const document = JSON.parse(corpusDocument(token).toString()) as RawDocument;
    const list = document.prefixes
      .filter(({ service, region }) => service === 'S3' && region === 'us-gov-west-1')
      .map(({ ip_prefix }) => ip_prefix)
      .sort()
      .join();
    const isChange = list !== last;
    last = list;
    return isChange;
  });
  t.deepEqual(
    versions.map(({ syncToken }) => syncToken),
    expected,
  );
  t.true(expected.length > 1 && expected.length < corpusTokens().length);
});

/**
 * Publishes the documents in order and gives each answer to the next check, as Concourse does, with one memory; the distinct
 * versions.
 */
async function drive(t: ExecutionContext, more: object): Promise<Version[]> {
  const options = { env: { TMPDIR: temporaryDirectory(t) } };
  const server = await startServer(t, (_request, response) => response.end());
  const source = { url: server.url, ...more };
  const versions: Version[] = [];
  for (const token of corpusTokens()) {
    server.serve(documentHandler(corpusDocument(token)));
    const version = await check(t, { source, version: versions.at(-1) ?? null }, options);
    if (JSON.stringify(version) !== JSON.stringify(versions.at(-1))) versions.push(version);
  }
  return versions;
}

async function getLists(
  t: ExecutionContext,
  token: string,
  more: object,
): Promise<{ ipv4: string[]; ipv6: string[] }> {
  const document = corpusDocument(token);
  const server = await startServer(t, documentHandler(document));
  const source = { url: server.url, ...more };
  const version = await check(t, { source });
  const directory = temporaryDirectory(t);
  const request = { source, version, params: { document: true } };
  await succeed(t, 'in', request, directory, {});
  const read = (name: string) => readFile(join(directory, name));
  const cidrs = await read('cidrs.txt');
  t.is(`sha256:${createHash('sha256').update(cidrs).digest('hex')}`, version.digest);
  t.deepEqual(cidrs, Buffer.concat([await read('ipv4.txt'), await read('ipv6.txt')]));
  // Not deepEqual, which takes seconds for a document.
  t.true(document.equals(await read('ip-ranges.json')));
  const lines = async (name: string) => (await read(name)).toString().split('\n').slice(0, -1);
  return { ipv4: await lines('ipv4.txt'), ipv6: await lines('ipv6.txt') };
}

function sortByKey(texts: Iterable<string>, key: (text: string) => string): string[] {
  return [...texts].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Octets and length, padded so that text order is numeric order. */
function ipv4Key(cidr: string): string {
  return cidr
    .split(/[./]/)
    .map((part) => part.padStart(3, '0'))
    .join('.');
}

/** AWS's networks are never so long that `::` stands anywhere but at the end. */
function ipv6Key(cidr: string): string {
  const [groups = '', length = ''] = cidr.split('::/');
  const padded = groups.split(':').map((group) => group.padStart(4, '0'));
  return [...padded, ...new Array<string>(8 - padded.length).fill('0000'), length.padStart(3, '0')].join(':');
}
