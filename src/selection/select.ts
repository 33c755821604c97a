// Selects what a source picks from a document, refuses a selection that is empty or larger than a quota, and remarks on what
// deserves a note.
import { findSpecialPurpose } from '../addresses/special-purpose.ts';
import type { Choice, Criteria } from '../config/criteria.ts';
import { firstOf, show, UserError } from '../errors.ts';
import { cidrOf, type Document } from '../ip-ranges/document.ts';
import { derivationsOf, describe, describePublished, listed } from './keys.ts';
import { memberOf, nameMatcher, namesIn, type Picks, pick, pickingKeys, requireKnownNames } from './names.ts';
import { aggregate, collect, type SelectedCidr, type Selection } from './selection.ts';

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

/** Throws a UserError when nothing is selected. `key` is the one that has taken away what was published, if anything was. */
function requireSome(
  selection: Selection,
  key: keyof Choice | undefined,
  document: Document,
  criteria: Criteria,
): void {
  if (selection.length > 0 || criteria.allow_empty) return;
  const subject = `AWS's document (syncToken ${document.syncToken})`;
  const [fact, wayOut] =
    key === undefined
      ? [
          `${subject} lists no prefix for ${describe(criteria)}`,
          [...whatWouldMatch(document, criteria), 'correct source'].join('; '),
        ]
      : [
          `source.${key} takes away every address that ${subject} lists for ${describePublished(criteria)}`,
          `correct source.${key}`,
        ];
  throw new UserError(
    `the selection is empty: ${fact}; ${wayOut}, or set source.allow_empty: true if an empty list is what you want`,
  );
}

/** Names that an error lists before it only counts them. */
const mostNames = 12;

/**
 * What would match if the source were different in one place, in clauses such as `EC2 is in the regions us-east-1, us-west-2`.
 * Where more than one key is to blame, the only one is about the services, whatever the other keys say.
 */
function whatWouldMatch(document: Document, criteria: Criteria): string[] {
  const { services, regions = [], network_border_groups: groups = [], ip_versions: families } = criteria;
  const places = [...regions, ...groups].join(' + ');
  const clause = (subject: string, key: (typeof pickingKeys)[number], picks: Picks) => {
    const noun = memberOf[key].replaceAll('_', ' ');
    const names = namesIn(pick(document, { ...picks, [key]: undefined }), memberOf[key]);
    const nouns = `${noun}${names.length === 1 ? '' : 's'}`;
    return names.length === 0 ? [] : [`${subject} the ${nouns} ${firstOf(names, mostNames).join(', ')}`];
  };
  const [family = 4] = families;
  const other = family === 4 ? 6 : 4;
  const isIn = `${listed(services)} is in`;
  const clauses = [
    ...clause(isIn, 'regions', criteria),
    ...(places === '' ? [] : clause(`${places} has`, 'services', criteria)),
    ...clause(isIn, 'network_border_groups', criteria),
    ...(pick(document, { ...criteria, ip_versions: [other] }).length > 0
      ? [`there are only IPv${other} prefixes`]
      : []),
  ];
  return clauses.length > 0 ? clauses : clause(isIn, 'regions', { services, ip_versions: [4, 6] });
}

/** Throws a UserError for more CIDRs than `max_cidrs`; it says whether `aggregate` would help. */
export function requireQuota(
  selection: Selection,
  { syncToken }: Pick<Document, 'syncToken'>,
  criteria: Criteria,
): void {
  const { max_cidrs: most } = criteria;
  const quotas = typeof most === 'object' ? most : { both: most };
  for (const [family, quota = Number.POSITIVE_INFINITY] of Object.entries(quotas)) {
    const isCounted = ({ cidr }: SelectedCidr) => family === 'both' || family === `ipv${cidr.family}`;
    const found = selection.filter(isCounted);
    if (found.length <= quota) continue;
    const [key, which] = family === 'both' ? ['', ''] : [`.${family}`, `${family.replace('ip', 'IP')} `];
    const outcome = criteria.aggregate
      ? 'already the fewest, with source.aggregate: true'
      : `${aggregate(selection).filter(isCounted).length} with source.aggregate: true`;
    const shares = [outcome, ...sharesOf(found, 'service'), ...sharesOf(found, 'region')].join('; ');
    throw new UserError(
      `source.max_cidrs${key} is ${quota}, but AWS's document (syncToken ${syncToken}) lists ` +
        `${found.length} ${which}CIDRs for ${describe(criteria)} (${shares}); ` +
        `raise the quota behind it and source.max_cidrs${key}, or select less`,
    );
  }
}

/**
 * `EC2 308, S3 7`: how many of the CIDRs have an entry of each service, or region, the largest number first, so that the reader
 * sees what to leave out. Nothing where there is only one, or the entries are not known.
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
  return [firstOf(words, mostNames).join(', ')];
}

/**
 * A sentence about the CIDRs that are not globally routable, and one for each service, region and border group that the
 * document knows, but of which nothing is selected: in [S3, EC2] a service that is not in the regions goes missing
 * without an error. None of the latter for an empty selection, which `allow_empty` asked for, or for a list that a
 * version holds, whose entries are not known.
 */
export function remarksOn(selection: Selection, criteria: Criteria): string[] {
  const special = firstOf(findSpecialPurpose(selection.map(({ cidr }) => cidr)), 20).join(', ');
  const remarks =
    special === ''
      ? []
      : [`not globally routable, and selected all the same, as AWS publishes it: ${special}`];
  const prefixes = selection.flatMap((selected) => selected.prefixes);
  if (prefixes.length === 0) return remarks;
  const idle = pickingKeys.flatMap((key) => {
    const names = namesIn(prefixes, memberOf[key]);
    return (criteria[key] ?? []).flatMap((item, index) =>
      names.some(nameMatcher(key, item))
        ? []
        : [`source.${key}[${index}], ${show(item)}, adds nothing to the selection of ${describe(criteria)}`],
    );
  });
  return [...remarks, ...idle];
}
