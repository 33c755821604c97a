// The names that a source picks by, and the error for one that a document does not know: a typing mistake must not
// empty a list.
import leven from 'leven';
import { nearestNames } from '../config/nearest.ts';
import type { Criteria } from '../config/source.ts';
import { firstOf, printable, show, UserError } from '../errors.ts';
import type { Document, Prefix } from '../ip-ranges/document.ts';
import { globMatcher } from './glob.ts';

/** Names that an error lists where none is near. */
const listed = 60;

/** The keys of a source that pick prefixes by a name, each with the member of a prefix that holds the name. */
export const nameKeys = {
  services: { member: 'service', noun: 'service' },
  exclude_services: { member: 'service', noun: 'service' },
  regions: { member: 'region', noun: 'region' },
  network_border_groups: { member: 'network_border_group', noun: 'network border group' },
} as const;

export type NameKey = keyof typeof nameKeys;

/** Those of them that pick, rather than exclude. Object.keys forgets what the keys are. */
export const pickingKeys = (Object.keys(nameKeys) as NameKey[]).filter((key) => key !== 'exclude_services');

/** Picks prefixes by the name in one member. */
export interface Picker {
  picks(prefix: Prefix): boolean;
  /** Throws a UserError for an item of the source that names nothing in the document, with the nearest known names. */
  requireKnown(document: Document): void;
}

/** The picker for a key of the source; one that was left out picks every prefix, or excludes none. */
export function openPicker(key: NameKey, criteria: Criteria): Picker {
  const items = itemsOf(key, criteria);
  if (items === undefined) return { picks: () => true, requireKnown: () => undefined };
  const matchers = items.map((item) => nameMatcher(key, item));
  const idle = new Set(items.keys());
  // A document repeats a few names thousands of times: each is matched once.
  const verdicts = new Map<string, boolean>();
  const judge = (name: string) => {
    const matching = [...matchers.keys()].filter((index) => matchers[index]?.(name));
    for (const index of matching) idle.delete(index);
    verdicts.set(name, matching.length > 0);
    return matching.length > 0;
  };
  const { member } = nameKeys[key];
  return {
    picks: (prefix) => {
      const name = prefix[member];
      return name !== undefined && (verdicts.get(name) ?? judge(name));
    },
    requireKnown: (document) => {
      if (idle.size === 0) return;
      const known = namesIn(document, member);
      for (const index of idle) {
        if (!known.some((name) => matchers[index]?.(name)))
          throw unknownName(key, index, items[index] ?? '', known);
      }
    },
  };
}

/** The items of a key, or undefined when it was left out and picks all. */
export function itemsOf(key: NameKey, criteria: Criteria): readonly string[] | undefined {
  switch (key) {
    case 'services':
      return criteria.services;
    case 'exclude_services':
      return criteria.excludeServices;
    case 'regions':
      return criteria.regions;
    case 'network_border_groups':
      return criteria.networkBorderGroups;
  }
}

/** A function that says whether an item of the key means a name, both in any case: regions and border groups by glob. */
export function nameMatcher(key: NameKey, item: string): (name: string) => boolean {
  const wanted = item.toUpperCase();
  const matches =
    nameKeys[key].member === 'service' ? (name: string) => name === wanted : globMatcher(wanted);
  return (name) => matches(name.toUpperCase());
}

/** Every name that a document has in a member of its prefixes, in order. */
function namesIn(document: Document, member: 'service' | 'region' | 'network_border_group'): string[] {
  const names = new Set<string>();
  for (const prefixes of [document.ipv4, document.ipv6]) {
    for (const { [member]: name } of prefixes) if (name !== undefined) names.add(name);
  }
  return [...names].sort();
}

function unknownName(key: NameKey, index: number, name: string, known: readonly string[]): UserError {
  const { noun, member } = nameKeys[key];
  const what = `source.${key}[${index}] is ${show(name)}, and AWS's document knows no such ${noun}`;
  if (known.length === 0) return new UserError(`${what}: it names no ${noun}s at all`);
  const meant = member === 'service' ? servicesNear(name, known) : placesNear(name, known);
  if (meant.length > 0) return new UserError(`${what}; did you mean ${printable(meant.join(' or '))}?`);
  const names = printable(firstOf(known, listed).join(', '));
  if (member !== 'service' || !known.includes(everyService)) {
    return new UserError(`${what}; the ${noun}s are ${names}`);
  }
  return new UserError(
    `${what}: it names ${known.length} services (${everyService} holds all addresses, also those of services that it does not ` +
      `name); the services are ${names}`,
  );
}

/** The service that holds all addresses. */
const everyService = 'AMAZON';

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
  for (const glob of [`${name.toLowerCase()}-*`, `*-${name.toLowerCase()}-*`]) {
    const meant = known.filter(globMatcher(glob));
    if (meant.length > 0 && !/[*?]/.test(name)) return [`${glob} (${firstOf(meant, 6).join(', ')})`];
  }
  return nearestNames(name, known, 3);
}
