// Picking published entries by the names of services, regions and border groups.
import type { Choice } from '../config/criteria.ts';
import type { Document, Prefix } from '../ip-ranges/document.ts';

/** The keys of a source that hold names, each with the member of an entry that it is about. */
export const memberOf = {
  services: 'service',
  exclude_services: 'service',
  regions: 'region',
  network_border_groups: 'network_border_group',
} as const;

export type NameKey = keyof typeof memberOf;

/** Those of them that pick entries. */
export const pickingKeys = ['services', 'regions', 'network_border_groups'] as const;

/** What picks entries; a key that is undefined picks all. */
export type Picks = Pick<Choice, 'regions' | 'network_border_groups' | 'ip_versions'> & {
  readonly services: readonly string[] | undefined;
};

/** The entries that all keys pick, in the order of the document, IPv4 first. */
export function pick(document: Document, picks: Picks): Prefix[] {
  const { services, regions, network_border_groups: groups } = picks;
  const isService = anyOf('services', services);
  const isRegion = anyOf('regions', regions);
  const isGroup = anyOf('network_border_groups', groups);
  const isPicked = (prefix: Prefix) =>
    isService(prefix.service) && isRegion(prefix.region) && isGroup(prefix.network_border_group);
  return picks.ip_versions.flatMap((family) =>
    (family === 4 ? document.ipv4 : document.ipv6).filter(isPicked),
  );
}

/**
 * A function that says whether some item means a name; without items each name will do, also none. A document repeats a few names
 * thousands of times: each is matched once.
 */
function anyOf(key: NameKey, items: readonly string[] | undefined): (name: string | undefined) => boolean {
  if (items === undefined) return () => true;
  const matchers = items.map((item) => nameMatcher(key, item));
  const verdicts = new Map<string, boolean>();
  return (name = '') => {
    const known = verdicts.get(name);
    if (known !== undefined) return known;
    const verdict = name !== '' && matchers.some((matches) => matches(name));
    verdicts.set(name, verdict);
    return verdict;
  };
}

/** A function that says whether an item of the key means a name, both in any case: regions and border groups by glob. */
export function nameMatcher(key: NameKey, item: string): (name: string) => boolean {
  const wanted = item.toUpperCase();
  const matches = memberOf[key] === 'service' ? (name: string) => name === wanted : globMatcher(wanted);
  return (name) => matches(name.toUpperCase());
}

/** Every name that entries have in a member, in order. */
export function namesIn(prefixes: Iterable<Prefix>, member: (typeof memberOf)[NameKey]): string[] {
  const names = new Set<string>();
  for (const { [member]: name } of prefixes) if (name !== undefined) names.add(name);
  return [...names].sort();
}

/**
 * A function that says whether a name matches the whole glob: `*` is any run of characters, `?` any one (of UTF-16). It takes at most as many
 * steps as the two have characters, multiplied; a regular expression would try every way to share a name among the stars.
 */
export function globMatcher(glob: string): (name: string) => boolean {
  const pattern = glob.replace(/\*+/g, '*');
  return (name) => matchesGlob(pattern, name);
}

function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  // Last star and how far it has matched; earlier stars never need to backtrack.
  let star = -1;
  let reach = 0;
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      reach = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[index])) {
      at++;
      index++;
    } else if (star !== -1) {
      at = star + 1;
      index = ++reach;
    } else {
      return false;
    }
  }
  return /^\*?$/.test(pattern.slice(at));
}
