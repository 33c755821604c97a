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

/** The document in AWS's layout that the bytes are, or undefined: then they may be another document, or none. */
export function readRegular(bytes: Buffer): Document | undefined {
  // Only ASCII fits the expressions, so the text need not be decoded.
  const text = bytes.toString('latin1');
  const { head, between, tail } = expressions();
  const [start = '', token, createDate] = matchAt(head, text, 0) ?? [];
  const syncToken = parseSyncToken(token);
  if (syncToken === undefined || createDate === undefined) return undefined;
  const ipv4End = endOfEntries(text, 4, start.length);
  const [gap] = matchAt(between, text, ipv4End) ?? [];
  if (gap === undefined) return undefined;
  const ipv6Start = ipv4End + gap.length;
  const ipv6End = endOfEntries(text, 6, ipv6Start);
  const [rest] = matchAt(tail, text, ipv6End) ?? [];
  if (rest === undefined || ipv6End + rest.length !== text.length) return undefined;
  if (ipv4End === start.length && ipv6End === ipv6Start) return undefined;

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
    candidates: (family, services) =>
      family === 4
        ? candidatesIn(text, 4, services, start.length, ipv4End)
        : candidatesIn(text, 6, services, ipv6Start, ipv6End),
  };
}

/** Where the entries that begin at `start` end, or the first that is none: it names no network in canonical form, say. */
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
    const [, cidr = '', region = '', service = '', group] =
      matchAt(entry, text, text.lastIndexOf('{', name.lastIndex)) ?? [];
    const place = { region, service, ...(group !== undefined && { network_border_group: group }) };
    yield family === 4 ? { ip_prefix: cidr, ...place } : { ipv6_prefix: cidr, ...place };
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
