// prefixes.json: the published entries behind each CIDR, as in writes them and the guard reads them back.
import type { Choice } from '../config/source.ts';
import type { Prefix } from '../ip-ranges/document.ts';
import { collect, type Selection } from './selection.ts';

/**
 * An entry as AWS published it. Where the CIDRs are not the published ones, because of `exclude_services` or
 * `aggregate`, the entry stands once for each CIDR that comes from it, which `cidr` names.
 */
export interface PrefixRecord extends Prefix {
  readonly cidr?: string;
}

/** The content of prefixes.json, in the order of cidrs.txt. */
export function recordsOf(selection: Selection, choice: Choice): PrefixRecord[] {
  if (!isDerived(choice)) return selection.flatMap(({ prefixes }) => prefixes);
  return selection.flatMap(({ cidr, prefixes }) =>
    prefixes.map((prefix) => ({ cidr: cidr.text, ...prefix })),
  );
}

/** The selection that the records were made of. Every text in them must be a CIDR in canonical form. */
export function selectionOf(records: readonly PrefixRecord[]): Selection {
  return collect(
    records.map(({ cidr, ...prefix }) => [cidr ?? prefix.ip_prefix ?? prefix.ipv6_prefix ?? '', [prefix]]),
  );
}

/** Whether the CIDRs of a selection can differ from the published ones. */
function isDerived({ aggregate, excludeServices }: Choice): boolean {
  const derives = {
    services: false,
    regions: false,
    networkBorderGroups: false,
    ipVersions: false,
    excludeServices: excludeServices.length > 0,
    aggregate,
  } satisfies Record<keyof Choice, boolean>;
  return Object.values(derives).some(Boolean);
}
