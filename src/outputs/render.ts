// What in writes: every file as a function of what was selected.
import type { Family } from '../addresses/cidr.ts';
import type { InParams } from '../config/params.ts';
import type { OutputFile } from '../files/output-file.ts';
import { derivationsOf } from '../selection/keys.ts';
import type { Selection } from '../selection/selection.ts';
import { cidrLines, recordsOf } from '../selection/selection.ts';
import { manifest } from './manifest.ts';
import { securityGroup } from './security-group.ts';
import type { Served } from './served.ts';

/**
 * Every file of the destination but the archive, manifest.json last: the files of the list, and with `document` those of
 * the publication. The same list, publication and params give the same bytes, wherever the list comes from.
 */
export function renderFiles(
  served: Served,
  params: Pick<InParams, 'terraform' | 'security_group' | 'document'>,
): OutputFile[] {
  const files = [...filesOfList(served, params), ...(params.document ? filesOfPublication(served) : [])].map(
    ([name, text]) => ({ name, bytes: Buffer.from(text) }),
  );
  return [...files, { name: 'manifest.json', bytes: Buffer.from(json(manifest(served, files))) }];
}

type NamedText = readonly [name: string, text: string | Buffer];

function filesOfList(
  { version, selection, source }: Served,
  { terraform, security_group: group }: Pick<InParams, 'terraform' | 'security_group'>,
): NamedText[] {
  const ipv4 = cidrsOf(selection, 4);
  const ipv6 = cidrsOf(selection, 6);
  // Two resources, one a family, may write the same variables file: neither empties the other's list.
  const variables = {
    ...(source.ip_versions.includes(4) && { [terraform.variable]: ipv4 }),
    ...(source.ip_versions.includes(6) && { [terraform.ipv6_variable]: ipv6 }),
  };
  return [
    ['cidrs.txt', cidrLines(selection)],
    ['ipv4.txt', lines(ipv4)],
    ['ipv6.txt', lines(ipv6)],
    [
      'cidrs.json',
      json({
        sync_token: version.syncToken,
        create_date: version.createDate,
        cidr_blocks: ipv4,
        ipv6_cidr_blocks: ipv6,
      }),
    ],
    ['ip_ranges.auto.tfvars.json', json(variables)],
    ['security-group.json', json(securityGroup(selection, source, group))],
    ['sync_token', version.syncToken],
    ['create_date', version.createDate],
  ];
}

function filesOfPublication({ document, selection, source }: Served): NamedText[] {
  if (document === undefined)
    throw new Error('the files of a publication were asked for without its document');
  return [
    ['prefixes.json', json(recordsOf(selection, derivationsOf(source).length > 0))],
    ['ip-ranges.json', document.bytes],
  ];
}

/** The texts of the selected CIDRs of one family, in order. */
function cidrsOf(selection: Selection, family: Family): string[] {
  return selection.filter(({ cidr }) => cidr.family === family).map(({ cidr }) => cidr.text);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
