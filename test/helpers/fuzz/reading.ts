// What a document says, read naively and by other means than the resource's own: the judge of every mutation.
import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/** An entry of the document, with whatever it holds. */
export type Entry = Readonly<Record<string, unknown>>;

/** A document that every reader reads alike. */
export interface Reading {
  readonly syncToken: string;
  readonly createDate: string;
  readonly ipv4: readonly Entry[];
  readonly ipv6: readonly Entry[];
}

/** What a source selects. */
export interface Choice {
  readonly services: readonly string[];
  readonly regions?: readonly string[];
  readonly network_border_groups?: readonly string[];
  readonly ip_versions?: readonly (4 | 6)[];
  readonly allow_empty?: boolean;
  readonly max_cidrs?: number;
}

/** The selected list. */
export interface List {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** In the order of the list; those of one CIDR in the document's order. */
  readonly entries: readonly Entry[];
  readonly digest: string;
}

/** Levels of nesting that are taken for a document. */
const deepest = 64;

/** The document in these bytes, or undefined when they are none or say something in two ways. */
export function readDocument(bytes: Uint8Array): Reading | undefined {
  const value = readJson(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { syncToken, createDate, prefixes, ipv6_prefixes } = value as Entry;
  if (typeof syncToken !== 'string' || !isToken(syncToken)) return undefined;
  if (!isList(prefixes, 'ip_prefix', 'ipv6_prefix', isIpv4Network)) return undefined;
  if (!isList(ipv6_prefixes, 'ipv6_prefix', 'ip_prefix', isIpv6Network)) return undefined;
  if (prefixes.length === 0 && ipv6_prefixes.length === 0) return undefined;
  const isShown = typeof createDate === 'string' && /^\d{4}(-\d\d){5}$/.test(createDate);
  return { syncToken, createDate: isShown ? createDate : '', ipv4: prefixes, ipv6: ipv6_prefixes };
}

/** The token, when it is the first thing in a document of which this is the start. */
export function readStart(bytes: Uint8Array): string | undefined {
  let rest = Buffer.from(bytes.subarray(0, 256)).toString('latin1');
  for (const expected of ['{', '"syncToken"', ':', '"']) {
    rest = rest.replace(/^[ \t\r\n]+/, '');
    if (!rest.startsWith(expected)) return undefined;
    rest = rest.slice(expected.length);
  }
  const token = rest.slice(0, Math.max(rest.indexOf('"'), 0));
  return isToken(token) ? token : undefined;
}

/** The list that the choice selects, or undefined when the choice does not fit the document. */
export function readList(reading: Reading, choice: Choice): List | undefined {
  const { services, regions, network_border_groups: groups, ip_versions: families = [4, 6] } = choice;
  const all = [...reading.ipv4, ...reading.ipv6];
  const chosenBy = (patterns: readonly string[] | undefined, member: string, fits: typeof matches) => {
    const isChosen = (entry: Entry) =>
      patterns === undefined ||
      (member in entry && patterns.some((pattern) => fits(pattern, text(entry[member]))));
    const isKnown = (pattern: string) =>
      all.some((entry) => member in entry && fits(pattern, text(entry[member])));
    return { isChosen, areKnown: (patterns ?? []).every(isKnown) };
  };
  const tests = [
    chosenBy(services, 'service', isSameName),
    chosenBy(regions, 'region', matches),
    chosenBy(groups, 'network_border_group', matches),
  ];
  if (!tests.every(({ areKnown }) => areKnown)) return undefined;
  const isChosen = (entry: Entry) => tests.every((one) => one.isChosen(entry));
  const ipv4 = sorted(families.includes(4) ? reading.ipv4.filter(isChosen) : [], 'ip_prefix');
  const ipv6 = sorted(families.includes(6) ? reading.ipv6.filter(isChosen) : [], 'ipv6_prefix');
  const list = {
    ipv4: [...new Set(ipv4.map((entry) => text(entry['ip_prefix'])))],
    ipv6: [...new Set(ipv6.map((entry) => text(entry['ipv6_prefix'])))],
    entries: [...ipv4, ...ipv6],
  };
  const count = list.ipv4.length + list.ipv6.length;
  if (count === 0 && choice.allow_empty !== true) return undefined;
  if (choice.max_cidrs !== undefined && count > choice.max_cidrs) return undefined;
  return { ...list, digest: digestOf([...list.ipv4, ...list.ipv6]) };
}

/** `sha256:` and the digest of a file with these lines. */
export function digestOf(cidrs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const cidr of cidrs) hash.update(cidr).update('\n');
  return `sha256:${hash.digest('hex')}`;
}

