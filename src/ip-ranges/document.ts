// The document that AWS publishes: its type, and the validation that decides whether bytes are one.
import { isUtf8 } from 'node:buffer';
import { type Cidr, parseCidr } from '../addresses/cidr.ts';
import { isObject, type JsonObject, kindOf } from '../errors.ts';
import { isFromFuture, parseSyncToken, type SyncToken } from '../version.ts';
import { Failure } from './http/failure.ts';

/** An entry of ip-ranges.json as AWS published it (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html). */
export interface Prefix {
  readonly ip_prefix?: string;
  readonly ipv6_prefix?: string;
  readonly region: string;
  readonly service: string;
  /** Missing before 2020-04-07. */
  readonly network_border_group?: string;
}

/** A document that was received whole. The networks in its entries are validated when they are selected, by `cidrOf`. */
export interface Document {
  readonly syncToken: SyncToken;
  /** AWS's form of the publication time. Informative: empty when the document has it in another form. */
  readonly createDate: string;
  readonly ipv4: readonly Prefix[];
  readonly ipv6: readonly Prefix[];
  /** What was received, after decoding. */
  readonly bytes: Buffer;
}

/** Bytes that are not AWS's document. The message completes the sentence "… is not a usable ip-ranges.json: …". */
export class DocumentError extends Error {
  override name = 'DocumentError';
}

const lists = [
  { name: 'prefixes', key: 'ip_prefix', otherKey: 'ipv6_prefix' },
  { name: 'ipv6_prefixes', key: 'ipv6_prefix', otherKey: 'ip_prefix' },
] as const;

/**
 * Parses a document and validates its structure: every entry is an object with a network and names in the form of strings.
 * Throws a DocumentError that names the place and the reason, and repeats nothing of what was received.
 */
export function parseDocument(bytes: Buffer): Document {
  const content = parseJson(bytes);
  if (!isObject(content)) throw unlike('it', content, 'an object with syncToken and prefixes');
  const syncToken = parseSyncToken(content['syncToken']);
  if (syncToken === undefined) throw unlike('its syncToken', content['syncToken'], 'a string of digits');
  const [ipv4 = [], ipv6 = []] = lists.map((list) => requirePrefixes(content[list.name], list));
  if (ipv4.length + ipv6.length === 0) throw new DocumentError('it lists no prefixes at all');
  return { syncToken, createDate: readCreateDate(content['createDate']), ipv4, ipv6, bytes };
}

/**
 * The network of an entry. Throws a DocumentError that names the entry when it is none in canonical form: a network with host
 * bits, or one that is written in another way, could be read in two ways.
 */
export function cidrOf(prefix: Prefix, document: Document): Cidr {
  const { ip_prefix: ipv4, ipv6_prefix: ipv6 } = prefix;
  const cidr = ipv4 === undefined ? parseCidr(ipv6 ?? '', 6) : parseCidr(ipv4, 4);
  if (cidr !== undefined) return cidr;
  const [{ name, key }, list] =
    ipv4 === undefined ? ([lists[1], document.ipv6] as const) : ([lists[0], document.ipv4] as const);
  throw new DocumentError(
    `its ${name}[${list.indexOf(prefix)}].${key} is not a network in canonical form, such as 52.95.144.0/24`,
  );
}

/**
 * What `use` makes of a document that the network brought, unless its token is more than a day ahead of the clock: every
 * publication after it would count as older, for good. `now` is in milliseconds since 1970. Throws a transient Failure for
 * bytes that are not AWS's document: the next attempt may bring it whole.
 */
export function receiveDocument<T>(bytes: Buffer, now: number, use: (document: Document) => T): T {
  try {
    const document = parseDocument(bytes);
    const { syncToken } = document;
    if (isFromFuture(syncToken, now)) {
      const clock = new Date(now).toISOString().slice(0, 16);
      throw new DocumentError(
        `its syncToken ${syncToken} is more than a day ahead of this machine's clock (${clock} UTC)`,
      );
    }
    return use(document);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new Failure(`what it serves is not a usable ip-ranges.json: ${error.message}`, {
      isTransient: true,
    });
  }
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new DocumentError('it is empty');
  if (!isUtf8(bytes)) throw new DocumentError('it is not UTF-8 text');
  const text = bytes.toString();
  const isMarked = text.startsWith('\u{feff}');
  if (isMarked) throw new DocumentError('it starts with a byte order mark, which JSON does not allow');
  try {
    return JSON.parse(text);
  } catch {
    throw new DocumentError(
      /^\s*</.test(text)
        ? 'it is a page of HTML or XML'
        : `it is not valid JSON, or only a part of it arrived (${bytes.length} bytes)`,
    );
  }
}

function requirePrefixes(value: unknown, list: (typeof lists)[number]): Prefix[] {
  const { name } = list;
  if (!Array.isArray(value)) throw unlike(`its ${name}`, value, 'a list');
  const names = new Set<unknown>();
  for (let index = 0; index < value.length; index++) {
    const { region, service, network_border_group } = requirePrefix(value[index], index, list);
    names.add(region).add(service).add(network_border_group);
    if (names.size > mostNames) throw new DocumentError(`its ${name} have more than ${mostNames} names`);
  }
  return value;
}

/** Makes no loop and builds no text for a sound entry, of which there are thousands. */
function requirePrefix(
  entry: unknown,
  index: number,
  { name, key, otherKey }: (typeof lists)[number],
): JsonObject {
  if (!isObject(entry)) throw unlike(`its ${name}[${index}]`, entry, 'an object');
  const { [key]: cidr, [otherKey]: other, region, service, network_border_group: group = '-' } = entry;
  if (typeof cidr !== 'string') throw unlike(`its ${name}[${index}].${key}`, cidr, 'a network');
  if (other !== undefined) throw unlike(`its ${name}[${index}].${otherKey}`, other, 'no second network');
  if (!isName(region)) throw unlike(`its ${name}[${index}].region`, region, 'a name');
  if (!isName(service)) throw unlike(`its ${name}[${index}].service`, service, 'a name');
  if (!isName(group)) throw unlike(`its ${name}[${index}].network_border_group`, group, 'a name');
  return entry;
}

function unlike(place: string, value: unknown, expected: string): DocumentError {
  return new DocumentError(`${place} is ${kindOf(value)} where ${expected} belongs`);
}

/** Four times as long as any name so far: matching, comparing and printing need a bound. */
const longestName = 128;

/** Regions, services and border groups together: AWS has some hundred. Each is compared with every item of a source. */
const mostNames = 2_000;

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestName;
}

/** Only AWS's form is accepted: the text goes to stdout and into files as it is. */
function readCreateDate(value: unknown): string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}$/.test(value) ? value : '';
}
