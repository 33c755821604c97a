// A naive judge of coverage: it looks at every address and port of small windows, one by one. What adds ranges up and writes them as CIDRs
// has tests of its own in test/addresses/.
import { deepEqual } from 'node:assert/strict';
import {
  type AddressRange,
  intersectRanges,
  mergeRanges,
  rangeToCidrs,
} from '../../src/addresses/address-range.ts';
import type { Family } from '../../src/addresses/cidr.ts';
import type { Coverage, Gap, Traffic } from '../../src/guard/coverage.ts';
import type { Rule } from '../../src/guard/rule.ts';
import { type SelectedCidr, selectionOf } from '../../src/selection/selection.ts';

/** Addresses in the window of a family. */
export const windowSize = 32;

/** The first address of the window of each family. */
export type Window = Readonly<Record<Family, bigint>>;

/** At either end of the address space, and across a border between octets or groups. */
export const windows: readonly Window[] = [
  { 4: 0n, 6: 0n },
  { 4: 0x0a0000f0n, 6: 0x26001f68_2000ffff_ffffffff_fffffff0n },
  { 4: 2n ** 32n - 32n, 6: 2n ** 128n - 32n },
];

/** The largest block that is aligned in all of the windows. */
export const largestBlock = 16;

export interface Case {
  readonly window: Window;
  readonly published: readonly AddressRange[];
  /** Those with a doubt may be in effect or not. */
  readonly rules: readonly Rule[];
  readonly traffic: Traffic;
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
export function judgeNaively({ window, published, rules, traffic, families }: Case): Judgement {
  const judged: Judgement = { missing: [], closing: [], undecided: [], extra: [], possiblyExtra: [] };
  const { protocol, ports } = traffic;
  const demanded = ports.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  for (const family of [4, 6] as const) {
    for (let address = window[family]; address < window[family] + BigInt(windowSize); address++) {
      const isIn = (range: AddressRange) =>
        range.family === family && range.first <= address && address <= range.last;
      const isPublished = published.some(isIn);
      const own = rules.filter((rule) => isIn(rule.range) && (rule.protocol ?? protocol) === protocol);
      const isFault = assignmentsOf(own).map((inEffect) =>
        isPublished
          ? demanded.some((port) => !isAllowed(inEffect, port))
          : families.includes(family) && demanded.some((port) => isAllowed(inEffect, port)),
      );
      const range = { family, first: address, last: address };
      if (isFault.every(Boolean)) judged[isPublished ? 'missing' : 'extra'].push(range);
      else if (isFault.some(Boolean)) judged[isPublished ? 'undecided' : 'possiblyExtra'].push(range);
      const allows = own.filter(({ action }) => action === 'allow');
      if (isPublished && demanded.some((port) => !isAllowed(allows, port))) judged.closing.push(range);
    }
  }
  return judged;
}

/** The rules that may be in effect together: with some of the possible ones, in every way. */
function assignmentsOf(rules: readonly Rule[]): (readonly Rule[])[] {
  return rules.reduce<(readonly Rule[])[]>(
    (all, rule) => [...all.map((some) => [...some, rule]), ...(rule.doubt === undefined ? [] : all)],
    [[]],
  );
}

/** The first rule that is about the port decides. */
function isAllowed(rules: readonly Rule[], port: number): boolean {
  const isAbout = ({ ports }: Rule) =>
    ports?.some(({ first, last }) => first <= port && port <= last) ?? true;
  return rules.find(isAbout)?.action === 'allow';
}

/** The published ranges as a selection. */
export function selectionIn({ published }: Case): readonly SelectedCidr[] {
  return selectionOf(
    published.map((range) => ({
      [range.family === 4 ? 'ip_prefix' : 'ipv6_prefix']: rangeToCidrs(range)[0],
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
