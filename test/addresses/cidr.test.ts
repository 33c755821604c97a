// CIDRs as text, compared with Node's own reading of addresses and with the serializer of URLs, which writes IPv6 as
// RFC 5952 has it.
import { isIPv4, isIPv6 } from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import {
  type AddressRange,
  differenceOf,
  intersectRanges,
  mergeRanges,
  rangeToCidrs,
  subtractUnion,
} from '../../src/addresses/address-range.ts';
import {
  bitsOf,
  type Cidr,
  type Family,
  parseAddress,
  parseCidr,
  parseNetwork,
  whyNotCidr,
} from '../../src/addresses/cidr.ts';
import { findSpecialPurpose } from '../../src/addresses/special-purpose.ts';

/** Addresses whose groups are often zero, so that there is something for `::` to stand for. */
const group = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  fc.integer({ min: 0, max: 0xffff }),
  fc.integer({ min: 0, max: 255 }),
);
const ipv6Groups = fc.array(group, { minLength: 8, maxLength: 8 });
const ipv6Number = ipv6Groups.map((groups) => groups.reduce((n, g) => (n << 16n) | BigInt(g), 0n));
const ipv4Number = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(BigInt);

/** A network of either family: its first address and its length, without host bits. */
const network = fc.constantFrom<Family>(4, 6).chain((family) =>
  fc
    .tuple(family === 4 ? ipv4Number : ipv6Number, fc.integer({ min: 0, max: bitsOf[family] }))
    .map(([number, length]) => {
      const size = 1n << BigInt(bitsOf[family] - length);
      return { family, length, first: number - (number % size) };
    }),
);

/** How an IPv6 address is written: `::` stands for the zero groups from `from` on, as many as there are up to `run`. */
const style = fc.record({
  isCanonical: fc.boolean(),
  isUpper: fc.boolean(),
  /** Digits that a group has at least. */
  width: fc.constantFrom(1, 1, 1, 4),
  from: fc.nat(8),
  run: fc.nat(8),
});
type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;

function write(number: bigint, { isCanonical, isUpper, width, from, run }: Style): string {
  const words = plainText(6, number).split(':');
  if (isCanonical) return canonicalAddress(6, words.join(':'));
  const zeros = words.slice(from).findIndex((word) => word !== '0');
  const length = Math.min(run, zeros === -1 ? words.length - from : zeros);
  const texts = words.map((word) => (isUpper ? word.toUpperCase() : word).padStart(width, '0'));
  if (length === 0) return texts.join(':');
  return `${texts.slice(0, from).join(':')}::${texts.slice(from + length).join(':')}`;
}

/** An address and the text of a length, either of them sometimes with a character lost, doubled or replaced. */
const anyText = fc
  .record({
    network,
    style,
    addressEdit: fc.option(fc.tuple(fc.nat(), fc.constantFrom('', ...':.0129aFg%x '), fc.nat(2)), {
      freq: 2,
    }),
    length: fc.option(
      fc.oneof(
        fc.nat(140).map(String),
        fc.constantFrom('', '00', '032', '0128', '+8', '-1', ' 8', '8 ', '1e1', '0x8', '8/8', '٣'),
      ),
      { freq: 2 },
    ),
  })
  .map(({ network: { family, first, length: bits }, style, addressEdit, length }) => {
    const address = family === 4 ? plainText(4, first) : write(first, style);
    return {
      family,
      address: addressEdit === null ? address : edit(address, addressEdit),
      length: length ?? String(bits),
    };
  });

function edit(text: string, [seed, inserted, removed]: readonly [number, string, number]): string {
  const at = seed % (text.length + 1);
  return text.slice(0, at) + inserted + text.slice(at + removed);
}

/** Eight groups in full, which every reader of IPv6 understands. */
function plainText(family: Family, number: bigint): string {
  const size = family === 4 ? 8n : 16n;
  const count = family === 4 ? 4 : 8;
  const words = Array.from(
    { length: count },
    (_, i) => (number >> (BigInt(count - 1 - i) * size)) & ((1n << size) - 1n),
  );
  return family === 4 ? words.join('.') : words.map((word) => word.toString(16)).join(':');
}

