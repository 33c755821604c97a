// What a rules file amounts to, whatever its form: address ranges that are allowed or denied, for some traffic.
import type { AddressRange } from '../addresses/address-range.ts';
import { parseAddress, parseNetwork, whyNotCidr } from '../addresses/cidr.ts';
import type { PortRange } from '../config/params.ts';
import { show, UserError } from '../errors.ts';

/** The traffic that a rule is about. */
export interface RuleTraffic {
  /** `tcp`, `udp` or another name or number; undefined: every protocol. */
  readonly protocol: string | undefined;
  /** Undefined: every port. */
  readonly ports: readonly PortRange[] | undefined;
}

/** A rule for traffic to a range of addresses. Of several rules for the same traffic the first one decides. */
export interface Rule extends RuleTraffic {
  readonly range: AddressRange;
  readonly action: 'allow' | 'deny';
}

/** Every protocol and port: what an address on a list without either stands for. */
export const anyTraffic: RuleTraffic = { protocol: undefined, ports: undefined };

/** A rule that allows traffic to a range. */
export function allow(range: AddressRange, { protocol, ports }: RuleTraffic = anyTraffic): Rule {
  return { action: 'allow', range, protocol, ports };
}

/** The addresses that a CIDR, an address or a range `a-b` stands for. Throws a UserError that names the `place`. */
export function parseDestination(text: string, place: string): AddressRange {
  const network = parseNetwork(text);
  if (network !== undefined) return { family: network.family, first: network.first, last: network.last };
  const [from = '', to = from, ...rest] = text.split('-').map((part) => part.trim());
  const first = parseAddress(from);
  const last = parseAddress(to);
  if (first === undefined || last === undefined || rest.length > 0) {
    const family = text.includes(':') ? 6 : 4;
    throw new UserError(
      `${place} is ${show(text)}, which is no CIDR, address or range: ${whyNotCidr(text, family)}`,
    );
  }
  if (first.family !== last.family) {
    throw new UserError(`${place} is ${show(text)}, a range from one address family to another`);
  }
  if (first.number > last.number) {
    throw new UserError(`${place} is ${show(text)}, a range that ends before it starts`);
  }
  return { family: first.family, first: first.number, last: last.number };
}
