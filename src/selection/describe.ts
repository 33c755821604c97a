// A selection in words.
import type { Choice } from '../config/source.ts';

/** The choice for people: `S3, us-gov-west-1, IPv4`. Other words mean another selection. */
export function describe(choice: Choice): string {
  const { services, excludeServices, regions, networkBorderGroups, ipVersions, aggregate } = choice;
  const words = {
    services: listServices(services),
    excludeServices: excludeServices.length === 0 ? '' : ` without ${listServices(excludeServices)}`,
    regions: `, ${regions?.join(' + ') ?? 'all regions'}`,
    networkBorderGroups:
      networkBorderGroups === undefined ? '' : `, border group ${networkBorderGroups.join(' + ')}`,
    ipVersions: ipVersions.length === 1 ? `, IPv${ipVersions.join()}` : '',
    aggregate: aggregate ? ', aggregated' : '',
  } satisfies Record<keyof Choice, string>;
  return Object.values(words).join('');
}

/** `S3 + EC2` */
export function listServices(services: readonly string[]): string {
  return services.join(' + ').toUpperCase();
}
