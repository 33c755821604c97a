// What in writes: every file as a function of what was selected.
import type { Family } from '../addresses/cidr.ts';
import type { InParams } from '../config/params.ts';
import type { OutputFile } from '../files/output-file.ts';
import { cidrLines } from '../selection/digest.ts';
import { recordsOf } from '../selection/records.ts';
import type { Selection } from '../selection/selection.ts';
import { manifest } from './manifest.ts';
import { securityGroup } from './security-group.ts';
import type { Served } from './served.ts';

/** Every file of the destination, manifest.json last. The same ranges and params give the same bytes. */
export function renderFiles(served: Served, params: InParams): OutputFile[] {
  const { version, document, selection } = served;
  const ipv4 = cidrsOf(selection, 4);
  const ipv6 = cidrsOf(selection, 6);
  const { variable, ipv6Variable } = params.terraform;
  const texts: [name: string, text: string | Buffer][] = [
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
    ['prefixes.json', json(recordsOf(selection, served.criteria))],
    ['ip_ranges.auto.tfvars.json', json({ [variable]: ipv4, [ipv6Variable]: ipv6 })],
    ['security-group.json', json(securityGroup(selection, params.securityGroup))],
    ['sync_token', version.syncToken],
    ['create_date', version.createDate],
  ];
  if (!params.skipDocument) texts.push(['ip-ranges.json', document.bytes]);
  const files = texts.map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  return [...files, { name: 'manifest.json', bytes: Buffer.from(json(manifest(served, files))) }];
}

/** The texts of the selected CIDRs of one family, in order. */
export function cidrsOf(selection: Selection, family: Family): string[] {
  return selection.filter(({ cidr }) => cidr.family === family).map(({ cidr }) => cidr.text);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
