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
import type { Rule } from './rule.ts';

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
export type Coverage = ReturnType<typeof compareCoverage>;

/** The same for some of the demanded ports. */
export type Part = Coverage['parts'][number];

/** The name of a set of addresses in a comparison. */
type What = keyof ReturnType<typeof comparePorts>;

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
) {
  const published = mergeRanges(selection.map(({ cidr }) => cidr));
  const relevant = rules.filter(({ protocol }) => protocol === undefined || protocol === traffic.protocol);
  const parts = portIntervals(relevant, published, traffic).map((ports) => {
    const judged = relevant.filter((rule) => isAbout(rule, ports));
    return { ports, judged, ...comparePorts(published, judged, families) };
  });
  const inAny = (what: What) => mergeRanges(parts.flatMap((part) => part[what]));
  const [missing, extra] = [inAny('missing'), inAny('extra')];
  const rulesAbout = (what: What, isWanted: (rule: Rule) => boolean) => {
    const found = parts.flatMap((part) =>
      part.judged.filter((rule) => isWanted(rule) && intersectRanges(rule.range, part[what]).length > 0),
    );
    return [...new Set(found)];
  };
  const doubtsAbout = (what: What) =>
    new Set(rulesAbout(what, ({ doubt }) => doubt !== undefined).flatMap(({ doubt }) => doubt ?? []));
  const beyond = rulesAbout('extra', ({ action, doubt }) => action === 'allow' && doubt === undefined);
  const hasDeny = relevant.some(({ action }) => action === 'deny');
  return {
    parts,
    /** What is not even possibly allowed, in the order of the selection. */
    missing: gapsOf(selection, missing),
    /** The certain rules that deny some of that although a later rule allows it. */
    denies: [...new Set(parts.flatMap(({ judged, denied }) => deciding(judged, denied)))],
    /** The fewest CIDRs to allow for the part of the gap that no deny makes. */
    closing: inAny('unallowed').flatMap(rangeToCidrs),
    /** What is possibly, but not certainly, allowed, in the order of the selection. */
    undecided: gapsOf(selection, subtractUnion(inAny('undecided'), missing)),
    /** What keeps it undecided. */
    doubts: [...doubtsAbout('undecided')],
    extra,
    /** The certain rules that allow what is extra. */
    beyond,
    /** The one of them that allows every address of a family on all ports, where no rule denies. */
    everything: hasDeny ? undefined : beyond.find((rule) => isForEverything(rule, traffic)),
    /** Addresses beyond the selection that are possibly, but for no port certainly, allowed. */
    possiblyExtra: subtractUnion(inAny('possiblyExtra'), extra),
    extraDoubts: [...doubtsAbout('possiblyExtra')],
  };
}

/** Compares for ports that each rule is about, all as ranges in order. */
function comparePorts(
  published: readonly AddressRange[],
  rules: readonly Rule[],
  families: readonly Family[],
) {
  const certain = rules.filter(({ action, doubt }) => action === 'deny' || doubt === undefined);
  const possible = rules.filter(({ action, doubt }) => action === 'allow' || doubt === undefined);
  const certainly = decideByOrder(certain);
  const isDecided = rules.every(({ doubt }) => doubt === undefined);
  const possibly = isDecided ? certainly : decideByOrder(possible);
  const open = isDecided ? [] : subtractUnion(possibly, certainly);
  const missing = subtractUnion(published, possibly);
  // Where a rule allows what is missing, a deny before it makes the gap.
  const allowed = mergeRanges(rules.filter(({ action }) => action === 'allow').map(({ range }) => range));
  const isBeyond = ({ family }: AddressRange) => families.includes(family);
  return {
    missing,
    unallowed: subtractUnion(missing, allowed),
    denied: missing.flatMap((range) => intersectRanges(range, allowed)),
    undecided: open.flatMap((range) => intersectRanges(range, published)),
    extra: subtractUnion(certainly.filter(isBeyond), published),
    possiblyExtra: subtractUnion(open.filter(isBeyond), published),
  };
}

/** Denies that are named at most: the first ones already say what to do. */
const mostDenies = 40;

/** The certain denies that decide about the denied addresses: the first one about each. */
function deciding(rules: readonly Rule[], denied: readonly AddressRange[]): Rule[] {
  let rest = denied;
  const found: Rule[] = [];
  for (const rule of rules) {
    if (rest.length === 0 || found.length === mostDenies) break;
    if (rule.action === 'allow' || rule.doubt !== undefined) continue;
    if (intersectRanges(rule.range, rest).length === 0) continue;
    found.push(rule);
    rest = subtractUnion(rest, [rule.range]);
  }
  return found;
}

function isForEverything({ ports, range }: Rule, { ports: demanded }: Traffic): boolean {
  const isAll = range.first === 0n && range.last === (1n << BigInt(bitsOf[range.family])) - 1n;
  return isAll && demanded.every((part) => isAbout({ ports }, part));
}

function gapsOf(selection: Selection, ranges: readonly AddressRange[]): Gap[] {
  return selection.flatMap((published) => {
    const gaps = intersectRanges(published.cidr, ranges);
    return gaps.length === 0 ? [] : [{ published, gaps: gaps.flatMap(rangeToCidrs) }];
  });
}

/** The demanded ports in intervals within which every rule is about all ports or none. */
function portIntervals(
  rules: readonly Rule[],
  published: readonly AddressRange[],
  { ports }: Traffic,
): PortRange[] {
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
  const comparisons = intervals.length * (rules.length + published.length);
  if (comparisons <= mostComparisons && intervals.length - ports.length <= mostBoundaries) return intervals;
  throw new UserError(
    `the rules tell apart ${intervals.length} parts of the ports that params.ports demands, more than the guard compares for ` +
      `${rules.length} rules and ${published.length} ranges; demand fewer ports`,
  );
}

/** Parts of the demanded ports times rules and ranges: seconds. */
const mostComparisons = 5_000_000;

/** Different port boundaries inside the demanded ports; a few are usual. */
const mostBoundaries = 1_000;

function isAbout({ ports }: Pick<Rule, 'ports'>, { first, last }: PortRange): boolean {
  return ports === undefined || ports.some((range) => range.first <= first && range.last >= last);
}
