// The names of services, regions and border groups: they pick published entries. One that the document does not know is an error:
// a typing mistake must not empty a list, and a guess must not widen it.
import leven from 'leven';
import type { Choice } from '../config/criteria.ts';
import { firstOf, nearestNames, printable, show, UserError } from '../errors.ts';
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
export type Picks = Pick<Choice, 'ip_versions'> & {
  readonly [key in (typeof pickingKeys)[number]]?: readonly string[] | undefined;
};

/** The entries that all keys pick, in the order of the document, IPv4 first. */
export function pick(document: Document, picks: Picks): Prefix[] {
  let picked = picks.ip_versions.flatMap((family) => (family === 4 ? document.ipv4 : document.ipv6));
  for (const key of pickingKeys) {
    const items = picks[key];
    if (items === undefined) continue;
    const member = memberOf[key];
    // A document repeats a few names thousands of times: each is matched once.
    const isMeant = (name: string) => items.some((item) => nameMatcher(key, item)(name));
    const meant = new Set(namesIn(picked, member).filter(isMeant));
    picked = picked.filter((prefix) => meant.has(prefix[member] ?? ''));
  }
  return picked;
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
 * A function that says whether a name matches the whole glob: `*` is any run of characters, `?` any one (of UTF-16). Its steps are
 * at most the product of the two lengths; a regular expression would try every way to share a name among the stars.
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

/** Names that an error lists where none is near. */
const mostListed = 60;

/** The service that contains all addresses. */
const everyService = 'AMAZON';

/**
 * Throws a UserError for an item of the source that names nothing in the document, with what was probably meant. Most items name
 * something in what was picked, which is quicker to look through.
 */
export function requireKnownNames(document: Document, choice: Choice, picked: readonly Prefix[]): void {
  for (const key of Object.keys(memberOf) as NameKey[]) {
    const items = choice[key] ?? [];
    const isIn = (names: readonly string[]) => (item: string) => names.some(nameMatcher(key, item));
    if (items.length === 0 || items.every(isIn(namesIn(picked, memberOf[key])))) continue;
    const known = namesIn([...document.ipv4, ...document.ipv6], memberOf[key]);
    const index = items.findIndex((item) => !isIn(known)(item));
    if (index !== -1) throw unknownName(key, index, items[index] ?? '', known);
  }
}

function unknownName(key: NameKey, index: number, name: string, known: readonly string[]): UserError {
  const noun = memberOf[key].replaceAll('_', ' ');
  const what = `source.${key}[${index}] is ${show(name)}, and AWS's document knows no such ${noun}`;
  if (known.length === 0) return new UserError(`${what}: it names no ${noun}s at all`);
  const isService = memberOf[key] === 'service';
  const meant = isService ? servicesNear(name, known) : placesNear(name, known);
  if (meant.length > 0) return new UserError(`${what}; did you mean ${printable(meant.join(' or '))}?`);
  const all =
    isService && known.includes(everyService)
      ? `: it names ${known.length} services (${everyService} holds all addresses, also those of services that it does not name)`
      : '';
  return new UserError(`${what}${all}; the ${noun}s are ${printable(firstOf(known, mostListed).join(', '))}`);
}

/**
 * The services that a name was meant to be: `AmazonS3` is S3, `EC3` is EC2. None that happens to be spelled alike (RDS is not
 * EBS), and never all of AWS for one of its services: a list that is too wide is worse than no guess.
 */
function servicesNear(name: string, known: readonly string[]): string[] {
  const wanted = plainService(name);
  // Short names of two services differ in a letter: only a wrong digit is a mistake in typing.
  if (wanted.length < 5) {
    return known.filter((service) => withoutDigits(plainService(service)) === withoutDigits(wanted));
  }
  const most = wanted.length < 6 ? 1 : 2;
  return known.filter((service) => leven(plainService(service), wanted) <= most);
}

/** Letters and digits of the name of a service, without the name of its maker. */
function plainService(name: string): string {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return plain.replace(/^(?:AMAZON|AWS)(?=..)/, '');
}

function withoutDigits(name: string): string {
  return name.replace(/\d+/g, '#');
}

/** The regions or border groups that a name was meant to be, or the glob for those that it is a part of: `eu` is `eu-*`. */
function placesNear(name: string, known: readonly string[]): string[] {
  for (const glob of [`${name}-*`, `*-${name}-*`]) {
    const meant = known.filter(globMatcher(glob));
    if (meant.length > 0 && !/[*?]/.test(name)) return [`${glob} (${firstOf(meant, 6).join(', ')})`];
  }
  return nearestNames(name, known, 3);
}
