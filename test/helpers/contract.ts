// What each version of the contract promises that in writes. The one list of files: other tests take their names and
// their number from here.
import { contractVersion } from '../../src/config/contract.ts';

/** The files of a get, `<syncToken>` standing for the token. */
interface Contract {
  /** Those that are no JSON object, or one whose members are the user's. */
  readonly always: readonly string[];
  /** Those that are a JSON object, with its members. */
  readonly objects: Readonly<Record<string, readonly string[]>>;
  /** Files of the publication: with the document. */
  readonly document: readonly string[];
  readonly bundle: readonly string[];
}

/**
 * A version that was released is never edited: a new file or member raises the minor version, one that is gone or means
 * something else the major version, and each gets a row of its own.
 */
const promises: Readonly<Record<string, Contract>> = {
  // Files of the publication only with `document: true`.
  '2.0.0': {
    always: ['cidrs.txt', 'ipv4.txt', 'ipv6.txt', 'security-group.json', 'sync_token', 'create_date'],
    objects: {
      'cidrs.json': ['sync_token', 'create_date', 'cidr_blocks', 'ipv6_cidr_blocks'],
      'ip_ranges.auto.tfvars.json': ['aws_ip_ranges_cidr_blocks', 'aws_ip_ranges_ipv6_cidr_blocks'],
      'manifest.json': 'contract_version version served_from selection version_on counts files'.split(' '),
    },
    document: ['prefixes.json', 'ip-ranges.json'],
    bundle: ['aws-ip-ranges-<syncToken>.tgz'],
  },
};

/** What the contract version of this release promises. */
export function promised(): Contract {
  const promise = promises[contractVersion];
  if (promise !== undefined) return promise;
  throw new Error(
    `test/helpers/contract.ts says nothing of contract ${contractVersion}: list its files there`,
  );
}

/** The names of the files that a get of the incident writes with these params, sorted. */
export function filesOfGet({ document = false, bundle = false } = {}): string[] {
  const promise = promised();
  const names = [...promise.always, ...Object.keys(promise.objects)];
  if (document) names.push(...promise.document);
  if (bundle) names.push(...promise.bundle);
  return names.map((name) => name.replace('<syncToken>', '1724938990')).sort();
}
