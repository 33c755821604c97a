// The document that AWS publishes: its type, and the validation that decides whether bytes are one.
import { isAscii, isUtf8 } from 'node:buffer';
import { type Family, isCidr, whyNotCidr } from '../addresses/cidr.ts';
import { show } from '../errors.ts';
import { parseSyncToken, type SyncToken } from '../version.ts';
import { faultOfMembers } from './members.ts';
import { readRegular } from './regular.ts';

/** An entry of ip-ranges.json as AWS published it (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html). */
export interface Prefix {
  readonly ip_prefix?: string;
  readonly ipv6_prefix?: string;
  readonly region: string;
  readonly service: string;
  /** Missing before 2020-04-07. */
  readonly network_border_group?: string;
}

/** A document that was received whole and in which every prefix is a network in canonical form. */
export interface Document {
  readonly syncToken: SyncToken;
  /** AWS's form of the publication time. Informative: empty when the document has none that can be shown. */
  readonly createDate: string;
  readonly ipv4: readonly Prefix[];
  readonly ipv6: readonly Prefix[];
  /** Entries of a family in their order, among them all that name one of these services, in any case. */
  candidates(family: Family, services: readonly string[]): Iterable<Prefix>;
  /** What was received, after decoding. */
  readonly bytes: Buffer;
}

/** Bytes that are not AWS's document. The message completes the sentence "… is not a usable ip-ranges.json: …". */
export class DocumentError extends Error {
  override name = 'DocumentError';
}

const arrays = [
  { name: 'prefixes', key: 'ip_prefix', otherKey: 'ipv6_prefix', family: 4 },
  { name: 'ipv6_prefixes', key: 'ipv6_prefix', otherKey: 'ip_prefix', family: 6 },
] as const;

/**
 * Parses and validates a document. Throws a DocumentError that names the place and the reason. One in another layout than AWS's
 * may have `largest` bytes: nothing interrupts JSON.parse, so that whoever has little time must not begin with it.
 */
export function parseDocument(bytes: Buffer, largest = Number.POSITIVE_INFINITY): Document {
  const regular = readRegular(bytes);
  if (regular !== undefined) return regular;
  if (bytes.length > largest) {
    throw new DocumentError(
      `to read its ${bytes.length} bytes, which are not laid out as AWS lays them out, takes longer than the rest of timeout`,
    );
  }
  return parseAny(bytes);
}

/** As parseDocument, of a document in any layout. */
export function parseAny(bytes: Buffer): Document {
  const text = readText(bytes);
  const content = parseJson(text);
  const memberFault = faultOfMembers(text, content);
  if (memberFault !== undefined) throw new DocumentError(`it ${memberFault}`);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new DocumentError(`it holds ${show(content)} where an object with syncToken and prefixes belongs`);
  }
  const document = content as Readonly<Record<string, unknown>>;
  const syncToken = parseSyncToken(document['syncToken']);
  if (syncToken === undefined) {
    throw new DocumentError(
      `its syncToken is ${showMember(document['syncToken'])} where a string of digits belongs`,
    );
  }
  const [ipv4, ipv6] = arrays.map((array) => requirePrefixes(document[array.name], array));
  if (ipv4 === undefined || ipv6 === undefined || ipv4.length + ipv6.length === 0) {
    throw new DocumentError('it lists no prefixes at all');
  }
  return {
    syncToken,
    createDate: readCreateDate(document['createDate']),
    ipv4,
    ipv6,
    candidates: (family) => (family === 4 ? ipv4 : ipv6),
    bytes,
  };
}

function readText(bytes: Buffer): string {
  if (bytes.length === 0) throw new DocumentError('it is empty');
  if (bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new DocumentError('it starts with a byte order mark, which JSON does not allow');
  }
  if (!isUtf8(bytes)) throw new DocumentError('it is not UTF-8 text');
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DocumentError(
      /^\s*</.test(text)
        ? `it is a page of HTML or XML that starts with ${show(text.trimStart().slice(0, 40))}`
        : `it is not valid JSON, or only a part of it arrived (${Buffer.byteLength(text)} bytes, the last of them ${show(text.slice(-20))})`,
    );
  }
}

function requirePrefixes(value: unknown, { name, key, otherKey, family }: (typeof arrays)[number]): Prefix[] {
  if (!Array.isArray(value))
    throw new DocumentError(`its ${name} is ${showMember(value)} where an array belongs`);
  for (let index = 0; index < value.length; index++) {
    const entry: unknown = value[index];
    if (typeof entry !== 'object' || entry === null) throw fault(`${name}[${index}]`, entry, 'an object');
    const prefix: { readonly [member in keyof Prefix]?: unknown } = entry;
    const text = family === 4 ? prefix.ip_prefix : prefix.ipv6_prefix;
    if (typeof text !== 'string') throw fault(`${name}[${index}].${key}`, text, `an IPv${family} network`);
    if (!isCidr(text, family)) {
      throw new DocumentError(
        `its ${name}[${index}].${key} is ${show(text)}, which is not a network in canonical form: ${whyNotCidr(text, family)}`,
      );
    }
    if (prefix[otherKey] !== undefined) {
      throw new DocumentError(`its ${name}[${index}] has ${key} and ${otherKey}, where one network belongs`);
    }
    const { region, service, network_border_group: group } = prefix;
    if (!isName(region)) throw fault(`${name}[${index}].region`, region, 'a name');
    if (!isName(service)) throw fault(`${name}[${index}].service`, service, 'a name');
    if (group !== undefined && !isName(group))
      throw fault(`${name}[${index}].network_border_group`, group, 'a name');
  }
  return value as Prefix[];
}

function fault(place: string, value: unknown, expected: string): DocumentError {
  return new DocumentError(`its ${place} is ${showMember(value)} where ${expected} belongs`);
}

function showMember(value: unknown): string {
  return value === undefined ? 'missing' : show(value);
}

/** Four times as long as any name so far: what is matched, compared and printed by names has a bound. */
const longestName = 128;

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestName;
}

/** AWS's form alone: what else a server puts here would go to stdout and into files as it is, a secret that it was sent, say. */
function readCreateDate(value: unknown): string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}$/.test(value) ? value : '';
}
