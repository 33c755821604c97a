// A naive judge of coverage: it looks at every address and port of small windows, one by one. What adds ranges up and writes them as CIDRs
// has tests of its own in test/addresses/.
import { deepEqual } from 'node:assert/strict';
import {
  type AddressRange,
  intersectRanges,
  mergeRanges,
  rangeToCidrs,
} from '../../src/addresses/address-range.ts';
import { bitsOf, type Family, formatCidr } from '../../src/addresses/cidr.ts';
import type { Coverage, Gap } from '../../src/guard/coverage.ts';
import { type SelectedCidr, selectionOf } from '../../src/selection/selection.ts';

/** Addresses in the window of a family. Addresses are numbers from 0, counted from the start of the window. */
export const windowSize = 32;

/** Where the windows are: at either end of the address space, and across a border between octets or groups. */
export const bases = {
  4: [0n, 0x0a0000f0n, 2n ** 32n - 32n],
  6: [0n, 0x26001f68_2000ffff_ffffffff_fffffff0n, 2n ** 128n - 32n],
} as const;

/** The largest block that is aligned in all of the windows. */
export const largestBlock = 16;

export interface Block {
  readonly family: Family;
  readonly first: number;
  readonly last: number;
}

type Ports = readonly (readonly [first: number, last: number])[];

export interface ModelRule extends Block {
  readonly action: 'allow' | 'deny';
  /** Undefined: any. */
  readonly protocol: string | undefined;
  /** Undefined: any. */
  readonly ports: Ports | undefined;
  /** It may be in effect or not. */
  readonly isPossible?: boolean;
}

export interface Case {
  /** Index into `bases`. */
  readonly base: number;
  readonly published: readonly Block[];
  readonly rules: readonly ModelRule[];
  readonly protocol: 'tcp' | 'udp';
  readonly ports: Ports;
  readonly families: readonly Family[];
}

/** Addresses of which something is so. */
interface Judgement {
  /** Missing whichever of the possible rules are in effect. */
  readonly missing: AddressRange[];
  /** Those of them that no rule allows on some of the ports, so that a rule would close the gap. */
  readonly closing: AddressRange[];
  /** Missing for some of these assignments, but not for all. */
  readonly undecided: AddressRange[];
  /** Extra whichever of the possible rules are in effect. */
  readonly extra: AddressRange[];
  /** Extra for some of these assignments, but not for all. */
  readonly possiblyExtra: AddressRange[];
}

/** For every address of both windows and every port, every assignment of the possible rules is tried. */
export function judgeNaively(item: Case): Judgement {
  const { published, rules, protocol, ports, families, base } = item;
  const judged: Judgement = { missing: [], closing: [], undecided: [], extra: [], possiblyExtra: [] };
  const inEffect = assignmentsOf(rules.filter((rule) => (rule.protocol ?? protocol) === protocol));
  const demanded = ports.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  for (const family of [4, 6] as const) {
    for (let address = 0; address < windowSize; address++) {
      const isAbout = (block: Block) =>
        block.family === family && block.first <= address && address <= block.last;
      const isPublished = published.some(isAbout);
      const isFault = inEffect.map((all) => {
        const own = all.filter(isAbout);
        if (isPublished) return demanded.some((port) => !isAllowed(own, port));
        return families.includes(family) && demanded.some((port) => isAllowed(own, port));
      });
      const number = numberOf(family, base, address);
      const range = { family, first: number, last: number };
      if (isFault.every(Boolean)) judged[isPublished ? 'missing' : 'extra'].push(range);
      else if (isFault.some(Boolean)) judged[isPublished ? 'undecided' : 'possiblyExtra'].push(range);
      const allows = (inEffect[0] ?? []).filter((rule) => isAbout(rule) && rule.action === 'allow');
      if (isPublished && demanded.some((port) => !isAllowed(allows, port))) judged.closing.push(range);
    }
  }
  return judged;
}

/** The rules that may be in effect together: with all of the possible ones first, then with some of them in every way. */
function assignmentsOf(rules: readonly ModelRule[]): (readonly ModelRule[])[] {
  return rules.reduce<(readonly ModelRule[])[]>(
    (all, rule) => [...all.map((some) => [...some, rule]), ...(rule.isPossible === true ? all : [])],
    [[]],
  );
}

/** The first rule that is about the port decides. */
function isAllowed(rules: readonly ModelRule[], port: number): boolean {
  const first = rules.find(
    ({ ports }) => ports === undefined || ports.some(([from, to]) => from <= port && port <= to),
  );
  return first?.action === 'allow';
}

/** The address of a window, as a number. */
export function numberOf(family: Family, base: number, address: number): bigint {
  return (bases[family][base] ?? 0n) + BigInt(address);
}

/** An address as text, in the plainest notation. */
export function addressText(family: Family, base: number, address: number): string {
  const number = numberOf(family, base, address);
  const parts = (count: number, bits: number) =>
    Array.from(
      { length: count },
      (_, index) => (number >> BigInt((count - 1 - index) * bits)) % 2n ** BigInt(bits),
    );
  if (family === 4) return parts(4, 8).join('.');
  return parts(8, 16)
    .map((group) => group.toString(16))
    .join(':');
}

/** Bits of the network that is a block. */
function lengthOf({ family, first, last }: Block): number {
  return bitsOf[family] - Math.log2(last - first + 1);
}

/** A block as a CIDR in the plainest notation. */
export function blockText(block: Block, base: number): string {
  return `${addressText(block.family, base, block.first)}/${lengthOf(block)}`;
}

/** The published blocks as a selection, whose CIDRs are in canonical form. */
export function selectionIn({ published, base }: Case): readonly SelectedCidr[] {
  return selectionOf(
    published.map((block) => ({
      [block.family === 4 ? 'ip_prefix' : 'ipv6_prefix']: formatCidr(
        block.family,
        numberOf(block.family, base, block.first),
        lengthOf(block),
      ),
      region: 'r',
      service: 's',
    })),
  );
}

/** Throws an AssertionError for a coverage that is not what the oracle found. */
export function requireSame(coverage: Coverage, judged: Judgement, item: Case): void {
  const gapsIn = (gaps: readonly Gap[]) => gaps.map(({ published, gaps }) => [published.cidr.text, gaps]);
  const gapsOf = (addresses: readonly AddressRange[]) =>
    selectionIn(item)
      .map(({ cidr }) => [cidr.text, intersectRanges(cidr, mergeRanges(addresses)).flatMap(rangeToCidrs)])
      .filter(([, gaps]) => gaps?.length !== 0);
  const { missing, closing, undecided, extra, possiblyExtra } = coverage;
  deepEqual(
    { missing: gapsIn(missing), closing, undecided: gapsIn(undecided), extra, possiblyExtra },
    {
      missing: gapsOf(judged.missing),
      closing: mergeRanges(judged.closing).flatMap(rangeToCidrs),
      undecided: gapsOf(judged.undecided),
      extra: mergeRanges(judged.extra),
      possiblyExtra: mergeRanges(judged.possiblyExtra),
    },
  );
}
