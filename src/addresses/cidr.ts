// What a CIDR is: strict reading of IPv4 and IPv6 networks, and their numeric order.
import { formatIpv4, formatIpv6, readIpv4, readIpv6 } from './address.ts';

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

/** How many bits an address of the family has. */
export const bitsOf = { 4: 32, 6: 128 } as const;

/**
 * Reads a network in canonical form. Returns undefined for anything else: another notation, a length out of range,
 * host bits that are set, an IPv6 address that RFC 5952 writes differently.
 */
export function parseCidr(text: string, family: Family): Cidr | undefined {
  if (!isCidr(text, family)) return undefined;
  const slash = slashOf(text);
  // isCidr has left the groups of an IPv6 address in `groups`.
  const first = family === 4 ? BigInt(readIpv4(text, slash)) : groupsAsNumber();
  return cidrOf(text, { first, length: readLength(text, slash, family) }, family);
}

/**
 * Whether `parseCidr` would read `text[start, end)`, without the cost of doing it: for the thousands that nobody selects,
 * where they are in a document.
 */
export function isCidr(text: string, family: Family, start = 0, end = text.length): boolean {
  const slash = slashOf(text, start, end);
  const length = readLength(text, slash, family, end);
  if (length === -1) return false;
  if (family === 6) return readIpv6(text, slash, groups, start) === 'canonical' && !hasHostGroups(length);
  const address = readIpv4(text, slash, start);
  return address !== -1 && (length === 32 || address << length === 0);
}

/**
 * Reads a network as people write it: any notation of its address, but no host bits. Returns undefined for anything
 * else.
 */
export function parseNetwork(text: string): Cidr | undefined {
  const family = familyOf(text);
  const network = readNetwork(text, family);
  if (network === undefined || hasHostBits(network, family)) return undefined;
  return cidrOf(formatCidr(family, network.first, network.length), network, family);
}

/** As parseNetwork, without the canonical text, which is most of its work: rules are compared by their addresses alone. */
export function parseNetworkRange(text: string): { family: Family; first: bigint; last: bigint } | undefined {
  const family = familyOf(text);
  const network = readNetwork(text, family);
  if (network === undefined || hasHostBits(network, family)) return undefined;
  const { first, length } = network;
  return { family, first, last: lastOf(first, length, family) };
}

/** As parseNetworkRange, with host bits taken off, as Cloud Foundry does. */
export function parseMaskedNetwork(
  text: string,
): { family: Family; first: bigint; last: bigint } | undefined {
  const family = familyOf(text);
  const network = readNetwork(text, family);
  if (network === undefined) return undefined;
  const first = network.first - (network.first & hostMask(family, network.length));
  return { family, first, last: lastOf(first, network.length, family) };
}

/** Reads an address in any notation, as its family and number. Returns undefined for anything else. */
export function parseAddress(text: string): { family: Family; number: bigint } | undefined {
  const family = familyOf(text);
  const number = readAddress(text, text.length, family);
  return number === undefined ? undefined : { family, number };
}

/** Why the text is not read, as the end of the sentence "… is not a network in canonical form: …". */
export function whyNotCidr(text: string, family: Family): string {
  const network = readNetwork(text, family);
  if (network !== undefined) {
    const { first, length } = network;
    return `that is ${formatCidr(family, first - (first & hostMask(family, length)), length)}`;
  }
  const other = family === 4 ? 6 : 4;
  if (readNetwork(text, other) !== undefined) return `it is IPv${other} where IPv${family} belongs`;
  return `an IPv${family} network looks like ${family === 4 ? '52.95.144.0/24' : '2600:1fa0:2000::/40'}`;
}

/** The canonical text of the network that starts at `first` and fixes `length` bits. */
export function formatCidr(family: Family, first: bigint, length: number): string {
  if (family === 4) return `${formatIpv4(Number(first))}/${length}`;
  for (let i = 0; i < 8; i++) groups[i] = Number((first >> BigInt(112 - i * 16)) & 0xffffn);
  return `${formatIpv6(groups)}/${length}`;
}

/** Numeric order: IPv4 before IPv6, then by first address, a wider network before those inside it. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.length - b.length;
}

/** The groups of the IPv6 address that is at work; no function keeps anything in them for the next. */
const groups = new Uint16Array(8);

/** An address and how many of its leading bits a network fixes. */
interface Network {
  readonly first: bigint;
  readonly length: number;
}

/** The text can only be of this family, if of any. */
function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

function cidrOf(text: string, { first, length }: Network, family: Family): Cidr {
  return { text, family, length, first, last: lastOf(first, length, family) };
}

/** The last address of the network that starts at `first` and has no host bits. */
function lastOf(first: bigint, length: number, family: Family): bigint {
  return first + hostMask(family, length);
}

/** The host bits of a network, all set. */
function hostMask(family: Family, length: number): bigint {
  const bits = bitsOf[family] - length;
  const known = hostMasks[bits];
  if (known !== undefined) return known;
  const mask = (1n << BigInt(bits)) - 1n;
  hostMasks[bits] = mask;
  return mask;
}

/** By their number of bits: thousands of networks share a few, and arithmetic on bigints is slow. */
const hostMasks: bigint[] = [];

function hasHostBits({ first, length }: Network, family: Family): boolean {
  return (first & hostMask(family, length)) !== 0n;
}

/** As hasHostBits, of the IPv6 address in `groups`. */
function hasHostGroups(length: number): boolean {
  let hostBits = 0xffff >> (length & 15);
  for (let i = length >> 4; i < 8; i++) {
    if (((groups[i] ?? 0) & hostBits) !== 0) return true;
    hostBits = 0xffff;
  }
  return false;
}

/** A network in any notation, host bits allowed. */
function readNetwork(text: string, family: Family): Network | undefined {
  const slash = slashOf(text);
  const length = readLength(text, slash, family);
  if (length === -1) return undefined;
  const first = readAddress(text, slash, family);
  return first === undefined ? undefined : { first, length };
}

/** The address in `text[0, end)` as a number. */
function readAddress(text: string, end: number, family: Family): bigint | undefined {
  if (family === 4) {
    const address = readIpv4(text, end);
    return address === -1 ? undefined : BigInt(address);
  }
  return readIpv6(text, end, groups) === 'none' ? undefined : groupsAsNumber();
}

/** The IPv6 address in `groups` as a number. */
function groupsAsNumber(): bigint {
  // In few steps, since each one that makes a bigint allocates it.
  return (BigInt(threeGroups(0)) << 80n) | (BigInt(threeGroups(3)) << 32n) | BigInt(threeGroups(5) % 2 ** 32);
}

/** Three of the groups as one number, which is as much as a number holds. */
function threeGroups(start: number): number {
  return (groups[start] ?? 0) * 2 ** 32 + (groups[start + 1] ?? 0) * 2 ** 16 + (groups[start + 2] ?? 0);
}

/** Index of the slash before a length of up to three digits; -1 when none is there. */
function slashOf(text: string, start = 0, end = text.length): number {
  for (let i = end - 2; i >= end - 4 && i >= start; i--) {
    if (text.charCodeAt(i) === 47) return i;
  }
  return -1;
}

/** The decimal number behind the slash, without leading zeros, or -1 when no length of a network is there. */
function readLength(text: string, slash: number, family: Family, end = text.length): number {
  const digits = end - slash - 1;
  if (slash === -1 || digits < 1 || digits > 3) return -1;
  let length = 0;
  for (let i = slash + 1; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || (length === 0 && i > slash + 1)) return -1;
    length = length * 10 + digit;
  }
  return length > bitsOf[family] ? -1 : length;
}
