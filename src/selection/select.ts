// select: what a source picks from a document.
import type { Criteria } from '../config/criteria.ts';
import { cidrOf, type Document } from '../ip-ranges/document.ts';
import { derivationsOf } from './keys.ts';
import { requireQuota, requireSome } from './limits.ts';
import { pick } from './names.ts';
import { collect, type Selection } from './selection.ts';
import { requireKnownNames } from './unknown-names.ts';

/**
 * Selects from a document. Throws a UserError for a name that the document does not know, for an empty selection
 * unless `allow_empty`, and for more CIDRs than `max_cidrs`; a DocumentError for a selected entry that is no network.
 */
export function select(document: Document, criteria: Criteria): Selection {
  const picked = pick(document, criteria);
  requireKnownNames(document, criteria, picked);
  let selection = collect(picked.map((prefix) => [cidrOf(prefix, document), [prefix]]));
  requireSome(selection, undefined, document, criteria);
  for (const { key, derive } of derivationsOf(criteria)) {
    selection = derive(selection, document);
    requireSome(selection, key, document, criteria);
  }
  requireQuota(selection, document, criteria);
  return selection;
}
