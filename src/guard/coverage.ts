// The guard's question: which published addresses do the rules leave out, and what do they allow beyond them?
import {
  type AddressRange,
  intersectRanges,
  mergeRanges,
  rangeToCidrs,
  subtractRanges,
} from '../addresses/address-range.ts';
import type { Family } from '../addresses/cidr.ts';
import type { PortRange } from '../config/params.ts';
import type { SelectedCidr, Selection } from '../selection/selection.ts';
import type { Rule } from './rule.ts';

/** The traffic that the rules must allow. */
export interface Traffic {
  readonly protocol: string;
  /** Every one of these ports must be allowed. */
  readonly ports: readonly PortRange[];
}

/** A published CIDR that the rules leave out, wholly or in part. */
export interface Missing {
  readonly published: SelectedCidr;
  /** What of it is left out, as the fewest CIDRs. */
  readonly gaps: readonly string[];
}

export interface Coverage {
  /** In the order of the selection. */
  readonly missing: readonly Missing[];
  /** The fewest CIDRs that would close every gap. */
  readonly closing: readonly string[];
  /** What the rules allow beyond the selection for any part of the traffic, as the fewest CIDRs. */
  readonly extra: readonly string[];
}

/**
 * Compares by addresses: what the rules together allow of the traffic against the union of the selection. An address is
 * missing when any of the demanded ports is not allowed to it, and extra when any is; `families` are those in which
 * the selection was made, and in which alone something can be extra.
 */
export function compareCoverage(
  selection: Selection,
  rules: readonly Rule[],
  traffic: Traffic,
  families: readonly Family[],
): Coverage {
  const published = mergeRanges(selection.map(({ cidr }) => cidr));
  const relevant = rules.filter(({ protocol }) => protocol === undefined || protocol === traffic.protocol);
  const gaps: AddressRange[] = [];
  const extra: AddressRange[] = [];
  for (const ports of portIntervals(relevant, traffic)) {
    const allowed = allowedRanges(relevant.filter((rule) => isAbout(rule, ports)));
    for (const range of published) gaps.push(...subtractRanges(range, allowed));
    for (const range of allowed) {
      if (families.includes(range.family)) extra.push(...subtractRanges(range, published));
    }
  }
  const missing = mergeRanges(gaps);
  return {
    missing: selection.flatMap((selected) => missingOf(selected, missing)),
    closing: missing.flatMap(rangeToCidrs),
    extra: mergeRanges(extra).flatMap(rangeToCidrs),
  };
}

/** The union of what is allowed, where of several rules for an address the first one decides. */
function allowedRanges(rules: readonly Rule[]): AddressRange[] {
  const allowed: AddressRange[] = [];
  let denied: AddressRange[] = [];
  for (const { action, range } of rules) {
    if (action === 'deny') denied = mergeRanges([...denied, range]);
    else if (denied.length === 0) allowed.push(range);
    else allowed.push(...subtractRanges(range, denied));
  }
  return mergeRanges(allowed);
}

function missingOf(published: SelectedCidr, missing: readonly AddressRange[]): Missing[] {
  const gaps = intersectRanges(published.cidr, missing);
  return gaps.length === 0 ? [] : [{ published, gaps: gaps.flatMap(rangeToCidrs) }];
}

/** The demanded ports in intervals within which every rule is about all ports or none. */
function portIntervals(rules: readonly Rule[], { ports }: Traffic): PortRange[] {
  const edges = new Set(
    rules.flatMap((rule) => (rule.ports ?? []).flatMap(({ first, last }) => [first, last + 1])),
  );
  return ports.flatMap(({ first, last }) => {
    const inside = [...edges].filter((edge) => edge > first && edge <= last).sort((a, b) => a - b);
    const starts = [first, ...inside];
    return starts.map((start, index) => ({ first: start, last: (starts[index + 1] ?? last + 1) - 1 }));
  });
}

function isAbout({ ports }: Rule, { first, last }: PortRange): boolean {
  return ports === undefined || ports.some((range) => range.first <= first && range.last >= last);
}
