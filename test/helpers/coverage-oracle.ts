// A naive judge of coverage: it looks at every address and port of small windows, one by one.
import * as fc from 'fast-check';
import { rangeToCidrs } from '../../src/addresses/address-range.ts';
import type { Family } from '../../src/addresses/cidr.ts';
import type { Coverage, Gap } from '../../src/guard/coverage.ts';
import type { SelectedCidr } from '../../src/selection/selection.ts';
import { groupPrefixes } from '../../src/selection/selection.ts';

/** Addresses in the window of a family. Addresses are numbers from 0, counted from the start of the window. */
export const windowSize = 64;

/** Ports in play: 1 to this. */
export const lastPort = 6;

/** Where the windows are: at either end of the address space, and across a border between octets or groups. */
export const bases = {
  4: [0n, 0x0a0000e0n, 2n ** 32n - 64n],
  6: [0n, 0x26001f68_2000ffff_ffffffff_ffffffe0n, 2n ** 128n - 64n],
} as const;

export interface Block {
  readonly family: Family;
  readonly first: number;
  readonly last: number;
}

export interface ModelRule extends Block {
  readonly action: 'allow' | 'deny';
  /** Undefined: any. */
  readonly protocol: string | undefined;
  /** Undefined: any. */
  readonly ports: readonly (readonly [number, number])[] | undefined;
  /** It may be in effect or not. */
  readonly isPossible?: boolean;
}

export interface Case {
  /** Index into `bases`. */
  readonly base: number;
  readonly published: readonly Block[];
  readonly rules: readonly ModelRule[];
  readonly protocol: 'tcp' | 'udp';
  readonly ports: readonly (readonly [number, number])[];
  readonly families: readonly Family[];
}

const family: fc.Arbitrary<Family> = fc.constantFrom(4, 6);
const offset = fc.nat(windowSize - 1);

/** A range of any bounds. */
export const range: fc.Arbitrary<Block> = fc
  .tuple(family, offset, offset)
  .map(([of, a, b]) => ({ family: of, first: Math.min(a, b), last: Math.max(a, b) }));

/** A range that is a CIDR. The windows start at multiples of 32, so blocks of up to 32 are aligned in all of them. */
export const block: fc.Arbitrary<Block> = fc.tuple(family, offset, fc.nat(5)).map(([of, address, bits]) => {
  const size = 2 ** bits;
  const first = address - (address % size);
  return { family: of, first, last: first + size - 1 };
});

