// The documents that are served: one as AWS publishes it, and larger ones of the same shape.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** An entry; the prefix is under `ip_prefix` or `ipv6_prefix`. */
export interface Entry {
  readonly ip_prefix?: string;
  readonly ipv6_prefix?: string;
  readonly region: string;
  readonly service: string;
  readonly network_border_group: string;
}

export interface Document {
  readonly syncToken: string;
  readonly createDate: string;
  readonly prefixes: readonly Entry[];
  readonly ipv6_prefixes: readonly Entry[];
}

const token = '1787411825';

/** AWS's document of 2026-08-22 from the folder that IP_RANGES_CORPUS names, or one made by arithmetic. */
export function plainDocument(): { document: Document; origin: string } {
  const path = join(process.env['IP_RANGES_CORPUS'] ?? '', `${token}.json.gz`);
  if (process.env['IP_RANGES_CORPUS'] === undefined || !existsSync(path)) {
    return { document: madeDocument(), origin: 'made by arithmetic, with the counts of 2026-08-22' };
  }
  const document = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Document;
  return { document, origin: `AWS's, syncToken ${token}` };
}

/** The text as AWS lays it out: two spaces, no newline at the end. */
export function render(document: Document): string {
  return JSON.stringify(document, undefined, 2);
}

/** A document of `factor` times as many entries: every further copy of one has a prefix of its own. */
export function enlarge(document: Document, factor: number): Document {
  const copies = (entries: readonly Entry[], copyOf: (entry: Entry, number: number) => Entry) =>
    Array.from({ length: factor }, (_, copy) =>
      copy === 0 ? entries : entries.map((entry, index) => copyOf(entry, copy * entries.length + index)),
    ).flat();
  return {
    ...document,
    prefixes: copies(document.prefixes, (entry, number) => ({ ...entry, ip_prefix: ipv4Prefix(number) })),
    ipv6_prefixes: copies(document.ipv6_prefixes, (entry, number) => ({
      ...entry,
      ipv6_prefix: ipv6Prefix(number),
    })),
  };
}

/** The text of a document of a million IPv4 prefixes, in short, so that it stays below the limit of 64 MiB. */
export function millionPrefixes(): string {
  const entries = Array.from({ length: 1_000_000 }, (_, number) => {
    const cidr = `${3 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}.0/24`;
    return `{"ip_prefix":"${cidr}","region":"GLOBAL","service":"${number % 20 === 0 ? 'S3' : 'EC2'}"}`;
  });
  return `{"syncToken":"${token}","createDate":"2026-08-22-15-17-05","prefixes":[${entries}],"ipv6_prefixes":[]}`;
}

/** Entries by service in the document of 2026-08-22: IPv4, IPv6. The small services are counted under the last three. */
const services = [
  ['AMAZON', 6084, 2901],
  ['EC2', 1924, 2230],
  ['S3', 441, 513],
  ['ROUTE53_RESOLVER', 638, 0],
  ['API_GATEWAY', 214, 0],
  ['CLOUDFRONT', 211, 32],
  ['GLOBALACCELERATOR', 131, 45],
  ['KINESIS_VIDEO_STREAMS', 209, 0],
  ['IVS_REALTIME', 104, 149],
  ['DYNAMODB', 94, 0],
  ['EFS', 93, 89],
  ['WORKSPACES_GATEWAYS', 525, 201],
] as const;

const regions = [
  'us-east-1',
  'us-west-2',
  'eu-central-1',
  'ap-northeast-1',
  'us-gov-west-1',
  'ap-southeast-2',
];

/** Prefixes that occur; the other entries name one of them again, for another service. */
const distinct = { ipv4: 7905, ipv6: 3108 };

function madeDocument(): Document {
  const entries = (family: 1 | 2) =>
    services.flatMap((row) => new Array<string>(row[family]).fill(row[0])).map(entryOf);
  return {
    syncToken: token,
    createDate: '2026-08-22-15-17-05',
    prefixes: entries(1).map((entry, i) => ({ ip_prefix: ipv4Prefix(i % distinct.ipv4), ...entry })),
    ipv6_prefixes: entries(2).map((entry, i) => ({ ipv6_prefix: ipv6Prefix(i % distinct.ipv6), ...entry })),
  };
}

function entryOf(service: string, index: number): Entry {
  const region = regions[index % regions.length] ?? '';
  return { region, service, network_border_group: region };
}

function ipv4Prefix(number: number): string {
  const place = withHoles(number);
  return `${3 + (place >> 16)}.${(place >> 8) & 255}.${place & 255}.0/24`;
}

function ipv6Prefix(number: number): string {
  const place = withHoles(number);
  const group = (value: number) => value.toString(16);
  return `2600:${group(0x1f00 + Math.floor(place / 0xffff))}:${group(1 + (place % 0xffff))}::/48`;
}

/** A hole after every third, so that the prefixes do not merge into a few large networks. */
function withHoles(number: number): number {
  return number + Math.floor(number / 3);
}
