// The metadata of a version, as the build page shows it.
import { describe } from '../selection/describe.ts';
import { countSelection } from './count.ts';
import type { Served } from './served.ts';

/** A row on the build page. */
export interface Metadatum {
  readonly name: string;
  readonly value: string;
}

/** CIDRs that the build page lists before it only counts them. */
const listed = 60;

/** Rows for a selection. `url` is printable, `now` in milliseconds since 1970. */
export function metadataOf(
  served: Pick<Served, 'version' | 'selection' | 'criteria'>,
  url: string,
  now: number,
): Metadatum[] {
  const { version, selection, criteria } = served;
  const { ipv4, ipv6 } = countSelection(selection);
  const publishedAt = Number(version.syncToken) * 1000;
  return [
    { name: 'publishedAt', value: isoTime(publishedAt) },
    { name: 'age', value: formatAge(now - publishedAt) },
    { name: 'selection', value: describe(criteria) },
    { name: 'ipv4Cidrs', value: String(ipv4.cidrs) },
    { name: 'ipv6Cidrs', value: String(ipv6.cidrs) },
    { name: 'ipv4Addresses', value: String(ipv4.addresses) },
    { name: 'ipv6Addresses', value: String(ipv6.addresses) },
    { name: 'cidrs', value: listCidrs(selection.map(({ cidr }) => cidr.text)) },
    { name: 'digest', value: version.digest },
    { name: 'url', value: url },
  ];
}

function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().replace('.000Z', 'Z');
}

/** The largest two units of a duration: `3d 4h`, `4h 5m`, `5m`. */
function formatAge(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const units = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'm'],
  ] as const;
  const from = units.findIndex(([amount]) => amount > 0);
  if (from === -1) return '0m';
  return units
    .slice(from, from + 2)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}

function listCidrs(texts: readonly string[]): string {
  if (texts.length <= listed) return texts.join('\n');
  return `${texts.slice(0, listed).join('\n')}\n… and ${texts.length - listed} more`;
}
