// What a selection may not be: empty, or larger than a quota.
import type { Family } from '../addresses/cidr.ts';
import type { Criteria } from '../config/source.ts';
import { UserError } from '../errors.ts';
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
  const count = (cidrs: Selection) =>
    which === 'both' ? cidrs.length : cidrs.filter(({ cidr }) => cidr.family === which).length;
  const found = count(selection);
  if (most === undefined || found <= most) return;
  const [key, what] = which === 'both' ? ['', 'CIDRs'] : [`.ipv${which}`, `IPv${which} CIDRs`];
  const outcome = criteria.aggregate
    ? 'already the fewest, with source.aggregate: true'
    : `${count(aggregate(selection))} with source.aggregate: true`;
  throw new UserError(
    `source.max_cidrs${key} is ${most}, but AWS's document (syncToken ${syncToken}) lists ` +
      `${found} ${what} for ${describe(criteria)} (${outcome}); ` +
      `raise the quota behind it and source.max_cidrs${key}, or select less`,
  );
}
