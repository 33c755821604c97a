// A naive judge of coverage: it looks at every address and port of small windows, one by one.
import * as fc from 'fast-check';
import { rangeToCidrs } from '../../src/addresses/address-range.ts';
import type { Family } from '../../src/addresses/cidr.ts';
import type { Coverage, Gap } from '../../src/guard/coverage.ts';
import type { SelectedCidr } from '../../src/selection/selection.ts';
import { selectionOf as selectionOfRecords } from '../../src/selection/selection.ts';

/** Addresses in the window of a family. Addresses are numbers from 0, counted from the start of the window. */
export const windowSize = 64;

/** Ports in play: 1 to this. */
const lastPort = 6;

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

const isMissing = 1;
const isExtra = 2;

/**
 * What is so for every assignment of the possible rules, and what for some: for every address of both windows and every
 * port, every assignment is tried. Loops alone, since this is most of what the tests of coverage take.
 */
export function judgeNaively(item: Case): Expected {
  const { published, rules, protocol, ports, families } = item;
  const expected = { missing: new Set<string>(), undecided: new Set<string>() };
  const beyond = { extra: new Set<string>(), possiblyExtra: new Set<string>() };
  const possible = rules.filter(({ isPossible }) => isPossible === true);
  const outcomes = new Uint8Array(2 ** possible.length);
  for (const family of [4, 6] as const) {
    for (let address = 0; address < windowSize; address++) {
      const isPublished = published.some((block) => contains(block, family, address));
      const relevant = rules.filter(
        (rule) =>
          contains(rule, family, address) && (rule.protocol === undefined || rule.protocol === protocol),
      );
      outcomes.fill(0);
      for (const [first, last] of ports) {
        for (let port = first; port <= last; port++) {
          for (let assignment = 0; assignment < outcomes.length; assignment++) {
            const isAllowed = actionOn(relevant, port, possible, assignment) === 'allow';
            const flag = isPublished
              ? isAllowed
                ? 0
                : isMissing
              : isAllowed && families.includes(family)
                ? isExtra
                : 0;
            outcomes[assignment] = (outcomes[assignment] ?? 0) | flag;
          }
        }
      }
      const name = `${family}:${address}`;
      const [flag, sure, open] = isPublished
        ? [isMissing, expected.missing, expected.undecided]
        : [isExtra, beyond.extra, beyond.possiblyExtra];
      if (outcomes.every((outcome) => outcome === flag)) sure.add(name);
      else if (outcomes.includes(flag)) open.add(name);
    }
  }
  return { ...expected, ...beyond };
}

/** What the first rule in effect says that meets the port; nothing is no. A bit of the assignment is a possible rule. */
function actionOn(
  rules: readonly ModelRule[],
  port: number,
  possible: readonly ModelRule[],
  assignment: number,
): ModelRule['action'] {
  for (const rule of rules) {
    if (rule.isPossible === true && (assignment & (1 << possible.indexOf(rule))) === 0) continue;
    if (rule.ports === undefined) return rule.action;
    for (const [from, to] of rule.ports) if (from <= port && port <= to) return rule.action;
  }
  return 'deny';
}

function contains(block: Block, of: Family, address: number): boolean {
  return block.family === of && block.first <= address && address <= block.last;
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
  return selectionOfRecords(
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
function expand(cidrs: readonly string[], base: number): Set<string> {
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
  const isClosed = item.rules.some(({ action }) => action === 'deny')
    ? [...closing].every((address) => expected.missing.has(address))
    : isSame(closing, expected.missing);
  if (!isClosed) return `closing: ${[...closing]} of ${[...expected.missing]}`;
  const extra = expand(coverage.extra.flatMap(rangeToCidrs), base);
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
