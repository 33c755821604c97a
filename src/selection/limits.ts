// What a selection may not be: empty, or larger than a quota. Both errors say what would help.
import type { Family } from '../addresses/cidr.ts';
import type { Choice, Criteria } from '../config/criteria.ts';
import { firstOf, UserError } from '../errors.ts';
import type { Document } from '../ip-ranges/document.ts';
import { describe, describePublished, list, serviceName } from './keys.ts';
import { memberOf, namesIn, type Picks, pick, type pickingKeys } from './names.ts';
import { aggregate, type Selection } from './selection.ts';

/** Names that an error lists before it only counts them. */
const listed = 12;

/**
 * Throws a UserError when nothing is selected, unless `allow_empty`. `key` is the one that has taken away what was published;
 * undefined where nothing was.
 */
export function requireSome(
  selection: Selection,
  key: keyof Choice | undefined,
  document: Document,
  criteria: Criteria,
): void {
  if (selection.length > 0 || criteria.allow_empty) return;
  const subject = `AWS's document (syncToken ${document.syncToken})`;
  const wayOut = 'or set source.allow_empty: true if an empty list is what you want';
  if (key === undefined) {
    const clauses = [...whatWouldMatch(document, criteria), 'correct source'].join('; ');
    throw new UserError(
      `the selection is empty: ${subject} lists no prefix for ${describe(criteria)}; ${clauses}, ${wayOut}`,
    );
  }
  throw new UserError(
    `the selection is empty: source.${key} takes away every address that ${subject} lists for ` +
      `${describePublished(criteria)}; correct source.${key}, ${wayOut}`,
  );
}

/**
 * What would match if the source were different in one place, in clauses such as `EC2 is in the regions us-east-1, us-west-2`.
 * Where more than one key is to blame, the only one is about the services, whatever the other keys say.
 */
function whatWouldMatch(document: Document, criteria: Criteria): string[] {
  const { regions, network_border_groups: groups, ip_versions: families } = criteria;
  const services = list(criteria.services.map(serviceName));
  const places = [...(regions ?? []), ...(groups ?? [])].join(' + ');
  const clause = (subject: string, key: (typeof pickingKeys)[number], picks: Picks) => {
    const noun = memberOf[key].replaceAll('_', ' ');
    const names = namesIn(pick(document, { ...picks, [key]: undefined }), memberOf[key]);
    const nouns = `${noun}${names.length === 1 ? '' : 's'}`;
    return names.length === 0 ? [] : [`${subject} the ${nouns} ${firstOf(names, listed).join(', ')}`];
  };
  const [family = 4] = families;
  const other = family === 4 ? 6 : 4;
  const clauses = [
    ...clause(`${services} is in`, 'regions', criteria),
    ...(places === '' ? [] : clause(`${places} has`, 'services', criteria)),
    ...clause(`${services} is in`, 'network_border_groups', criteria),
    ...(pick(document, { ...criteria, ip_versions: [other] }).length > 0
      ? [`there are only IPv${other} prefixes`]
      : []),
  ];
  if (clauses.length > 0) return clauses;
  const anywhere: Picks = { ...criteria, network_border_groups: undefined, ip_versions: [4, 6] };
  return clause(`${services} is in`, 'regions', anywhere);
}

/** Throws a UserError for more CIDRs than `max_cidrs`; it says whether `aggregate` would help. */
export function requireQuota(
  selection: Selection,
  document: Pick<Document, 'syncToken'>,
  criteria: Criteria,
): void {
  const { max_cidrs: most } = criteria;
  if (most === undefined) return;
  const quotas: readonly (readonly [number | undefined, Family | 'both'])[] =
    typeof most === 'number'
      ? [[most, 'both']]
      : [
          [most.ipv4, 4],
          [most.ipv6, 6],
        ];
  for (const [quota, which] of quotas) requireAtMost(quota, which, selection, document, criteria);
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
