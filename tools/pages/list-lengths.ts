// The table of docs/publications.md: how long the lists of usual selections are. `tsx tools/pages/list-lengths.ts FOLDER`
// prints it, made from the newest document of a folder that has each as `<syncToken>.json.gz`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Family } from '../../src/addresses/cidr.ts';
import { parseSource } from '../../src/config/source.ts';
import { type Document, parseDocument } from '../../src/ip-ranges/document.ts';
import { select } from '../../src/selection/select.ts';

const everywhere = undefined;
const selections: readonly (readonly [service: string, region: string | undefined])[] = [
  ['S3', 'us-gov-west-1'],
  ['S3', 'us-east-1'],
  ['S3', 'eu-central-1'],
  ['S3', everywhere],
  ['EC2', 'us-gov-west-1'],
  ['EC2', 'eu-central-1'],
  ['EC2', 'us-east-1'],
  ['CLOUDFRONT', everywhere],
  ['CLOUDFRONT_ORIGIN_FACING', everywhere],
  ['ROUTE53_HEALTHCHECKS', everywhere],
  ['AMAZON', 'us-gov-west-1'],
  ['AMAZON', 'us-east-1'],
  ['AMAZON', everywhere],
];

/** The table in Markdown. */
export function listLengths(folder: string): string {
  const [newest] = readdirSync(folder)
    .filter((name) => /^\d+\.json\.gz$/.test(name))
    .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
  if (newest === undefined) throw new Error(`${folder} holds no <syncToken>.json.gz`);
  const document = parseDocument(gunzipSync(readFileSync(join(folder, newest))));
  const rows = selections.map(([service, region]) => {
    const choice = { services: [service], ...(region !== undefined && { regions: [region] }) };
    const length = (family: Family, aggregate: boolean) => lengthOf(document, choice, family, aggregate);
    const cells = ([4, 6] as const).flatMap((family) => [length(family, false), length(family, true)]);
    return `| ${service}, ${region ?? 'all regions'} | ${cells.join(' | ')} |`;
  });
  return [
    '| selection | IPv4 | IPv4 aggregated | IPv6 | IPv6 aggregated |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function lengthOf(document: Document, choice: object, family: Family, aggregate: boolean): string {
  const source = { ...choice, ip_versions: [family], aggregate, allow_empty: true };
  return select(document, parseSource(source).criteria).length.toLocaleString('en-US');
}

if (import.meta.filename === process.argv[1]) console.log(listLengths(process.argv[2] ?? '.'));
