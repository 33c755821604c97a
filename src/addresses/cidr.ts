// Addresses and CIDRs: strict reading of IPv4 and IPv6, the one canonical way to write them, and their numeric order.

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
export function parseCidr(text: string, family = familyOf(text)): Cidr | undefined {
  const network = parseNetwork(text);
  return network?.family === family && network.text === text ? network : undefined;
}

/** Reads a network as people write it: any notation of its address, but no host bits. Undefined for anything else. */
export function parseNetwork(text: string): Cidr | undefined {
  const network = parseMaskedNetwork(text);
  if (network === undefined || network.address !== network.first) return undefined;
  const { family, length, first, last } = network;
  // What is read as IPv4 has one notation.
  return { text: family === 4 ? text : formatCidr(family, first, length), family, length, first, last };
}

/** An address and the network around it. */
interface MaskedNetwork extends Omit<Cidr, 'text'> {
  readonly address: bigint;
}

/** As parseNetwork, but ignores host bits, as Cloud Foundry does, and writes no canonical text, which is most of the work. */
export function parseMaskedNetwork(text: string): MaskedNetwork | undefined {
  const slash = text.lastIndexOf('/');
  const digits = text.slice(slash + 1);
  const parsed = slash === -1 ? undefined : parseAddress(text.slice(0, slash));
  if (parsed === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(digits)) return undefined;
  const { family, number: address } = parsed;
  const length = Number(digits);
  if (length > bitsOf[family]) return undefined;
  const hostBits = (1n << BigInt(bitsOf[family] - length)) - 1n;
  const last = address | hostBits;
  return { family, address, length, first: last - hostBits, last };
}

/** Reads an address in any notation, as its family and number. Returns undefined for anything else. */
export function parseAddress(text: string): { family: Family; number: bigint } | undefined {
  const family = familyOf(text);
  const number = family === 4 ? readIpv4(text) : readIpv6(text);
  return number === undefined ? undefined : { family, number };
}

/** Why the text is not read, as the end of the sentence "… is not a network in canonical form: …". */
export function whyNotCidr(text: string, family = familyOf(text)): string {
  const network = parseMaskedNetwork(text);
  if (network?.family === family) return `that is ${formatCidr(family, network.first, network.length)}`;
  if (network !== undefined) return `it is IPv${network.family} where IPv${family} belongs`;
  return `an IPv${family} network looks like ${family === 4 ? '52.95.144.0/24' : '2600:1fa0:2000::/40'}`;
}

/** The canonical text of the network that starts at `first` and fixes `length` bits. */
export function formatCidr(family: Family, first: bigint, length: number): string {
  return `${family === 4 ? formatIpv4(Number(first)) : formatIpv6(first)}/${length}`;
}

/** Numeric order: IPv4 before IPv6, then by first address, a wider network before those inside it. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.length - b.length;
}

/** The only family that the text can be of. It may still be no address at all. */
function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

/** Four decimal numbers without leading zeros: an octet such as 010 is eight to some programs, ten to others. */
function readIpv4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let address = 0;
  for (const octet of octets) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return undefined;
    address = address * 256 + Number(octet);
  }
  return BigInt(address);
}

/** Eight groups of up to four hexadecimal digits, one run of zero groups possibly written as `::`. No dotted quad at the end. */
function readIpv6(text: string): bigint | undefined {
  const [before = '', after, ...others] = text.split('::');
  if (others.length > 0) return undefined;
  const head = before === '' && after !== undefined ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const missing = 8 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  if (![...head, ...tail].every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return (numberOf(head) << BigInt(16 * (8 - head.length))) | numberOf(tail);
}

/** Groups of an IPv6 address as one number. */
function numberOf(groups: readonly string[]): bigint {
  return groups.reduce((number, group) => (number << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}

/** Dotted decimal. */
function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** RFC 5952: lower case, no leading zeros, the first of the longest runs of two or more zero groups is `::`. URLs have it so. */
function formatIpv6(address: bigint): string {
  const digits = address.toString(16).padStart(32, '0');
  const groups = digits.replace(/.{4}(?!$)/g, '$&:');
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}
