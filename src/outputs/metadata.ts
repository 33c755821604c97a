// The metadata of a version, as the build page shows it and, since Concourse 8.1, as variables of the build. A cached get
// shows those of its first run again: nothing in them ages, and nothing is cut under a name that promises all.
import { findSpecialPurpose } from '../addresses/special-purpose.ts';
import { describe } from '../selection/describe.ts';
import type { Selection } from '../selection/selection.ts';
import { countSelection } from './count.ts';
import type { Served } from './served.ts';

/** A row on the build page. */
export interface Metadatum {
  readonly name: string;
  readonly value: string;
}

/** CIDRs up to which a row lists them. */
const listed = 256;

/** Rows for a selection. `url`, printable, is where the list came from; undefined when that was the version itself. */
export function metadataOf(
  { version, selection, criteria }: Pick<Served, 'version' | 'selection' | 'criteria'>,
  url: string | undefined,
): Metadatum[] {
  const { ipv4, ipv6 } = countSelection(selection);
  const cidrs = selection.map(({ cidr }) => cidr.text);
  return [
    { name: 'publishedAt', value: isoTime(Number(version.syncToken) * 1000) },
    { name: 'selection', value: describe(criteria) },
    { name: 'ipv4Cidrs', value: String(ipv4.cidrs) },
    { name: 'ipv6Cidrs', value: String(ipv6.cidrs) },
    { name: 'ipv4Addresses', value: String(ipv4.addresses) },
    { name: 'ipv6Addresses', value: String(ipv6.addresses) },
    ...(cidrs.length > listed ? [] : [{ name: 'cidrs', value: cidrs.join('\n') }]),
    ...routingRow(selection),
    { name: 'digest', value: version.digest },
    ...(url === undefined ? [] : [{ name: 'url', value: url }]),
  ];
}

/** The CIDRs that are not globally routable, or their number; no row when there are none. */
function routingRow(selection: Selection): Metadatum[] {
  const special = findSpecialPurpose(selection.map(({ cidr }) => cidr));
  if (special.length === 0) return [];
  const value =
    special.length > listed
      ? `${special.length} CIDRs`
      : special.map(({ cidr, purpose }) => `${cidr.text} (${purpose})`).join('\n');
  return [{ name: 'notGloballyRoutable', value }];
}

function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().replace('.000Z', 'Z');
}
