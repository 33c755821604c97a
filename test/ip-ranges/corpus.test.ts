// The real documents, against a reading by other means.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { corpusDocument, corpusTokens, corpusTest as test } from '../helpers/corpus.ts';
import { check, readFiles, succeed } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

interface Entry {
  readonly ip_prefix?: string;
  readonly ipv6_prefix?: string;
  readonly region: string;
  readonly service: string;
}

/** Sorts as text in numeric order, since AWS's networks have `::` only at their end. */
const sortKey = (cidr: string) =>
  cidr
    .split(/[.:/]/)
    .map((part) => part.padStart(4, '0'))
    .join();

/** The lines of the CIDRs of S3, each once and in numeric order. */
function linesOf(entries: readonly Entry[], regions: readonly string[] | undefined): string {
  const selected = entries.filter(
    ({ service, region }) => service === 'S3' && (regions?.includes(region) ?? true),
  );
  const cidrs = new Set(selected.map(({ ip_prefix, ipv6_prefix }) => ip_prefix ?? ipv6_prefix ?? ''));
  return [...cidrs]
    .sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1))
    .map((cidr) => `${cidr}\n`)
    .join('');
}

test('what in writes of a real document is what a reading by other means selects, in numeric order', async (t) => {
  const tokens = corpusTokens();
  for (const token of tokens.filter((_, index) => index % 5 === 0 || index === tokens.length - 1)) {
    const document = corpusDocument(token);
    const { prefixes, ipv6_prefixes } = JSON.parse(document.toString()) as Record<string, Entry[]>;
    const { url } = await startServer(t, documentHandler(document));
    for (const regions of [['us-gov-west-1'], undefined]) {
      const source = { url, ...(regions && { regions }) };
      const directory = temporaryDirectory(t);
      const request = { source, version: await check(t, { source }), params: { document: true } };
      await succeed(t, 'in', request, directory);
      const files = readFiles(directory);
      t.is(files['ipv4.txt'], linesOf(prefixes ?? [], regions), token);
      t.is(files['ipv6.txt'], linesOf(ipv6_prefixes ?? [], regions), token);
      t.is(files['cidrs.txt'], `${files['ipv4.txt']}${files['ipv6.txt']}`);
      // Not deepEqual, which takes seconds for a document.
      t.true(document.equals(await readFile(join(directory, 'ip-ranges.json'))));
    }
  }
});
