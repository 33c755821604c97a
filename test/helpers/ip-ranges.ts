// Documents and criteria for tests, with as little to write as the test is about.

import type { Criteria } from '../../src/config/criteria.ts';
import { parseSource } from '../../src/config/source.ts';
import { type Document, type Prefix, parseDocument } from '../../src/ip-ranges/document.ts';

/** `52.95.144.0/24 S3 us-gov-west-1`, a border group as a fourth word where it is not the region. */
export function prefix(line: string): Prefix {
  const [cidr = '', service = '', region = '', network_border_group = region] = line.split(' ');
  const names = { region, service, network_border_group };
  return cidr.includes(':') ? { ipv6_prefix: cidr, ...names } : { ip_prefix: cidr, ...names };
}

/** The bytes of a document as AWS would publish it: two spaces, no newline at the end. */
export function documentBytes(prefixes: readonly Prefix[], syncToken = '1724938990'): Buffer {
  return Buffer.from(
    JSON.stringify(
      {
        syncToken,
        createDate: new Date(Number(syncToken) * 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-'),
        prefixes: prefixes.filter(({ ip_prefix }) => ip_prefix !== undefined),
        ipv6_prefixes: prefixes.filter(({ ipv6_prefix }) => ipv6_prefix !== undefined),
      },
      undefined,
      2,
    ),
  );
}

/** A document of lines as `prefix` reads them. */
export function documentOf(lines: readonly string[], syncToken?: string): Document {
  return parseDocument(documentBytes(lines.map(prefix), syncToken));
}

/** The criteria of a source as a pipeline writes it. */
export function criteriaOf(source: Readonly<Record<string, unknown>>): Criteria {
  return parseSource(source);
}
