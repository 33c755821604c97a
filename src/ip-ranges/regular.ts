// A document as AWS lays it out: every entry with the same members in the same order. One regular expression an entry reads
// it in less than half of the time that JSON.parse and a look at every object take; objects are made of candidates alone.
import { type Family, isCidr } from '../addresses/cidr.ts';
import { parseSyncToken } from '../version.ts';
import type { Document, Prefix } from './document.ts';

// What fits is JSON without escapes, in ASCII, with every member once and in its place: parseDocument's general way accepts it
// and finds the same. Nothing is refused here; what does not fit is for the general way to judge.
const space = '[ \\t\\r\\n]*';
// No longer than the general way accepts.
const placeName = '[A-Za-z0-9_-]{1,128}';
const serviceName = '[A-Z0-9_]{1,128}';

/** Made for the first document: most checks read none. */
let made: ReturnType<typeof makeExpressions> | undefined;

function makeExpressions() {
  return {
    head: expression(
      space,
      tokens(
        '\\{',
        ...member('syncToken', '([0-9]{1,15})'),
        ',',
        ...member('createDate', '([0-9]{4}(?:-[0-9]{2}){5})'),
      ),
      tokens(',', '"prefixes"', ':', '\\['),
    ),
    between: expression(tokens('\\]', ',', '"ipv6_prefixes"', ':', '\\[')),
    tail: expression(tokens('\\]', '\\}')),
    entries: { 4: expression(entryPattern(4)), 6: expression(entryPattern(6)) },
    capturing: { 4: expression(entryPattern(4, '(')), 6: expression(entryPattern(6, '(')) },
  };
}

function expressions(): ReturnType<typeof makeExpressions> {
  made ??= makeExpressions();
  return made;
}

/** The entries of a family, from the first on, in a document whose bytes are those of `text`. */
export type ReadEntries = (text: string, bytes: Buffer, family: Family, start: number) => Entries;

export interface Entries {
  /** Where they end, or the first that is none: it names no network in canonical form, say. */
  readonly end: number;
  /** Those of some services. */
  candidates(services: readonly string[]): Iterable<Prefix>;
}

/**
 * The document in AWS's layout that the bytes are, or undefined: then they may be another document, or none. `read` is for
 * whoever reads many documents that have most of their entries in common.
 */
export function readRegular(bytes: Buffer, read: ReadEntries = readEntries): Document | undefined {
  // Only ASCII fits the expressions, so the text need not be decoded.
  const text = bytes.toString('latin1');
  const { head, between, tail } = expressions();
  const [start = '', token, createDate] = matchAt(head, text, 0) ?? [];
  const syncToken = parseSyncToken(token);
  if (syncToken === undefined || createDate === undefined) return undefined;
  const ipv4 = read(text, bytes, 4, start.length);
  const [gap] = matchAt(between, text, ipv4.end) ?? [];
  if (gap === undefined) return undefined;
  const ipv6Start = ipv4.end + gap.length;
  const ipv6 = read(text, bytes, 6, ipv6Start);
  const [rest] = matchAt(tail, text, ipv6.end) ?? [];
  if (rest === undefined || ipv6.end + rest.length !== text.length) return undefined;
  if (ipv4.end === start.length && ipv6.end === ipv6Start) return undefined;

  let parsed: { readonly prefixes: Prefix[]; readonly ipv6_prefixes: Prefix[] } | undefined;
  const parse = () => {
    parsed ??= JSON.parse(text) as NonNullable<typeof parsed>;
    return parsed;
  };
  return {
    syncToken,
    createDate,
    bytes,
    get ipv4() {
      return parse().prefixes;
    },
    get ipv6() {
      return parse().ipv6_prefixes;
    },
    candidates: (family, services) => (family === 4 ? ipv4 : ipv6).candidates(services),
  };
}

function readEntries(text: string, _: Buffer, family: Family, start: number): Entries {
  const end = endOfEntries(text, family, start);
  return { end, candidates: (services) => candidatesIn(text, family, services, start, end) };
}

/** The entry that begins at `start`, and where the next one does or the array ends; undefined when it is none. */
export function readEntry(
  text: string,
  family: Family,
  start: number,
): { readonly prefix: Prefix; readonly end: number } | undefined {
  const match = matchAt(expressions().capturing[family], text, start);
  if (match === null || !isCidr(match[1] ?? '', family)) return undefined;
  return { prefix: prefixOf(match, family), end: start + match[0].length };
}

function prefixOf(
  [, cidr = '', region = '', service = '', group]: readonly string[],
  family: Family,
): Prefix {
  const place = { region, service, ...(group !== undefined && { network_border_group: group }) };
  return family === 4 ? { ip_prefix: cidr, ...place } : { ipv6_prefix: cidr, ...place };
}

function endOfEntries(text: string, family: Family, start: number): number {
  const entry = expressions().entries[family];
  let end = start;
  // An array of what matched would be made for each of `exec`; the network is the first text after a colon.
  for (entry.lastIndex = start; entry.test(text); end = entry.lastIndex) {
    const from = text.indexOf('"', text.indexOf(':', end)) + 1;
    if (!isCidr(text, family, from, text.indexOf('"', from))) return end;
  }
  return end;
}

/** The entries of some services among those from `start` to `end`. */
function* candidatesIn(
  text: string,
  family: Family,
  services: readonly string[],
  start: number,
  end: number,
): Generator<Prefix> {
  const wanted = services.map((service) => service.toUpperCase()).filter((service) => /^\w+$/.test(service));
  const name = new RegExp(`${tokens('"service"', ':')}"(?:${wanted.join('|')})"`, 'g');
  const entry = expressions().capturing[family];
  for (name.lastIndex = start; name.test(text) && name.lastIndex < end; ) {
    yield prefixOf(matchAt(entry, text, text.lastIndexOf('{', name.lastIndex)) ?? [], family);
  }
}

/** An entry, up to where the next one begins or the array ends, with its four values in groups of this kind. */
function entryPattern(family: Family, open: '(' | '(?:' = '(?:'): string {
  const [key, network] = family === 4 ? ['ip_prefix', '[0-9./]+'] : ['ipv6_prefix', '[0-9a-f:/]+'];
  const value = (name: string, pattern: string) => member(name, `${open}${pattern})`);
  return [
    tokens(
      '\\{',
      ...value(key, network),
      ',',
      ...value('region', placeName),
      ',',
      ...value('service', serviceName),
    ),
    `(?:${tokens(',', ...value('network_border_group', placeName))})?`,
    tokens('\\}'),
    `(?:${tokens(',')}(?=\\{)|(?=\\]))`,
  ].join('');
}

function member(key: string, value: string): string[] {
  return [`"${key}"`, ':', `"${value}"`];
}

/** Tokens of JSON, each with the white space that may follow it. */
function tokens(...patterns: readonly string[]): string {
  return patterns.map((pattern) => pattern + space).join('');
}

function expression(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join(''), 'y');
}

function matchAt(sticky: RegExp, text: string, index: number): RegExpExecArray | null {
  sticky.lastIndex = index;
  return sticky.exec(text);
}
