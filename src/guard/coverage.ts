// The guard's question: which published addresses do the rules leave out, which do they allow only possibly, and what do
// they allow beyond them?
import {
  type AddressRange,
  intersectRanges,
  mergeRanges,
  rangeToCidrs,
  subtractUnion,
} from '../addresses/address-range.ts';
import { bitsOf, type Family } from '../addresses/cidr.ts';
import type { PortRange } from '../config/params.ts';
import { UserError } from '../errors.ts';
import type { SelectedCidr, Selection } from '../selection/selection.ts';
import { decideByOrder } from './decide.ts';
import type { Place } from './json-place.ts';
import type { Doubt, Rule } from './rule.ts';

/** The traffic that the rules must allow. */
export interface Traffic {
  readonly protocol: string;
  /** Every one of these ports must be allowed. */
  readonly ports: readonly PortRange[];
}

/** A published CIDR of which a part, or all, is not certainly allowed. */
export interface Gap {
  readonly published: SelectedCidr;
  /** The part, as the fewest CIDRs. */
  readonly gaps: readonly string[];
}

/** How rules compare with a selection. */
export interface Coverage {
  /** What is not even possibly allowed, in the order of the selection. */
  readonly missing: readonly Gap[];
  /** The fewest CIDRs that would close every gap of `missing`. */
  readonly closing: readonly string[];
  /** What is possibly allowed, but not certainly, in the order of the selection. */
  readonly undecided: readonly Gap[];
  /** What keeps it undecided. */
  readonly doubts: readonly Doubt[];
  /** What is certainly allowed beyond the selection for any part of the traffic, as the fewest CIDRs. */
  readonly extra: readonly string[];
  /** The place of a certain rule that allows every address of a family, where nothing denies. */
  readonly everything: Place | undefined;
  /** What is possibly allowed beyond the selection, but for no part of the traffic certainly: in order. */
  readonly possiblyExtra: readonly AddressRange[];
  /** What keeps that undecided. */
  readonly extraDoubts: readonly Doubt[];
}

/**
 * Compares by addresses, for every demanded port. *Certainly allowed* is what the certain allows allow, less every deny
 * that comes before, possible ones included; *possibly allowed* what any allow allows, less the certain denies that come
 * before. An address is missing when any of the ports is not even possibly allowed to it, and extra when any is;
 * `families` are those in which the selection was made, and in which alone something can be extra.
 */
export function compareCoverage(
  selection: Selection,
  rules: readonly Rule[],
  traffic: Traffic,
  families: readonly Family[],
): Coverage {
  const published = mergeRanges(selection.map(({ cidr }) => cidr));
  const relevant = rules.filter(({ protocol }) => protocol === undefined || protocol === traffic.protocol);
  const doubts = new Set<Doubt>();
  const extraDoubts = new Set<Doubt>();
  const parts = portIntervals(relevant, traffic).map((ports) => {
    const part = comparePorts(
      published,
      relevant.filter((rule) => isAbout(rule, ports)),
      families,
    );
    addDoubts(doubts, part.possible, part.undecided);
    addDoubts(extraDoubts, part.possible, part.possiblyExtra);
    return part;
  });
  const missing = mergeRanges(parts.flatMap((part) => part.missing));
  const extra = mergeRanges(parts.flatMap((part) => part.extra));
  const undecided = mergeRanges(parts.flatMap((part) => part.undecided));
  const possiblyExtra = mergeRanges(parts.flatMap((part) => part.possiblyExtra));
  return {
    missing: gapsOf(selection, missing),
    closing: missing.flatMap(rangeToCidrs),
    undecided: gapsOf(selection, subtractUnion(undecided, missing)),
    doubts: [...doubts],
    extra: extra.flatMap(rangeToCidrs),
    everything: extra.length === 0 ? undefined : everythingAt(relevant, traffic, families),
    possiblyExtra: subtractUnion(possiblyExtra, extra),
    extraDoubts: [...extraDoubts],
  };
}

