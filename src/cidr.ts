// What a CIDR is: strict reading of IPv4 and IPv6 networks, and their numeric order.

/** An address family, by its version number. */
export type Family = 4 | 6;

/** A network in canonical form, such as 10.0.0.0/8 or 2600:1fa0:2000::/40. */
export interface Cidr {
  /** Canonical text: no host bits, RFC 5952 for IPv6. */
  readonly text: string;
  readonly family: Family;
  /** Number of leading bits that are fixed: 0 to 32, or 0 to 128. */
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** An address as its 16-bit groups (8) or octets (4), most significant first. */
type Words = readonly number[];

/** An address and how many of its leading bits a network fixes. */
interface Network {
  readonly words: Words;
  readonly length: number;
}

/** How many bits an address of the family has. */
export const bitsOf = { 4: 32, 6: 128 } as const;

/**
 * Reads a network in canonical form. Returns undefined for anything else: another notation, a length out of range,
 * host bits that are set, an IPv6 address that RFC 5952 writes differently.
 */
export function parseCidr(text: string, family: Family): Cidr | undefined {
  const network = splitNetwork(text, family);
  return network && isCanonical(text, network, family) ? cidrOf(network, family) : undefined;
}

/** Whether `parseCidr` would read the text, without the cost of doing it: for the thousands that nobody selects. */
export function isCidr(text: string, family: Family): boolean {
  const network = splitNetwork(text, family);
  return network !== undefined && isCanonical(text, network, family);
}

/**
 * Reads a network as people write it: any notation of its address, but no host bits. Returns undefined for anything
 * else.
 */
export function parseNetwork(text: string): Cidr | undefined {
  const family = familyOf(text);
  const network = splitNetwork(text, family);
  return network && !hasHostBits(network, family) ? cidrOf(network, family) : undefined;
}

/** Reads an address in any notation, as its family and number. Returns undefined for anything else. */
export function parseAddress(text: string): { family: Family; number: bigint } | undefined {
  const family = familyOf(text);
  const words = parseWords(text, text.length, family);
  return words && { family, number: toBigint(words, family) };
}

/** Why the text is not read, as the end of the sentence "… is not a network in canonical form: …". */
export function whyNotCidr(text: string, family: Family): string {
  const network = splitNetwork(text, family);
  if (network !== undefined) {
    const words = network.words.map((word, index) => word & maskOfWord(index, network.length, family));
    return `that is ${formatNetwork({ words, length: network.length }, family)}`;
  }
  const other = family === 4 ? 6 : 4;
  if (splitNetwork(text, other) !== undefined) return `it is IPv${other} where IPv${family} belongs`;
  return `an IPv${family} network looks like ${family === 4 ? '52.95.144.0/24' : '2600:1fa0:2000::/40'}`;
}

/** The canonical text of the network that starts at `first` and fixes `length` bits. */
export function formatCidr(family: Family, first: bigint, length: number): string {
  const size = wordBits(family);
  const words = Array.from({ length: bitsOf[family] / size }, (_, index) =>
    Number((first >> BigInt(bitsOf[family] - (index + 1) * size)) & BigInt((1 << size) - 1)),
  );
  return formatNetwork({ words, length }, family);
}

/** Numeric order: IPv4 before IPv6, then by first address, a wider network before those inside it. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.length - b.length;
}

/** The text can only be of this family, if of any. */
function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

function isCanonical(text: string, network: Network, family: Family): boolean {
  return !hasHostBits(network, family) && formatNetwork(network, family) === text;
}

function cidrOf(network: Network, family: Family): Cidr {
  const first = toBigint(network.words, family);
  const { length } = network;
  const size = 1n << BigInt(bitsOf[family] - length);
  return { text: formatNetwork(network, family), family, length, first, last: first + size - 1n };
}

function splitNetwork(text: string, family: Family): Network | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const length = parseDecimal(text, slash + 1, text.length, bitsOf[family]);
  if (length === -1) return undefined;
  const words = parseWords(text, slash, family);
  return words && { words, length };
}

/** The words of the address in `text[0, end)`. */
function parseWords(text: string, end: number, family: Family): Words | undefined {
  return family === 4 ? parseIpv4(text, end) : parseIpv6(text, end);
}

/** The decimal number in `text[from, to)`, or -1 when it is none, has a leading zero or exceeds `max`. */
function parseDecimal(text: string, from: number, to: number, max: number): number {
  if (to <= from || to - from > 3) return -1;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  if (value > max || (text.charCodeAt(from) === 48 && to - from > 1)) return -1;
  return value;
}

function parseIpv4(text: string, end: number): Words | undefined {
  const octets: number[] = [];
  let from = 0;
  while (from <= end) {
    const dot = text.indexOf('.', from);
    const to = dot === -1 || dot > end ? end : dot;
    const octet = parseDecimal(text, from, to, 255);
    if (octet === -1 || octets.length === 4) return undefined;
    octets.push(octet);
    from = to + 1;
  }
  return octets.length === 4 ? octets : undefined;
}

/** Eight groups of up to four hexadecimal digits, one run of zero groups possibly written as `::`. */
function parseIpv6(text: string, end: number): Words | undefined {
  const groups: number[] = [];
  let gap = -1;
  let i = 0;
  if (text.startsWith('::')) {
    gap = 0;
    i = 2;
  }
  while (i < end) {
    let group = 0;
    const from = i;
    for (
      let digit = hexDigit(text.charCodeAt(i));
      digit !== -1 && i < end;
      digit = hexDigit(text.charCodeAt(i))
    ) {
      group = group * 16 + digit;
      i++;
    }
    if (i === from || i - from > 4 || groups.length === 8) return undefined;
    groups.push(group);
    if (i === end) break;
    if (text[i] !== ':') return undefined;
    i++;
    if (text[i] === ':' && i < end) {
      if (gap !== -1) return undefined;
      gap = groups.length;
      i++;
    } else if (i === end) {
      return undefined;
    }
  }
  if (gap === -1) return groups.length === 8 ? groups : undefined;
  if (groups.length > 7) return undefined;
  return [...groups.slice(0, gap), ...new Array<number>(8 - groups.length).fill(0), ...groups.slice(gap)];
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}

function wordBits(family: Family): number {
  return family === 4 ? 8 : 16;
}

function hasHostBits({ words, length }: Network, family: Family): boolean {
  return words.some((word, index) => (word & ~maskOfWord(index, length, family)) !== 0);
}

/** The bits of the word at `index` that belong to a network of this length. */
function maskOfWord(index: number, length: number, family: Family): number {
  const size = wordBits(family);
  const kept = Math.min(Math.max(length - index * size, 0), size);
  return ((1 << size) - 1) ^ ((1 << (size - kept)) - 1);
}

function toBigint(words: Words, family: Family): bigint {
  if (family === 4) return BigInt(words.reduce((value, octet) => value * 256 + octet, 0));
  return BigInt(`0x${words.map((group) => group.toString(16).padStart(4, '0')).join('')}`);
}

function formatNetwork({ words, length }: Network, family: Family): string {
  return `${formatAddress(words, family)}/${length}`;
}

/** Canonical text of an address: dotted decimal, or RFC 5952 (the longest run of two or more zero groups is `::`). */
function formatAddress(words: Words, family: Family): string {
  if (family === 4) return words.join('.');
  let start = -1;
  let longest = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && words[end] === 0) end++;
    if (end - i > longest) {
      start = i;
      longest = end - i;
    }
    if (end > i) i = end;
  }
  const hex = words.map((group) => group.toString(16));
  if (start === -1) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + longest).join(':')}`;
}
