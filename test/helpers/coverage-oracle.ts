// A naive judge of coverage: it looks at every address and port of small windows, one by one.
import { deepEqual } from 'node:assert/strict';
import type { AddressRange } from '../../src/addresses/address-range.ts';
import { bitsOf, type Family, formatCidr, parseNetwork } from '../../src/addresses/cidr.ts';
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

/** Addresses as `family:offset`, in order. */
interface Judgement {
  /** Missing whichever of the possible rules are in effect. */
  readonly missing: string[];
  /** Missing for some of these assignments, but not for all. */
  readonly undecided: string[];
  /** Extra whichever of the possible rules are in effect. */
  readonly extra: string[];
  /** Extra for some of these assignments, but not for all. */
  readonly possiblyExtra: string[];
}

/**
 * What is so for every assignment of the possible rules, and what for some: for every address of both windows and every
 * port, every assignment is tried.
 */
export function judgeNaively(item: Case): Judgement {
  const judged: Judgement = { missing: [], undecided: [], extra: [], possiblyExtra: [] };
  const inEffect = assignmentsOf(item.rules);
  const ports = item.ports.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  for (const family of [4, 6] as const) {
    for (let address = 0; address < windowSize; address++) {
      const isAbout = (block: Block) =>
        block.family === family && block.first <= address && address <= block.last;
      const isPublished = item.published.some(isAbout);
      const isFault = inEffect.map((rules) => {
        const own = rules.filter(
          (rule) => isAbout(rule) && (rule.protocol ?? item.protocol) === item.protocol,
        );
        if (isPublished) return ports.some((port) => !isAllowed(own, port));
        return item.families.includes(family) && ports.some((port) => isAllowed(own, port));
      });
      const [sure, open] = isPublished
        ? [judged.missing, judged.undecided]
        : [judged.extra, judged.possiblyExtra];
      if (isFault.every(Boolean)) sure.push(`${family}:${address}`);
      else if (isFault.some(Boolean)) open.push(`${family}:${address}`);
    }
  }
  return judged;
}

/** The rules that may be in effect together: with some of the possible ones, in every way. */
function assignmentsOf(rules: readonly ModelRule[]): (readonly ModelRule[])[] {
  return rules.reduce<(readonly ModelRule[])[]>(
    (all, rule) => [...(rule.isPossible === true ? all : []), ...all.map((some) => [...some, rule])],
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

/** The addresses in a range, as `family:offset`. */
function addressesIn({ family, first, last }: AddressRange, base: number): string[] {
  const offset = Number(first - numberOf(family, base, 0));
  const size = Number(last - first) + 1;
  if (offset < 0 || offset + size > windowSize) throw new Error(`${first}-${last} is outside of the window`);
  return Array.from({ length: size }, (_, index) => `${family}:${offset + index}`);
}

/** The addresses of CIDRs. Throws an Error where one is there twice, or where two could be one. */
function expand(cidrs: readonly string[], base: number): string[] {
  const ranges = cidrs.flatMap((text) => parseNetwork(text) ?? []);
  const starts = new Map(ranges.map((range) => [`${range.family} ${range.first}`, range]));
  const isHalf = ({ family, first, last }: AddressRange) =>
    starts.get(`${family} ${first ^ (last - first + 1n)}`)?.last === (last ^ (last - first + 1n));
  if (ranges.some(isHalf)) throw new Error(`of ${cidrs.join()} two could be one`);
  const addresses = ranges.flatMap((range) => addressesIn(range, base));
  if (new Set(addresses).size < addresses.length) throw new Error(`of ${cidrs.join()} two overlap`);
  return addresses;
}

/** Throws an AssertionError for a coverage that is not what the oracle found. */
export function requireSame(coverage: Coverage, judged: Judgement, item: Case): void {
  const { rules, base } = item;
  const closing = expand(coverage.closing, base);
  // What a deny makes missing is not closed by an allow.
  const hasDeny = rules.some(({ action }) => action === 'deny');
  deepEqual(
    hasDeny ? closing.filter((address) => !judged.missing.includes(address)) : closing,
    hasDeny ? [] : judged.missing,
  );
  const gapsIn = (gaps: readonly Gap[]) =>
    gaps.map(({ published, gaps }) => [published.cidr.text, expand(gaps, base)]);
  const gapsOf = (addresses: readonly string[]) =>
    selectionIn(item)
      .map(
        ({ cidr }) =>
          [cidr.text, expand([cidr.text], base).filter((address) => addresses.includes(address))] as const,
      )
      .filter(([, gaps]) => gaps.length > 0);
  const found = {
    missing: gapsIn(coverage.missing),
    undecided: gapsIn(coverage.undecided),
    extra: coverage.extra.flatMap((range) => addressesIn(range, base)),
    possiblyExtra: coverage.possiblyExtra.flatMap((range) => addressesIn(range, base)),
  };
  deepEqual(found, { ...judged, missing: gapsOf(judged.missing), undecided: gapsOf(judged.undecided) });
}
