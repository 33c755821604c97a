// The guard's question: which published addresses do the rules leave out, and what do they allow beyond them?
import { type AddressRange, mergeRanges, rangeToCidrs, subtractRanges } from '../address-range.ts';
import type { PortRange } from '../config/params.ts';
import type { SelectedCidr, Selection } from '../selection/select.ts';
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
  /** What the rules allow for this traffic beyond the selection, in its address families, as the fewest CIDRs. */
  readonly extra: readonly string[];
}

/** Compares by addresses: the union of the rules that allow the traffic against the union of the selection. */
export function compareCoverage(selection: Selection, rules: readonly Rule[], traffic: Traffic): Coverage {
  const published = mergeRanges(selection.map(({ cidr }) => cidr));
  const families = new Set(published.map(({ family }) => family));
  const missing = new Map<SelectedCidr, AddressRange[]>();
  const extra: AddressRange[] = [];
  for (const ports of portIntervals(rules, traffic)) {
    const allowed = mergeRanges(
      rules.filter((rule) => allows(rule, traffic.protocol, ports)).map(({ range }) => range),
    );
    for (const selected of selection) {
      const gaps = subtractRanges(selected.cidr, allowed);
      if (gaps.length > 0) missing.set(selected, [...(missing.get(selected) ?? []), ...gaps]);
    }
    for (const range of allowed) {
      if (families.has(range.family)) extra.push(...subtractRanges(range, published));
    }
  }
  return {
    missing: selection.flatMap((selected) => {
      const gaps = missing.get(selected);
      return gaps === undefined
        ? []
        : [{ published: selected, gaps: mergeRanges(gaps).flatMap(rangeToCidrs) }];
    }),
    closing: mergeRanges([...missing.values()].flat()).flatMap(rangeToCidrs),
    extra: mergeRanges(extra).flatMap(rangeToCidrs),
  };
}

/** The demanded ports in intervals within which every rule allows all ports or none. */
function portIntervals(rules: readonly Rule[], { ports }: Traffic): PortRange[] {
  const edges = new Set(
    rules.flatMap((rule) => (rule.ports ?? []).flatMap(({ first, last }) => [first, last + 1])),
  );
  return ports.flatMap(({ first, last }) => {
    const starts = [
      first,
      ...[...edges].filter((edge) => edge > first && edge <= last).sort((a, b) => a - b),
    ];
    return starts.map((start, index) => ({ first: start, last: (starts[index + 1] ?? last + 1) - 1 }));
  });
}

function allows(rule: Rule, protocol: string, { first, last }: PortRange): boolean {
  if (rule.protocol !== undefined && rule.protocol !== protocol) return false;
  return rule.ports === undefined || rule.ports.some((range) => range.first <= first && range.last >= last);
}
