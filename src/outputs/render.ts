// What in writes: every file as a function of what was selected.
import type { Family } from '../addresses/cidr.ts';
import { contractVersion } from '../config/contract.ts';
import type { InParams } from '../config/params.ts';
import { jsonFile, listFile, type OutputFile, textFile } from '../files/output-file.ts';
import { sha256 } from '../files/sha256.ts';
import { derivationsOf, selectionRecord } from '../selection/keys.ts';
import { cidrLines, recordsOf } from '../selection/selection.ts';
import { securityGroup } from './security-group.ts';
import { countOf, type Served } from './served.ts';

/**
 * Every file of the destination but the archive, manifest.json last: the files of the list, and with `document` those of
 * the publication. The same list, publication and params give the same bytes, wherever the list comes from.
 */
export function renderFiles(
  served: Served,
  params: Pick<InParams, 'terraform' | 'security_group' | 'document'>,
): OutputFile[] {
  const files = [...filesOfList(served, params), ...(params.document ? filesOfPublication(served) : [])];
  return [...files, jsonFile('manifest.json', manifest(served, files))];
}

function filesOfList(
  { version, selection, source }: Served,
  { terraform, security_group: group }: Pick<InParams, 'terraform' | 'security_group'>,
): OutputFile[] {
  const { syncToken, createDate } = version;
  const textsOf = (family: Family) =>
    selection.filter(({ cidr }) => cidr.family === family).map(({ cidr }) => cidr.text);
  const [ipv4, ipv6] = [textsOf(4), textsOf(6)];
  return [
    textFile('cidrs.txt', cidrLines(selection)),
    listFile('ipv4.txt', ipv4),
    listFile('ipv6.txt', ipv6),
    jsonFile('cidrs.json', {
      sync_token: syncToken,
      create_date: createDate,
      cidr_blocks: ipv4,
      ipv6_cidr_blocks: ipv6,
    }),
    // Two resources, one a family, may write the same variables file: neither empties the other's list.
    jsonFile('ip_ranges.auto.tfvars.json', {
      ...(source.ip_versions.includes(4) && { [terraform.variable]: ipv4 }),
      ...(source.ip_versions.includes(6) && { [terraform.ipv6_variable]: ipv6 }),
    }),
    jsonFile('security-group.json', securityGroup(selection, source, group)),
    textFile('sync_token', syncToken),
    textFile('create_date', createDate),
  ];
}

function filesOfPublication({ document, selection, source }: Served): OutputFile[] {
  if (document === undefined)
    throw new Error('the files of a publication were asked for without its document');
  return [
    jsonFile('prefixes.json', recordsOf(selection, derivationsOf(source).length > 0)),
    textFile('ip-ranges.json', document.bytes),
  ];
}

/** manifest.json: what was promised, what was selected, and how to verify that the other files are intact. */
function manifest({ version, document, selection, source }: Served, files: readonly OutputFile[]): unknown {
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