/** The same for ports that every rule is about, as ranges. */
function comparePorts(
  published: readonly AddressRange[],
  rules: readonly Rule[],
  families: readonly Family[],
) {
  const possible = rules.filter(({ doubt }) => doubt !== undefined);
  const certainly = decideByOrder(
    rules.filter(({ action, doubt }) => action === 'deny' || doubt === undefined),
  );
  const possibly =
    possible.length === 0
      ? certainly
      : decideByOrder(rules.filter(({ action, doubt }) => action === 'allow' || doubt === undefined));
  const open = possible.length === 0 ? [] : subtractUnion(possibly, certainly);
  const isBeyond = ({ family }: AddressRange) => families.includes(family);
  return {
    possible,
    missing: subtractUnion(published, possibly),
    extra: subtractUnion(certainly.filter(isBeyond), published),
    undecided: open.flatMap((range) => intersectRanges(range, published)),
    possiblyExtra: subtractUnion(open.filter(isBeyond), published),
  };
}

/** The first certain rule for every address of a family; none where a rule denies. */
function everythingAt(
  rules: readonly Rule[],
  { ports: demanded }: Traffic,
  families: readonly Family[],
): Place | undefined {
  if (rules.some(({ action }) => action === 'deny')) return undefined;
  return rules.find(
    ({ doubt, ports, range: { family, first, last } }) =>
      doubt === undefined &&
      demanded.every((range) => isAbout({ ports }, range)) &&
      families.includes(family) &&
      first === 0n &&
      last === (1n << BigInt(bitsOf[family])) - 1n,
  )?.at;
}

/** Adds the doubts of those rules that touch what is open. */
function addDoubts(doubts: Set<Doubt>, possible: readonly Rule[], open: readonly AddressRange[]): void {
  if (open.length === 0) return;
  const merged = mergeRanges(open);
  for (const { doubt, range } of possible) {
    if (doubt === undefined || doubts.has(doubt)) continue;
    if (intersectRanges(range, merged).length > 0) doubts.add(doubt);
  }
}

function gapsOf(selection: Selection, ranges: readonly AddressRange[]): Gap[] {
  if (ranges.length === 0) return [];
  return selection.flatMap((published) => {
    const gaps = intersectRanges(published.cidr, ranges);
    return gaps.length === 0 ? [] : [{ published, gaps: gaps.flatMap(rangeToCidrs) }];
  });
}

/** The demanded ports in intervals within which every rule is about all ports or none. */
function portIntervals(rules: readonly Rule[], { ports }: Traffic): PortRange[] {
  const edges = new Set<number>();
  // Thousands of rules share a few lists of ports.
  for (const list of new Set(rules.map((rule) => rule.ports))) {
    for (const { first, last } of list ?? []) edges.add(first).add(last + 1);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const intervals = ports.flatMap(({ first, last }) => {
    const starts = [first, ...sorted.filter((edge) => edge > first && edge <= last)];
    return starts.map((start, index) => ({ first: start, last: (starts[index + 1] ?? last + 1) - 1 }));
  });
  const isBearable = intervals.length * rules.length <= mostComparisons || intervals.length === ports.length;
  if (isBearable && intervals.length - ports.length <= mostBoundaries) return intervals;
  throw new UserError(
    `the rules tell apart ${intervals.length} parts of the ports that params.ports demands, more than the guard compares ` +
      `for ${rules.length} rules (at most ${mostBoundaries}); demand fewer ports`,
  );
}

/** Rules times parts of the demanded ports: seconds. */
const mostComparisons = 5_000_000;

/** Different port boundaries inside the demanded ports; a few are usual. */
const mostBoundaries = 1_000;

function isAbout({ ports }: Pick<Rule, 'ports'>, { first, last }: PortRange): boolean {
  return ports === undefined || ports.some((range) => range.first <= first && range.last >= last);
}
