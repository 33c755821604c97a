// exclude_services and aggregate on documents that AWS published, against implementations that share no code with
// them: iprange for IPv4, Python's ipaddress for IPv6.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import ava from 'ava';
import type { Family } from '../../src/addresses/cidr.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { select } from '../../src/selection/select.ts';
import { criteriaOf } from '../helpers/ip-ranges.ts';

const folder = process.env['IP_RANGES_CORPUS'];
const testWith = (command: string) =>
  folder !== undefined && spawnSync(command, ['--version']).error === undefined ? ava : ava.skip;

const sources = [
  { services: ['S3'] },
  { services: ['AMAZON'], exclude_services: ['EC2'], regions: ['us-*', 'eu-west-1', 'GLOBAL'] },
  {
    services: ['AMAZON', 'CLOUDFRONT'],
    exclude_services: ['EC2', 'S3'],
    regions: ['us-gov-*', 'ap-southeast-2'],
  },
];

/** The CIDRs of each source in the oldest, a middle and the newest document, with and without the derived ones. */
function cases(family: Family) {
  const names = readdirSync(folder ?? '')
    .filter((name) => name.endsWith('.json.gz'))
    .sort();
  const chosen = [names[0], names[names.length >> 1], names.at(-1)].filter((name) => name !== undefined);
  return chosen.flatMap((name) => {
    const document = parseDocument(gunzipSync(readFileSync(join(folder ?? '', name))));
    return sources.map((source) => {
      const { exclude_services: excluded, ...rest } = source;
      const texts = (keys: Record<string, unknown>) =>
        select(document, criteriaOf({ ...keys, ip_versions: [family] })).map(({ cidr }) => cidr.text);
      return {
        title: `${name} ${JSON.stringify(source)}`,
        included: texts(rest),
        excluded: excluded === undefined ? [] : texts({ ...rest, services: excluded }),
        remaining: texts(source),
        aggregated: texts({ ...source, aggregate: true }),
      };
    });
  });
}

testWith('iprange')('IPv4: the same CIDRs as iprange', (t) => {
  const directory = temporaryDirectory(t);
  const iprange = (included: readonly string[], excluded: readonly string[] = []) => {
    const [base, except] = [join(directory, 'included'), join(directory, 'excluded')];
    writeFileSync(base, included.join('\n'));
    writeFileSync(except, excluded.join('\n'));
    const output = execFileSync('iprange', [base, ...(excluded.length > 0 ? ['--except', except] : [])]);
    // It leaves out the length of single addresses.
    return output
      .toString()
      .trim()
      .split('\n')
      .map((line) => (line.includes('/') ? line : `${line}/32`));
  };
  for (const { title, included, excluded, remaining, aggregated } of cases(4)) {
    t.deepEqual(aggregated, iprange(included, excluded), title);
    t.deepEqual(iprange(remaining), aggregated, title);
  }
});

const ipaddress = `
import ipaddress, json, sys
included, excluded = ([ipaddress.ip_network(text) for text in texts] for texts in json.load(sys.stdin))
for hole in ipaddress.collapse_addresses(excluded):
    rest = []
    for network in included:
        if network.subnet_of(hole):
            continue
        rest += network.address_exclude(hole) if hole.subnet_of(network) else [network]
    included = rest
print(json.dumps([str(network) for network in ipaddress.collapse_addresses(included)]))
`;

import { temporaryDirectory } from '../helpers/temporary-directory.ts';

testWith('python3')("IPv6: the same CIDRs as Python's ipaddress", (t) => {
  const python = (included: readonly string[], excluded: readonly string[] = []): unknown =>
    JSON.parse(
      execFileSync('python3', ['-c', ipaddress], { input: JSON.stringify([included, excluded]) }).toString(),
    );
  for (const { title, included, excluded, remaining, aggregated } of cases(6)) {
    t.deepEqual(aggregated, python(included, excluded), title);
    t.deepEqual(python(remaining), aggregated, title);
  }
});