function canonicalAddress(family: Family, text: string): string {
  return family === 4 ? text : new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

function expectedLength(text: string, family: Family): number | undefined {
  return /^(?:0|[1-9][0-9]{0,2})$/.test(text) && Number(text) <= bitsOf[family] ? Number(text) : undefined;
}

/** The number of an address that Node reads, from its words; undefined for a text that is none, or one with a zone or a quad. */
function numberOf(family: Family, text: string): bigint | undefined {
  if (family === 4) {
    return isIPv4(text) ? text.split('.').reduce((sum, word) => sum * 256n + BigInt(word), 0n) : undefined;
  }
  if (!isIPv6(text) || /[.%]/.test(text)) return undefined;
  const wordsOf = (part = '') => (part === '' ? [] : part.split(':'));
  const [head, tail] = text.split('::');
  const [before, after] = [wordsOf(head), wordsOf(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((sum, word) => sum * 65536n + BigInt(`0x${word}`), 0n);
}

test('an address is read exactly when Node reads it, a network without host bits in any notation, a CIDR in the canonical one', (t) => {
  const read = { addresses: 0, networks: 0, cidrs: 0 };
  fc.assert(
    fc.property(anyText, ({ family, address, length }) => {
      const number = numberOf(family, address);
      t.is(parseAddress(address)?.number, number);
      if (number === undefined) return;
      read.addresses++;
      t.is(parseAddress(address)?.family, family);
      const bits = expectedLength(length, family);
      const size = 1n << BigInt(bitsOf[family] - (bits ?? 0));
      const isNetwork = bits !== undefined && number % size === 0n;
      const canonical = canonicalAddress(family, address);
      const text = `${address}/${length}`;
      const { text: written, first, last } = parseNetwork(text) ?? {};
      t.is(written, isNetwork ? `${canonical}/${bits}` : undefined);
      t.is(parseCidr(text, family)?.text, isNetwork && canonical === address ? text : undefined);
      if (!isNetwork) return;
      read.networks++;
      t.deepEqual([first, last], [number, number + size - 1n]);
      if (canonical === address) read.cidrs++;
    }),
    { numRuns: 2000 },
  );
  for (const [what, count] of Object.entries(read)) t.true(count > 300, `only ${count} ${what}`);
});

test('what is no CIDR is told by what it would have to be', (t) => {
  t.is(whyNotCidr('10.0.0.1/8', 4), 'that is 10.0.0.0/8');
  t.is(whyNotCidr('2600:1F00:0:0::/24', 6), 'that is 2600:1f00::/24');
  t.is(whyNotCidr('2600:1f00::/24', 4), 'it is IPv6 where IPv4 belongs');
  t.is(whyNotCidr('10.0.0.0/8', 6), 'it is IPv4 where IPv6 belongs');
  t.is(whyNotCidr('10.0.0/8', 4), 'an IPv4 network looks like 52.95.144.0/24');
});

/** CIDRs, and what is said of them; nothing of those that a service can be at. */
const cases: [cidr: string, purpose?: string][] = [
  ['0.0.0.0/0', 'this network, RFC 791'],
  ['10.1.2.0/24', 'private use, RFC 1918'],
  ['11.0.0.0/8'],
  ['100.127.255.255/32', 'shared address space, RFC 6598'],
  ['100.128.0.0/9'],
  ['172.15.0.0/16'],
  ['172.31.255.0/24', 'private use, RFC 1918'],
  ['172.32.0.0/11'],
  ['223.255.255.0/24'],
  ['239.0.0.0/8', 'multicast, RFC 5771'],
  ['252.0.0.0/10', 'reserved, RFC 1112'],
  ['255.255.255.255/32', 'reserved, RFC 1112'],
  ['::1/128', 'reserved, RFC 4291'],
  ['64:ff9b::/96'],
  ['2001:db8:1::/48', 'documentation, RFC 3849'],
  ['fc01::/32', 'unique local, RFC 4193'],
  ['fe80::/64', 'link local, RFC 4291'],
  ['ff02::/16', 'multicast, RFC 4291'],
];

test('findSpecialPurpose() finds what is private, reserved or multicast, and nothing else', (t) => {
  for (const [text, purpose] of cases) {
    t.deepEqual(
      findSpecialPurpose([parseNetwork(text) as Cidr]),
      purpose === undefined ? [] : [`${text} (${purpose})`],
    );
  }
});

// Arithmetic on ranges against sets that hold every address of a small window at an edge of either family.

const windowSize = 32;

/** Windows at the start and at the end of each family. */
const windows = ([4, 6] as const).flatMap((family) =>
  [0n, (1n << BigInt(bitsOf[family])) - BigInt(windowSize)].map((base) => ({ family, base })),
);
const range: fc.Arbitrary<AddressRange> = fc
  .tuple(fc.constantFrom(...windows), fc.nat(windowSize - 1), fc.nat(8))
  .map(([{ family, base }, start, more]) => ({
    family,
    first: base + BigInt(start),
    last: base + BigInt(Math.min(start + more, windowSize - 1)),
  }));
const ranges = fc.array(range, { maxLength: 12 });

function addressesOf(list: readonly AddressRange[]): string[] {
  const addresses = new Set<string>();
  for (const { family, first, last } of list) {
    for (let address = first; address <= last; address++) addresses.add(`${family} ${address}`);
  }
  return [...addresses].sort();
}

/** The addresses that are in the other set, too, or that are not. */
function picked(addresses: readonly string[], others: readonly string[], isInBoth: boolean): string[] {
  return addresses.filter((address) => others.includes(address) === isInBoth);
}

function rangesOf(cidrs: readonly string[]): AddressRange[] {
  return cidrs.flatMap((text) => parseNetwork(text) ?? []);
}

/** Whether the ranges are in order, each non-empty and, in a union, with a gap before it. */
function isOrdered(list: readonly AddressRange[], gap: bigint): boolean {
  return list.every(({ family, first, last }, index) => {
    const before = list[index - 1];
    const isBehind =
      before === undefined ||
      before.family < family ||
      (before.family === family && before.last + gap < first);
    return first <= last && isBehind;
  });
}

test('union, difference and intersection are those of the addresses, in order', (t) => {
  fc.assert(
    fc.property(ranges, ranges, (some, others) => {
      const [one, other] = [mergeRanges(some), mergeRanges(others)];
      const [inOne, inOther] = [addressesOf(some), addressesOf(others)];
      t.deepEqual(addressesOf(one), inOne);
      t.true(isOrdered(one, 1n));
      const rest = subtractUnion(one, other);
      t.deepEqual(addressesOf(rest), picked(inOne, inOther, false));
      t.true(isOrdered(rest, 0n));
      const common = one.flatMap((item) => intersectRanges(item, other));
      t.deepEqual(addressesOf(common), picked(inOne, inOther, true));
      t.true(isOrdered(common, 0n));
      const { added, removed } = differenceOf(some, others);
      t.deepEqual(addressesOf(rangesOf(added)), picked(inOther, inOne, false));
      t.deepEqual(addressesOf(rangesOf(removed)), picked(inOne, inOther, false));
    }),
    { numRuns: 1000 },
  );
});

test('a range is the fewest CIDRs that are exactly it: none is the half of a block in it', (t) => {
  const block = (family: Family, first: bigint, last: bigint) => ({ family, first, last });
  const whole = [block(4, 0n, 2n ** 32n - 1n), block(6, 0n, 2n ** 128n - 1n)];
  t.deepEqual(whole.flatMap(rangeToCidrs), ['0.0.0.0/0', '::/0']);
  fc.assert(
    fc.property(range, (one) => {
      const cidrs = rangesOf(rangeToCidrs(one));
      t.deepEqual(addressesOf(cidrs), addressesOf([one]));
      t.true(isOrdered(cidrs, 0n));
      for (const { family, first, last } of cidrs) {
        const size = last - first + 1n;
        const start = first - (first % (2n * size));
        t.false(one.first <= start && start + 2n * size - 1n <= one.last, `${family} ${first}`);
      }
    }),
    { numRuns: 1000 },
  );
});
