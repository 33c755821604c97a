// The selection: what a source picks from a document, in numeric order and without duplicates.
import { type Cidr, compareCidrs, parseCidr } from '../cidr.ts';
import type { Criteria } from '../config/source.ts';
import { UserError } from '../errors.ts';
import type { Document, Prefix } from '../ip-ranges/document.ts';
import { knownNames, type PickedNames, pickNames } from './names.ts';

/** A selected CIDR with the published entries that it comes from, in the document's order. */
export interface SelectedCidr {
  readonly cidr: Cidr;
  readonly prefixes: readonly Prefix[];
}

/** What a source picks: IPv4 before IPv6, in numeric order, each CIDR once. */
export type Selection = readonly SelectedCidr[];

/**
 * Selects from a document. Throws a UserError for a name that the document does not know, for an empty selection
 * unless `allow_empty`, and for more CIDRs than `max_cidrs`.
 */
export function select(document: Document, criteria: Criteria): Selection {
  const picks = matcher(pickNames(criteria, knownNames(document)));
  const families = criteria.ipVersions.map((family) => (family === 4 ? document.ipv4 : document.ipv6));
  const selection = groupPrefixes(families.flatMap((prefixes) => prefixes.filter(picks)));
  const { maxCidrs, allowEmpty } = criteria;
  if (selection.length === 0 && !allowEmpty) {
    throw new UserError(
      `the selection is empty: AWS's document (syncToken ${document.syncToken}) lists no prefix for ` +
        `${describe(criteria)}; correct source, or set source.allow_empty: true if an empty list is what you want`,
    );
  }
  if (maxCidrs !== undefined && selection.length > maxCidrs) {
    throw new UserError(
      `source.max_cidrs is ${maxCidrs}, but AWS's document (syncToken ${document.syncToken}) lists ` +
        `${selection.length} CIDRs for ${describe(criteria)}; raise the quota behind it and source.max_cidrs, or select less`,
    );
  }
  return selection;
}

/** The criteria in words, for people: `S3, us-gov-west-1, IPv4`. */
export function describe(criteria: Criteria): string {
  const parts = [criteria.services.join(' + ').toUpperCase(), criteria.regions?.join(' + ') ?? 'all regions'];
  if (criteria.networkBorderGroups !== undefined) {
    parts.push(`border group ${criteria.networkBorderGroups.join(' + ')}`);
  }
  if (criteria.ipVersions.length === 1) parts.push(`IPv${criteria.ipVersions.join()}`);
  return parts.join(', ');
}

/** Entries by their CIDRs, in the order of a selection. Each must have passed the document's validation. */
export function groupPrefixes(prefixes: readonly Prefix[]): Selection {
  const byText = new Map<string, { cidr: Cidr; prefixes: Prefix[] }>();
  for (const prefix of prefixes) {
    const text = prefix.ip_prefix ?? prefix.ipv6_prefix ?? '';
    const known = byText.get(text);
    if (known !== undefined) {
      known.prefixes.push(prefix);
      continue;
    }
    const cidr = parseCidr(text, prefix.ip_prefix === undefined ? 6 : 4);
    if (cidr === undefined) throw new Error(`${text} passed validation, but is no CIDR`);
    byText.set(text, { cidr, prefixes: [prefix] });
  }
  return [...byText.values()].sort((a, b) => compareCidrs(a.cidr, b.cidr));
}

function matcher(picked: PickedNames): (prefix: Prefix) => boolean {
  const { services, regions, networkBorderGroups } = picked;
  return (prefix) =>
    services.has(prefix.service) &&
    (regions === undefined || regions.has(prefix.region)) &&
    (networkBorderGroups === undefined || networkBorderGroups.has(prefix.network_border_group ?? ''));
}
