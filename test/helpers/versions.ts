// Versions as check writes them, and such as it never would.
import { createHash } from 'node:crypto';
import { splitList } from '../../src/version.ts';
import type { Version } from './executables.ts';

/** A version that holds these CIDRs of S3 in us-gov-west-1 over IPv4, unless something in it is given. */
export function held(cidrs: readonly string[], more: object = {}) {
  const lines = cidrs.map((cidr) => `${cidr}\n`).join('');
  return {
    syncToken: '1724938990',
    createDate: '2024-08-29-13-43-10',
    digest: `sha256:${createHash('sha256').update(lines).digest('hex')}`,
    selection: 'S3, us-gov-west-1, IPv4',
    ...splitList(cidrs),
    ...more,
  };
}

/** The version without its list. */
export function bareOf({ syncToken, createDate, digest }: Version) {
  return { syncToken, createDate, digest };
}
