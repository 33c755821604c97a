// A selection in words. A version that holds its list carries them, so the same words must mean the same selection.
import type { Choice } from '../config/source.ts';

/**
 * The choice in words: `S3, us-gov-west-1, IPv4`. Names come in order and once, and services in upper case, so that two
 * ways to write a selection have the same words. Two selections never do: every separator has white space in it, which
 * no name has, and what follows the regions starts with a word of its own.
 */
export function describe(choice: Choice): string {
  const { services, excludeServices, regions, networkBorderGroups, ipVersions, aggregate } = choice;
  const words = {
    services: listServices(services),
    excludeServices: excludeServices.length === 0 ? '' : ` without ${listServices(excludeServices)}`,
    regions: `, ${regions === undefined ? 'all regions' : listPlaces(regions)}`,
    networkBorderGroups:
      networkBorderGroups === undefined ? '' : `, border group ${listPlaces(networkBorderGroups)}`,
    ipVersions: ipVersions.length === 1 ? `, IPv${ipVersions.join()}` : '',
    aggregate: aggregate ? ', aggregated' : '',
  } satisfies Record<keyof Choice, string>;
  return Object.values(words).join('');
}

/** `EC2 + S3` */
export function listServices(services: readonly string[]): string {
  return listNames(services.map((service) => service.toUpperCase()));
}

/** Regions and border groups are written in lower case, but for one. */
function listPlaces(places: readonly string[]): string {
  return listNames(places.map((place) => (/^global$/i.test(place) ? 'GLOBAL' : place.toLowerCase())));
}

function listNames(names: readonly string[]): string {
  return [...new Set(names)].sort().join(' + ');
}
