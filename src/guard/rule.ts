// What a rules file amounts to, whatever its form: address ranges that are allowed or denied, for some traffic.
import type { AddressRange } from '../addresses/address-range.ts';
import { type Family, parseAddress, parseNetwork, whyNotCidr } from '../addresses/cidr.ts';
import type { PortRange } from '../config/params.ts';
import { UserError } from '../errors.ts';
import { type Place, text, valueInWords, where } from './json-place.ts';

/** Which way the traffic flows that is judged: to the published addresses, or from them. */
export type Direction = 'egress' | 'ingress';

/** The traffic that a rule is about. */
export interface RuleTraffic {
  /** `tcp`, `udp` or another name or number; undefined: every protocol. */
  readonly protocol: string | undefined;
  /** Undefined: every port. */
  readonly ports: readonly PortRange[] | undefined;
}

/** Why a rule is only possible. Its parts make one sentence: place, reason, `: `, way out. */
export interface Doubt {
  /** Where in the file: `plan.json: aws_security_group.app.egress[0].cidr_blocks`. */
  readonly place: string;
  /** What is open there, as what is said of the place: `is known only after apply`. */
  readonly reason: string;
  /** What would decide it: `check the state after the apply`. */
  readonly wayOut: string;
}

/** A rule for traffic to a range of addresses. Of several rules for the same traffic the first one decides. */
export interface Rule extends RuleTraffic {
  readonly range: AddressRange;
  readonly action: 'allow' | 'deny';
  /** Why the rule is only possible, so that it may be in effect or not. Undefined: it is certain. */
  readonly doubt: Doubt | undefined;
  /** Where the rule's address stands in the file, with the address as it is written there: what a verdict names it by. */
  readonly at?: Place;
}

/** Every protocol and port: what an address on a list without either stands for. */
export const anyTraffic: RuleTraffic = { protocol: undefined, ports: undefined };

/** A rule that allows traffic to a range; a possible one with a doubt. */
export function allow(
  range: AddressRange,
  { protocol, ports }: RuleTraffic = anyTraffic,
  doubt?: Doubt,
): Rule {
  return { action: 'allow', range, protocol, ports, doubt };
}

/** A rule that allows traffic to the CIDR, address or range that stands at a place. Throws a UserError that names the place. */
export function allowAt(destination: Place, traffic: RuleTraffic = anyTraffic, doubt?: Doubt): Rule {
  const range = parseDestination(text(destination), where(destination));
  return { ...allow(range, traffic, doubt), at: destination };
}

/** Most rules, destinations and entries that are judged together: a hundred times what any firewall accepts. */
export const mostRules = 100_000;

/** The rules of all parts as one list. Throws a UserError as soon as there are too many of them, or of their ports. */
export function collectRules<T>(
  file: string,
  parts: Iterable<T>,
  read: (part: T) => readonly Rule[],
): Rule[] {
  const rules: Rule[] = [];
  const lists = new Set<RuleTraffic['ports']>();
  let ports = 0;
  for (const part of parts) {
    for (const rule of read(part)) {
      rules.push(rule);
      if (rule.ports === undefined || lists.has(rule.ports)) continue;
      lists.add(rule.ports);
      ports += rule.ports.length;
    }
    if (Math.max(rules.length, ports) <= mostRules) continue;
    throw tooManyRules(file);
  }
  return rules;
}

/** The first item that has the same key as one before it; an empty key is none. */
export function findRepeated<T>(
  all: readonly T[],
  keyOf: (item: T) => string | number | undefined,
): T | undefined {
  const seen = new Set<unknown>();
  return all.find((item) => {
    const key = keyOf(item) ?? '';
    return key !== '' && seen.size === seen.add(key).size;
  });
}

export function tooManyRules(file: string): UserError {
  return new UserError(
    `${file} has more than ${mostRules} rules, destinations or ports in what is judged, more than the guard reads; ` +
      'name a file of rules that a firewall takes',
  );
}

/** All addresses of both families. */
const everything: readonly AddressRange[] = [
  { family: 4, first: 0n, last: (1n << 32n) - 1n },
  { family: 6, first: 0n, last: (1n << 128n) - 1n },
];

/**
 * Possible rules that allow traffic to any address: for what is no address (another group, the group itself), and for
 * addresses that the file does not show (an unknown list, a prefix list that it does not hold).
 */
export function allowAnything(
  doubt: Doubt,
  traffic: RuleTraffic = anyTraffic,
  families: readonly Family[] = [4, 6],
): Rule[] {
  return everything
    .filter(({ family }) => families.includes(family))
    .map((range) => allow(range, traffic, doubt));
}

/** The addresses that a CIDR, an address or a range `a-b` stands for. Throws a UserError that names the `place`. */
export function parseDestination(text: string, place: string): AddressRange {
  const network = parseNetwork(text);
  if (network !== undefined) return { family: network.family, first: network.first, last: network.last };
  const [from = '', to = from, ...rest] = text.split('-', 3).map((part) => part.trim());
  const first = parseAddress(from);
  const last = parseAddress(to);
  const refuse = (what: string) => new UserError(`${place} is ${valueInWords(text)}, ${what}`);
  if (first === undefined || last === undefined || rest.length > 0) {
    const why = whyNotCidr(text, text.includes(':') ? 6 : 4);
    throw refuse(`which is no CIDR, address or range: ${why}`);
  }
  if (first.family !== last.family) throw refuse('a range from one address family to another');
  if (first.number > last.number) throw refuse('a range that ends before it starts');
  return { family: first.family, first: first.number, last: last.number };
}
