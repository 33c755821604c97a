// A rules file for the guard: as many rules as are asked for, that together allow exactly what a document lists.
import { type AddressRange, mergeRanges, rangeToCidrs } from '../../src/addresses/address-range.ts';
import { parseNetwork } from '../../src/addresses/cidr.ts';
import type { Document } from './documents.ts';

/** Cloud Foundry rules for port 443, as JSON. Throws when the document cannot be covered by so few. */
export function rulesFor({ prefixes, ipv6_prefixes }: Document, count: number): string {
  const published = [...prefixes, ...ipv6_prefixes].map(
    (entry) => entry.ip_prefix ?? entry.ipv6_prefix ?? '',
  );
  const networks = mergeRanges(published.map(parse)).flatMap(rangeToCidrs);
  const spare = count - networks.length;
  if (spare < 0) throw new Error(`the document needs ${networks.length} rules, more than ${count}`);
  // Further rules come from halving: the first networks, and their halves again where there are too few networks.
  for (let index = 0; networks.length < count; index++) {
    const network = networks[index];
    if (network === undefined) throw new Error(`the document cannot be covered by as many as ${count} rules`);
    const { family, first, last } = parse(network);
    if (first === last) continue;
    const middle = (first + last) >> 1n;
    const [lower = '', upper = ''] = [
      ...rangeToCidrs({ family, first, last: middle }),
      ...rangeToCidrs({ family, first: middle + 1n, last }),
    ];
    networks[index] = lower;
    networks.push(upper);
  }
  return JSON.stringify(networks.map((destination) => ({ protocol: 'tcp', destination, ports: '443' })));
}

function parse(text: string): AddressRange {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`${text} is no network`);
  return network;
}
