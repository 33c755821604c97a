// What each version of the contract promises that in writes. The one list of files: other tests take their names and
// their number from here.
import { contractVersion } from '../../src/config/contract.ts';

/** The files of a get, `<syncToken>` standing for the token, each with the members of the JSON object in it, if it is one. */
interface Contract {
  readonly always: Readonly<Record<string, readonly string[] | undefined>>;
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
    always: {
      'cidrs.txt': undefined,
      'ipv4.txt': undefined,
      'ipv6.txt': undefined,
      'cidrs.json': ['sync_token', 'create_date', 'cidr_blocks', 'ipv6_cidr_blocks'],
      'ip_ranges.auto.tfvars.json': ['aws_ip_ranges_cidr_blocks', 'aws_ip_ranges_ipv6_cidr_blocks'],
      'security-group.json': undefined,
      sync_token: undefined,
      create_date: undefined,
      'manifest.json': [
        'contract_version',
        'version',
        'served_from',
        'selection',
        'version_on',
        'counts',
        'files',
      ],
    },
    document: ['prefixes.json', 'ip-ranges.json'],
    bundle: ['aws-ip-ranges-<syncToken>.tgz'],
  },
};

/** What the contract version of this release promises. */
export function promised(): Contract {
  const promise = promises[contractVersion];
  if (promise === undefined) {
    throw new Error(
      `test/helpers/contract.ts says nothing of contract ${contractVersion}: list its files there`,
    );
  }
  return promise;
}

/** The names of the files that a get writes with these params, sorted. */
export function filesOfGet(
  params: { readonly document?: boolean; readonly bundle?: boolean } = {},
  syncToken = '1724938990',
): string[] {
  const { always, document, bundle } = promised();
  const names = [
    ...Object.keys(always),
    ...(params.document === true ? document : []),
    ...(params.bundle === true ? bundle : []),
  ];
  return names.map((name) => name.replace('<syncToken>', syncToken)).sort();
}
