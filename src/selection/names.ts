// The names that a document knows, and the error for one that it does not: a typing mistake must not empty a list.
import { nearestNames } from '../config/nearest.ts';
import type { Criteria } from '../config/source.ts';
import { printable, show, UserError } from '../errors.ts';
import type { Document } from '../ip-ranges/document.ts';
import { globMatcher } from './glob.ts';

/** Every service, region and border group of a document. */
export interface KnownNames {
  readonly services: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
  readonly networkBorderGroups: ReadonlySet<string>;
}

export function knownNames(document: Document): KnownNames {
  const services = new Set<string>();
  const regions = new Set<string>();
  const networkBorderGroups = new Set<string>();
  for (const prefixes of [document.ipv4, document.ipv6]) {
    for (const prefix of prefixes) {
      services.add(prefix.service);
      regions.add(prefix.region);
      if (prefix.network_border_group !== undefined) networkBorderGroups.add(prefix.network_border_group);
    }
  }
  return { services, regions, networkBorderGroups };
}

/** The known names that a source picks; undefined picks all. */
export interface PickedNames {
  readonly services: ReadonlySet<string>;
  readonly regions: ReadonlySet<string> | undefined;
  readonly networkBorderGroups: ReadonlySet<string> | undefined;
}

/**
 * Resolves the names and globs of a source. Throws a UserError for one that no known name matches, with the nearest
 * known names.
 */
export function pickNames(criteria: Criteria, known: KnownNames): PickedNames {
  const { services, regions, networkBorderGroups } = criteria;
  return {
    services: matchNames('services', services, known.services, anyCase),
    regions: regions && matchNames('regions', regions, known.regions, globMatcher),
    networkBorderGroups:
      networkBorderGroups &&
      matchNames('network_border_groups', networkBorderGroups, known.networkBorderGroups, globMatcher),
  };
}

function anyCase(wanted: string): (name: string) => boolean {
  return (name) => name.toUpperCase() === wanted.toUpperCase();
}

function matchNames(
  key: keyof typeof nouns,
  wanted: readonly string[],
  known: ReadonlySet<string>,
  matcher: (wanted: string) => (name: string) => boolean,
): ReadonlySet<string> {
  const all = [...known];
  return new Set(
    wanted.flatMap((item, index) => {
      const matches = all.filter(matcher(item));
      if (matches.length === 0) throw unknownName(`source.${key}[${index}]`, item, all, nouns[key]);
      return matches;
    }),
  );
}

const nouns = {
  services: 'service',
  regions: 'region',
  network_border_groups: 'network border group',
} as const;

function unknownName(place: string, name: string, known: readonly string[], noun: string): UserError {
  const what = `${place} is ${show(name)}, and AWS's document knows no such ${noun}`;
  if (known.length === 0) return new UserError(`${what}: it names no ${noun}s at all`);
  const near = nearestNames(name, known, 3);
  if (near.length > 0) return new UserError(`${what}; did you mean ${printable(near.join(' or '))}?`);
  return new UserError(`${what}; the ${noun}s are ${printable(known.toSorted().slice(0, 60).join(', '))}`);
}
