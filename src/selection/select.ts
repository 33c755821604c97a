// select: what a source picks from a document.
import type { Criteria } from '../config/source.ts';
import { cidrOf, type Document, type Prefix } from '../ip-ranges/document.ts';
import { aggregate, subtract } from './arithmetic.ts';
import { requireQuota, requireSome } from './limits.ts';
import { type NameKey, openPicker, type Picker } from './names.ts';
import { groupPrefixes, type Selection } from './selection.ts';

/**
 * Selects from a document. Throws a UserError for a name that the document does not know, for an empty selection
 * unless `allow_empty`, and for more CIDRs than `max_cidrs`; a DocumentError for a selected entry that is no network.
 */
export function select(document: Document, criteria: Criteria): Selection {
  const { included, excluded } = pickPrefixes(document, criteria);
  const readCidr = (prefix: Prefix) => cidrOf(prefix, document);
  const published = groupPrefixes(included, readCidr);
  const remaining =
    excluded.length === 0 ? published : subtract(published, groupPrefixes(excluded, readCidr));
  requireSome(remaining, published, document, criteria);
  const selection = criteria.aggregate ? aggregate(remaining) : remaining;
  requireQuota(selection, document, criteria);
  return selection;
}

function pickPrefixes(
  document: Document,
  criteria: Criteria,
): { readonly included: readonly Prefix[]; readonly excluded: readonly Prefix[] } {
  const pickers = {
    services: openPicker('services', criteria),
    exclude_services: openPicker('exclude_services', criteria),
    regions: openPicker('regions', criteria),
    network_border_groups: openPicker('network_border_groups', criteria),
  } satisfies Record<NameKey, Picker>;
  const { services, exclude_services: excludeServices, ...places } = pickers;
  const isThere = Object.values(places);
  const included: Prefix[] = [];
  const excluded: Prefix[] = [];
  for (const family of criteria.ipVersions) {
    for (const prefix of family === 4 ? document.ipv4 : document.ipv6) {
      const list = services.picks(prefix) ? included : excludeServices.picks(prefix) ? excluded : undefined;
      if (list !== undefined && isThere.every((place) => place.picks(prefix))) list.push(prefix);
    }
  }
  for (const picker of Object.values(pickers)) picker.requireKnown(document);
  return { included, excluded };
}
