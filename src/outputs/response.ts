// What Concourse gets from `in` and `out` on stdout. Its build page shows the metadata, and since Concourse 8.1 they are variables
// of the build. A cached get shows those of its first run again: nothing in them ages, and nothing is cut under a name that
// promises all.
import { findSpecialPurpose } from '../addresses/special-purpose.ts';
import type { Metadatum, Response } from '../concourse/types.ts';
import { inAscii } from '../errors.ts';
import { describe } from '../selection/keys.ts';
import type { Selection } from '../selection/selection.ts';
import { countOf, type Served } from './served.ts';

/** CIDRs up to which a row lists them. */
const listed = 256;

/** The response, in ASCII. */
export function response(served: Served): Response {
  const metadata = metadataOf(served).map(({ name, value }) => ({ name, value: inAscii(value) }));
  return { version: served.version, metadata };
}

function metadataOf({ version, document, selection, source, url }: Served): Metadatum[] {
  const [ipv4, ipv6] = [countOf(selection, 4), countOf(selection, 6)];
  const cidrs = selection.map(({ cidr }) => cidr.text);
  return [
    { name: 'publishedAt', value: isoTime(Number(version.syncToken) * 1000) },
    { name: 'selection', value: describe(source) },
    { name: 'ipv4Cidrs', value: String(ipv4.cidrs) },
    { name: 'ipv6Cidrs', value: String(ipv6.cidrs) },
    { name: 'ipv4Addresses', value: String(ipv4.addresses) },
    { name: 'ipv6Addresses', value: String(ipv6.addresses) },
    ...(cidrs.length > listed ? [] : [{ name: 'cidrs', value: cidrs.join('\n') }]),
    ...routingRow(selection),
    { name: 'digest', value: version.digest },
    ...(url === undefined ? [] : [{ name: 'url', value: url }]),
    ...(document === undefined || document.syncToken === version.syncToken
      ? []
      : [
          { name: 'servedFrom', value: `the same list in the document with syncToken ${document.syncToken}` },
        ]),
  ];
}

/** The CIDRs that are not globally routable, or their number; no row when there are none. */
function routingRow(selection: Selection): Metadatum[] {
  const special = findSpecialPurpose(selection.map(({ cidr }) => cidr));
  if (special.length === 0) return [];
  const value = special.length > listed ? `${special.length} CIDRs` : special.join('\n');
  return [{ name: 'notGloballyRoutable', value }];
}

function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().replace('.000Z', 'Z');
}
