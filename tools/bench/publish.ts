// For bench.sh: publishes a document on loopback, and one of five times the entries, until it is ended. Prints the two URLs.
// `tsx tools/bench/publish.ts [DOCUMENT]` takes a document as AWS publishes it, or makes one by arithmetic.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { openPublisher } from '../../demo/server.ts';

interface Document {
  readonly syncToken: string;
  readonly createDate: string;
  readonly prefixes: readonly object[];
  readonly ipv6_prefixes: readonly object[];
}

const [path = ''] = process.argv.slice(2);
const document: Document = path === '' ? madeDocument() : readDocument(path);
for (const copies of [1, 5]) {
  const repeated = (entries: readonly object[]) => Array.from({ length: copies }, () => entries).flat();
  const { prefixes, ipv6_prefixes } = document;
  const larger = {
    ...document,
    prefixes: repeated(prefixes),
    ipv6_prefixes: repeated(ipv6_prefixes),
  };
  const publisher = await openPublisher();
  // As AWS lays it out: two spaces, no newline at the end.
  publisher.publish(Buffer.from(JSON.stringify(larger, undefined, 2)));
  console.log(publisher.url);
}

function readDocument(file: string): Document {
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}

/** As many entries as AWS's document had in August 2026, in its form: every tenth is one of S3, and few are of one region. */
function madeDocument(): Document {
  const entry = (index: number) => {
    const region = index % 500 === 0 ? 'us-gov-west-1' : 'us-east-1';
    return { region, service: index % 10 === 0 ? 'S3' : 'EC2', network_border_group: region };
  };
  const entries = (length: number, prefix: (index: number) => object) =>
    Array.from({ length }, (_, index) => ({ ...prefix(index), ...entry(index) }));
  return {
    syncToken: '1787411825',
    createDate: '2026-08-22-15-17-05',
    // Every other network is left out, so that they do not merge into a few large ones.
    prefixes: entries(10_668, (index) => ({ ip_prefix: `52.${index >> 7}.${(2 * index) & 255}.0/24` })),
    ipv6_prefixes: entries(6_160, (index) => ({ ipv6_prefix: `2600:${(2 * index + 2).toString(16)}::/32` })),
  };
}
