// A selection in words.
import type { Criteria } from '../config/source.ts';

/** The criteria for people: `S3, us-gov-west-1, IPv4`. */
export function describe(criteria: Criteria): string {
  const { services, excludeServices, regions, networkBorderGroups, ipVersions } = criteria;
  const without = excludeServices.length === 0 ? '' : ` without ${listServices(excludeServices)}`;
  const parts = [`${listServices(services)}${without}`, regions?.join(' + ') ?? 'all regions'];
  if (networkBorderGroups !== undefined) parts.push(`border group ${networkBorderGroups.join(' + ')}`);
  if (ipVersions.length === 1) parts.push(`IPv${ipVersions.join()}`);
  if (criteria.aggregate) parts.push('aggregated');
  return parts.join(', ');
}

/** `S3 + EC2` */
export function listServices(services: readonly string[]): string {
  return services.join(' + ').toUpperCase();
}
