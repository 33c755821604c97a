// manifest.json: what was promised, what was selected, and how to verify that the other files are intact.

import { contractVersion } from '../config/contract.ts';
import type { OutputFile } from '../files/output-file.ts';
import { sha256 } from '../files/sha256.ts';
import { selectionRecord } from '../selection/keys.ts';
import { countOf, type Served } from './served.ts';

/** The content of manifest.json for the other files of the destination. */
export function manifest(
  { version, document, selection, source }: Served,
  files: readonly OutputFile[],
): unknown {
  const [ipv4, ipv6] = [countOf(selection, 4), countOf(selection, 6)];
  const publication = document ?? version;
  return {
    contract_version: contractVersion,
    version,
    // Another token than the version's when AWS has republished the same list.
    served_from: { sync_token: publication.syncToken, create_date: publication.createDate },
    selection: selectionRecord(source),
    // Two resources may differ in it alone.
    version_on: source.version_on,
    counts: {
      ipv4_cidrs: ipv4.cidrs,
      ipv6_cidrs: ipv6.cidrs,
      // Strings: the number of IPv6 addresses is beyond what JSON numbers hold exactly.
      ipv4_addresses: String(ipv4.addresses),
      ipv6_addresses: String(ipv6.addresses),
    },
    files: Object.fromEntries(
      files.map(({ name, bytes }) => [name, { sha256: sha256(bytes), size: bytes.length }]),
    ),
  };
}
