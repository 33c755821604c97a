// Versions as check writes them, and such as it never would.
import { createHash } from 'node:crypto';
import { parseSource } from '../../src/config/source.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { versionOf, withList } from '../../src/selection/held.ts';
import { select } from '../../src/selection/select.ts';
import { splitList, type Version } from '../../src/version.ts';

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
export function bareOf({
  syncToken,
  createDate,
  digest,
}: Pick<Version, 'createDate' | 'digest'> & { syncToken: string }) {
  return { syncToken, createDate, digest };
}

/** The version of a source in a document. */
export function versionIn(source: object, document: string | Buffer): Version {
  const parsed = parseSource(source);
  const read = parseDocument(Buffer.from(document));
  const selection = select(read, parsed);
  return withList(versionOf(read, selection), selection, parsed);
}
