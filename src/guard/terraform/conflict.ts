// What is certain where a group has rules of its own and rule resources beside them?
//
// Terraform's documentation: the two "cannot be used in conjunction", they "overwrite" each other. So either may be in
// effect, or both, and certain is only what either of them allows by itself.
import { intersectRanges, mergeRanges } from '../../addresses/address-range.ts';
import type { PortRange } from '../../config/params.ts';
import { allow, type Doubt, type Rule, type RuleTraffic } from '../rule.ts';
import { withDoubt } from './attributes.ts';
import type { NumberedRule } from './group-type.ts';

/** Rules in which only what both allow is certain. Where the order matters, that is what stands in both alike. */
export function conflicting(
  own: readonly NumberedRule[],
  others: readonly NumberedRule[],
  isOrdered: boolean,
  doubt: Doubt,
): NumberedRule[] {
  if (isOrdered) {
    const [first, second] = [own, others].map((rules) => new Set(rules.map(identity)));
    return [...own, ...others].map((item) =>
      first?.has(identity(item)) && second?.has(identity(item)) ? item : doubted(item, doubt),
    );
  }
  const possible = [...own, ...others].map((item) => doubted(item, doubt));
  const certain = (rules: readonly NumberedRule[]) =>
    rules.map(({ rule }) => rule).filter((rule) => rule.doubt === undefined);
  return [...common(certain(own), certain(others)).map((rule) => ({ rule, number: 0 })), ...possible];
}

/** What two lists of allows have in common. */
function common(a: readonly Rule[], b: readonly Rule[]): Rule[] {
  return byTraffic(a).flatMap((one) =>
    byTraffic(b).flatMap((other) => {
      const traffic = sharedTraffic(one.traffic, other.traffic);
      if (traffic === undefined) return [];
      return one.ranges.flatMap((range) =>
        intersectRanges(range, other.ranges).map((shared) => allow(shared, traffic)),
      );
    }),
  );
}

function byTraffic(rules: readonly Rule[]) {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = JSON.stringify([rule.protocol, rule.ports]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rule]);
    else group.push(rule);
  }
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map((traffic) => ({ traffic, ranges: mergeRanges(group.map(({ range }) => range)) })),
  );
}

function sharedTraffic(a: RuleTraffic, b: RuleTraffic): RuleTraffic | undefined {
  if (a.protocol !== undefined && b.protocol !== undefined && a.protocol !== b.protocol) return undefined;
  const protocol = a.protocol ?? b.protocol;
  if (a.ports === undefined || b.ports === undefined) return { protocol, ports: a.ports ?? b.ports };
  const others = b.ports;
  const ports = a.ports.flatMap((one) => others.flatMap((other) => sharedPorts(one, other)));
  return ports.length === 0 ? undefined : { protocol, ports };
}

function sharedPorts(a: PortRange, b: PortRange): PortRange[] {
  const [first, last] = [Math.max(a.first, b.first), Math.min(a.last, b.last)];
  return first > last ? [] : [{ first, last }];
}

/** What AWS tells rules apart by. */
export function identity({ number, rule }: NumberedRule): string {
  const { range, action, protocol, ports } = rule;
  return [number, action, protocol, range.family, range.first, range.last, JSON.stringify(ports)].join(' ');
}

function doubted({ number, rule }: NumberedRule, doubt: Doubt): NumberedRule {
  return { number, rule: withDoubt([rule], doubt)[0] ?? rule };
}
