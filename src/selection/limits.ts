// What a selection may not be: empty, or larger than a quota.
import type { Family } from '../addresses/cidr.ts';
import type { Criteria } from '../config/source.ts';
import { firstOf, UserError } from '../errors.ts';
import type { Document } from '../ip-ranges/document.ts';
import { aggregate } from './arithmetic.ts';
import { describe, listServices } from './describe.ts';
import { whatWouldMatch } from './hints.ts';
import type { Selection } from './selection.ts';

/**
 * Throws a UserError when nothing is selected, unless `allow_empty`; it says what would match. `published` is the
 * selection before `exclude_services` took from it.
 */
export function requireSome(
  selection: Selection,
  published: Selection,
  document: Document,
  criteria: Criteria,
): void {
  if (selection.length > 0 || criteria.allowEmpty) return;
  const subject = `AWS's document (syncToken ${document.syncToken})`;
  const wayOut = 'or set source.allow_empty: true if an empty list is what you want';
  if (published.length === 0) {
    const clauses = [...whatWouldMatch(document, criteria), 'correct source'].join('; ');
    throw new UserError(
      `the selection is empty: ${subject} lists no prefix for ${describe(criteria)}; ${clauses}, ${wayOut}`,
    );
  }
  throw new UserError(
    `the selection is empty: every address that ${subject} lists for ` +
      `${describe({ ...criteria, excludeServices: [], aggregate: false })} is listed for ` +
      `${listServices(criteria.excludeServices)} too; correct source.exclude_services, ${wayOut}`,
  );
}

/** Throws a UserError for more CIDRs than `max_cidrs`; it says whether `aggregate` would help. */
export function requireQuota(
  selection: Selection,
  document: Pick<Document, 'syncToken'>,
  criteria: Criteria,
): void {
  const { maxCidrs } = criteria;
  if (maxCidrs === undefined) return;
  const quotas: readonly (readonly [number | undefined, Family | 'both'])[] =
    typeof maxCidrs === 'number'
      ? [[maxCidrs, 'both']]
      : [
          [maxCidrs.ipv4, 4],
          [maxCidrs.ipv6, 6],
        ];
  for (const [most, which] of quotas) requireAtMost(most, which, selection, document, criteria);
}

function requireAtMost(
  most: number | undefined,
  which: Family | 'both',
  selection: Selection,
  { syncToken }: Pick<Document, 'syncToken'>,
  criteria: Criteria,
): void {
  const counted = (cidrs: Selection) =>
    which === 'both' ? cidrs : cidrs.filter(({ cidr }) => cidr.family === which);
  const found = counted(selection);
  if (most === undefined || found.length <= most) return;
  const [key, what] = which === 'both' ? ['', 'CIDRs'] : [`.ipv${which}`, `IPv${which} CIDRs`];
  const outcome = criteria.aggregate
    ? 'already the fewest, with source.aggregate: true'
    : `${counted(aggregate(selection)).length} with source.aggregate: true`;
  const shares = [outcome, ...sharesOf(found, 'service'), ...sharesOf(found, 'region')].join('; ');
  throw new UserError(
    `source.max_cidrs${key} is ${most}, but AWS's document (syncToken ${syncToken}) lists ` +
      `${found.length} ${what} for ${describe(criteria)} (${shares}); ` +
      `raise the quota behind it and source.max_cidrs${key}, or select less`,
  );
}

/** Names that a share is told for before they are only counted. */
const listed = 12;

/**
 * `EC2 308, S3 7`: how many of the CIDRs have an entry of each service, or region, the most first: what to leave out to get below a
 * quota. Nothing where there is only one, or the entries are not known.
 */
function sharesOf(selection: Selection, member: 'service' | 'region'): string[] {
  const shares = new Map<string, number>();
  for (const { prefixes } of selection) {
    for (const name of new Set(prefixes.map((prefix) => prefix[member]))) {
      shares.set(name, (shares.get(name) ?? 0) + 1);
    }
  }
  if (shares.size < 2) return [];
  const words = [...shares].sort(([, a], [, b]) => b - a).map(([name, share]) => `${name} ${share}`);
  return [firstOf(words, listed).join(', ')];
}