function readJson(bytes: Uint8Array): unknown {
  try {
    const json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(json);
    return isUnambiguous(json) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether no object of a valid JSON text has a key twice, and nothing is nested too deep. */
function isUnambiguous(json: string): boolean {
  const keysByLevel: Set<string>[] = [];
  let last = '';
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === '{' || token === '[') keysByLevel.push(new Set());
    else if (token === '}' || token === ']') keysByLevel.pop();
    else if (token === ':') {
      const keys = keysByLevel.at(-1);
      const key = JSON.parse(last) as string;
      if (keys === undefined || keys.has(key)) return false;
      keys.add(key);
    }
    if (keysByLevel.length > deepest) return false;
    last = token;
  }
  return true;
}

function isList(
  value: unknown,
  member: string,
  foreign: string,
  isNetwork: (text: string) => boolean,
): value is Entry[] {
  const isEntry = (entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || foreign in entry) return false;
    const { [member]: network, service, region, network_border_group: group = 'none' } = entry as Entry;
    return [network, service, region, group].every(isName) && isNetwork(text(network));
  };
  return Array.isArray(value) && value.every(isEntry);
}

function isToken(text: string): boolean {
  return /^[0-9]{1,15}$/.test(text) && !text.startsWith('0');
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isIpv4Network(network: string): boolean {
  const [address = '', length = '', ...rest] = network.split('/');
  if (rest.length > 0 || !isIPv4(address) || length !== String(Number(length))) return false;
  const bits = Number(length);
  return (
    Number.isInteger(bits) && bits >= 0 && bits <= 32 && numberOf(address) % 2n ** BigInt(32 - bits) === 0n
  );
}

function isIpv6Network(network: string): boolean {
  const [address = '', length = '', ...rest] = network.split('/');
  if (rest.length > 0 || !isIPv6(address) || address.includes('%')) return false;
  // A URL writes an IPv6 address as RFC 5952 says, except that it has no dotted form.
  if (new URL(`http://[${address}]/`).hostname !== `[${address}]` || length !== String(Number(length)))
    return false;
  const bits = Number(length);
  return (
    Number.isInteger(bits) && bits >= 0 && bits <= 128 && numberOf(address) % 2n ** BigInt(128 - bits) === 0n
  );
}

/** An address as a number; an IPv6 address in groups of hexadecimal digits. */
function numberOf(address: string): bigint {
  if (!address.includes(':'))
    return address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const [head = [], tail = []] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = new Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/** Entries by address, and by length where that is the same. */
function sorted(entries: readonly Entry[], member: string): Entry[] {
  const keyed = entries.map((entry) => {
    const [address = '', length = ''] = text(entry[member]).split('/');
    return { entry, key: numberOf(address) * 1000n + BigInt(length) };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ entry }) => entry);
}

function isSameName(wanted: string, name: string): boolean {
  return wanted.toUpperCase() === name.toUpperCase();
}

/** Whether a name fits a glob, character by character. */
function matches(glob: string, name: string): boolean {
  return matchesFrom([...glob], [...name], 0, 0);
}

function matchesFrom(glob: readonly string[], name: readonly string[], at: number, from: number): boolean {
  const [first, letter] = [glob[at], name[from]];
  if (first === undefined) return letter === undefined;
  if (first === '*' && matchesFrom(glob, name, at + 1, from)) return true;
  if (letter === undefined) return false;
  if (first === '*') return matchesFrom(glob, name, at, from + 1);
  return (first === '?' || first === letter) && matchesFrom(glob, name, at + 1, from + 1);
}