export const portRange: fc.Arbitrary<readonly [number, number]> = fc
  .tuple(fc.integer({ min: 1, max: lastPort }), fc.integer({ min: 1, max: lastPort }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);

/** A case whose rules are what `rule` makes. */
export function caseOf(rule: fc.Arbitrary<ModelRule>): fc.Arbitrary<Case> {
  return fc.record({
    base: fc.nat(bases[4].length - 1),
    published: fc.array(block, { minLength: 1, maxLength: 6 }),
    rules: fc.array(rule, { maxLength: 10 }),
    protocol: fc.constantFrom('tcp', 'udp'),
    ports: fc.array(portRange, { minLength: 1, maxLength: 2 }),
    families: fc.constantFrom<readonly Family[]>([4], [6], [4, 6], [4, 6], [4, 6]),
  });
}

/** The verdict of the oracle, as sets of `family:offset`. */
export interface Expected {
  /** Missing whichever of the possible rules are in effect. */
  readonly missing: ReadonlySet<string>;
  /** Missing for some of these assignments, but not for all. */
  readonly undecided: ReadonlySet<string>;
  /** Extra whichever of the possible rules are in effect. */
  readonly extra: ReadonlySet<string>;
  /** Extra for some of these assignments, but not for all. */
  readonly possiblyExtra: ReadonlySet<string>;
}

/** What is so for every assignment of the possible rules, and what for some, found by trying them all. */
export function judgeNaively(item: Case): Expected {
  const outcomes = assignments(item.rules).map((rules) => judgeAssignment({ ...item, rules }));
  const [first, ...others] = outcomes;
  if (first === undefined) throw new Error('there is always an assignment');
  const always = (key: 'missing' | 'extra') =>
    new Set([...first[key]].filter((address) => others.every((outcome) => outcome[key].has(address))));
  const sometimes = (key: 'missing' | 'extra') => {
    const all = new Set(outcomes.flatMap((outcome) => [...outcome[key]]));
    for (const address of always(key)) all.delete(address);
    return all;
  };
  return {
    missing: always('missing'),
    undecided: sometimes('missing'),
    extra: always('extra'),
    possiblyExtra: sometimes('extra'),
  };
}

/** The rules that are in effect, for every way in which the possible ones can turn out. */
function assignments(rules: readonly ModelRule[]): (readonly ModelRule[])[] {
  const index = rules.findIndex(({ isPossible }) => isPossible === true);
  const rule = rules[index];
  if (rule === undefined) return [rules];
  const certain = { ...rule, isPossible: false };
  return [...assignments(rules.with(index, certain)), ...assignments(rules.toSpliced(index, 1))];
}

/** The addresses that are missing and extra when every rule is in effect. */
function judgeAssignment({ published, rules, protocol, ports, families }: Case) {
  const missing = new Set<string>();
  const extra = new Set<string>();
  for (const of of [4, 6] as const) {
    for (let address = 0; address < windowSize; address++) {
      const contains = (item: Block) => item.family === of && item.first <= address && address <= item.last;
      const isPublished = published.some(contains);
      const relevant = rules.filter(
        (rule) => contains(rule) && (rule.protocol === undefined || rule.protocol === protocol),
      );
      for (const [first, last] of ports) {
        for (let port = first; port <= last; port++) {
          const deciding = relevant.find(
            (rule) => rule.ports === undefined || rule.ports.some(([from, to]) => from <= port && port <= to),
          );
          const isAllowed = deciding?.action === 'allow';
          if (isPublished && !isAllowed) missing.add(`${of}:${address}`);
          if (!isPublished && isAllowed && families.includes(of)) extra.add(`${of}:${address}`);
        }
      }
    }
  }
  return { missing, extra };
}

/** An address as text, in the plainest notation. */
export function addressText(of: Family, base: number, address: number): string {
  const number = (bases[of][base] ?? 0n) + BigInt(address);
  if (of === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
  return Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  ).join(':');
}

/** A block as a CIDR in the plainest notation. */
export function blockText({ family: of, first, last }: Block, base: number): string {
  return `${addressText(of, base, first)}/${(of === 4 ? 32 : 128) - Math.log2(last - first + 1)}`;
}

/** The published blocks as a selection. */
export function selectionOf({ published, base }: Case): readonly SelectedCidr[] {
  return groupPrefixes(
    published.map((item) => {
      // A document has networks in canonical form; the platform's own URL parser writes them.
      const [address = '', length = ''] = blockText(item, base).split('/');
      const canonical = item.family === 4 ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
      const key = item.family === 4 ? 'ip_prefix' : 'ipv6_prefix';
      return { [key]: `${canonical}/${length}`, region: 'r', service: 's' };
    }),
  );
}

/** The addresses of CIDRs, as `family:offset`; throws if one is there twice or two could be one. */
export function expand(cidrs: readonly string[], base: number): Set<string> {
  const addresses = new Set<string>();
  const blocks = new Set<string>();
  for (const cidr of cidrs) {
    const [text = '', length = ''] = cidr.split('/');
    const of = text.includes(':') ? 6 : 4;
    const first = Number(numberOf(text) - (bases[of][base] ?? 0n));
    const size = 2 ** ((of === 4 ? 32 : 128) - Number(length));
    for (let address = first; address < first + size; address++) {
      if (addresses.has(`${of}:${address}`)) throw new Error(`${cidr} overlaps another`);
      addresses.add(`${of}:${address}`);
    }
    // Windows start at multiples of 32, so up to that size siblings are where they are in the address space.
    const sibling = first % (2 * size) === 0 ? first + size : first - size;
    if (size < 32 && blocks.has(`${of}:${sibling}/${size}`))
      throw new Error(`${cidr} and another could be one`);
    blocks.add(`${of}:${first}/${size}`);
  }
  return addresses;
}

function numberOf(text: string): bigint {
  if (!text.includes(':')) return text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const [head = '', tail] = text.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups =
    tail === undefined ? [...head] : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/** Why a coverage is not what the oracle found, or undefined when it is. */
export function difference(coverage: Coverage, expected: Expected, item: Case): string | undefined {
  const { base } = item;
  const closing = expand(coverage.closing, base);
  if (!isSame(closing, expected.missing)) return `closing: ${[...closing]} is not ${[...expected.missing]}`;
  const extra = expand(coverage.extra, base);
  if (!isSame(extra, expected.extra)) return `extra: ${[...extra]} is not ${[...expected.extra]}`;
  const possiblyExtra = expand(coverage.possiblyExtra.flatMap(rangeToCidrs), base);
  if (!isSame(possiblyExtra, expected.possiblyExtra)) {
    return `possibly extra: ${[...possiblyExtra]} is not ${[...expected.possiblyExtra]}`;
  }
  return (
    gapDifference(coverage.missing, expected.missing, item) ??
    gapDifference(coverage.undecided, expected.undecided, item)
  );
}

function gapDifference(gaps: readonly Gap[], expected: ReadonlySet<string>, item: Case): string | undefined {
  const byText = new Map(gaps.map((gap) => [gap.published.cidr.text, gap.gaps]));
  for (const { cidr } of selectionOf(item)) {
    const wanted = [...expand([cidr.text], item.base)].filter((address) => expected.has(address));
    const found = expand(byText.get(cidr.text) ?? [], item.base);
    if (!isSame(found, new Set(wanted))) return `gaps of ${cidr.text}: ${[...found]} is not ${wanted}`;
    if (byText.has(cidr.text) && wanted.length === 0) return `${cidr.text} has no gap`;
  }
  return undefined;
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
