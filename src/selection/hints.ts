// For a combination that matches nothing: what would match if the source were different in one place.
import type { Criteria } from '../config/source.ts';
import { firstOf } from '../errors.ts';
import type { Document } from '../ip-ranges/document.ts';
import { listServices } from './describe.ts';
import { type NameKey, nameKeys, openPicker, pickingKeys } from './names.ts';

/** Names that a clause lists before it only counts them. */
const listed = 12;

/**
 * Clauses such as `EC2 is in the regions us-east-1, us-west-2`. Where more than one key is to blame, the only one is
 * about the services, whatever the other keys say.
 */
export function whatWouldMatch(document: Document, criteria: Criteria): string[] {
  const services = listServices(criteria.services);
  const places = [...(criteria.regions ?? []), ...(criteria.networkBorderGroups ?? [])].join(' + ');
  const [family = 4] = criteria.ipVersions;
  const other = family === 4 ? 6 : 4;
  const clauses = [
    clause(`${services} is in`, 'regions', namesOf('regions', document, criteria)),
    clause(`${places} has`, 'services', places === '' ? [] : namesOf('services', document, criteria)),
    clause(
      `${services} is in`,
      'network_border_groups',
      namesOf('network_border_groups', document, criteria),
    ),
    isListed(document, { ...criteria, ipVersions: [other] }) ? [`there are only IPv${other} prefixes`] : [],
  ].flat();
  if (clauses.length > 0) return clauses;
  const anywhere: Criteria = { ...criteria, networkBorderGroups: undefined, ipVersions: [4, 6] };
  return clause(`${services} is in`, 'regions', namesOf('regions', document, anywhere));
}

function clause(subject: string, key: NameKey, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const { noun } = nameKeys[key];
  return [`${subject} the ${noun}${names.length === 1 ? '' : 's'} ${firstOf(names, listed).join(', ')}`];
}

/** The names of one key, in order, among the prefixes that the other keys pick. */
function namesOf(key: NameKey, document: Document, criteria: Criteria): string[] {
  const { member } = nameKeys[key];
  const names = new Set<string>();
  for (const { [member]: name } of prefixesOf(document, criteria, key))
    if (name !== undefined) names.add(name);
  return [...names].sort();
}

function isListed(document: Document, criteria: Criteria): boolean {
  return !prefixesOf(document, criteria).next().done;
}

function* prefixesOf(document: Document, criteria: Criteria, ignored?: NameKey) {
  const keys = pickingKeys.filter((key) => key !== ignored);
  const pickers = keys.map((key) => openPicker(key, criteria));
  for (const family of criteria.ipVersions) {
    for (const prefix of family === 4 ? document.ipv4 : document.ipv6) {
      if (pickers.every((picker) => picker.picks(prefix))) yield prefix;
    }
  }
}
