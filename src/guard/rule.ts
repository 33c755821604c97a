// What a rules file amounts to, whatever its form: address ranges that are allowed, for some protocol and ports.
import type { AddressRange } from '../address-range.ts';
import { parseAddress, parseNetwork, whyNotCidr } from '../cidr.ts';
import type { PortRange } from '../config/params.ts';
import { show, UserError } from '../errors.ts';

/** A rule that allows traffic to a range of addresses. */
export interface Rule {
  readonly range: AddressRange;
  /** Undefined: every protocol. */
  readonly protocol: string | undefined;
  /** Undefined: every port. */
  readonly ports: readonly PortRange[] | undefined;
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
  if (first.family !== last.family || first.number > last.number) {
    throw new UserError(`${place} is ${show(text)}, a range that ends before it starts`);
  }
  return { family: first.family, first: first.number, last: last.number };
}
