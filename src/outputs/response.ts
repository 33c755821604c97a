// The response of `in` and `out`. The build page shows its metadata, and since Concourse 8.1 they are variables of the build. A
// cached get shows the rows of its first run again, so no row may go stale; and none is cut under a name that promises all.
import { findSpecialPurpose } from '../addresses/special-purpose.ts';
import type { Response } from '../concourse/types.ts';
import { inAscii } from '../errors.ts';
import { describe } from '../selection/keys.ts';
import { countOf, type Served } from './served.ts';

/** CIDRs up to which a row lists them. */
const listed = 256;

/** The response, in ASCII. */
export function response({ version, document, selection, source, url }: Served): Response {
  const [ipv4, ipv6] = [countOf(selection, 4), countOf(selection, 6)];
  const cidrs = selection.map(({ cidr }) => cidr);
  const special = findSpecialPurpose(cidrs);
  const rows: Readonly<Record<string, string | undefined>> = {
    publishedAt: new Date(Number(version.syncToken) * 1000).toISOString().replace('.000Z', 'Z'),
    selection: describe(source),
    ipv4Cidrs: String(ipv4.cidrs),
    ipv6Cidrs: String(ipv6.cidrs),
    ipv4Addresses: String(ipv4.addresses),
    ipv6Addresses: String(ipv6.addresses),
    cidrs: cidrs.length > listed ? undefined : cidrs.map(({ text }) => text).join('\n'),
    notGloballyRoutable:
      special.length > listed ? `${special.length} CIDRs` : special.join('\n') || undefined,
    digest: version.digest,
    url,
    servedFrom:
      document === undefined || document.syncToken === version.syncToken
        ? undefined
        : `the same list in the document with syncToken ${document.syncToken}`,
  };
  const metadata = Object.entries(rows).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: inAscii(value) }],
  );
  return { version, metadata };
}
