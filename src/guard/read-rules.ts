// Reads the rules that are judged: those of one candidate in a rules file, or of several as their union.
import { firstOf, inAscii, nearestNames, plainName, printable, show, UserError } from '../errors.ts';
import { globMatcher } from '../selection/names.ts';
import { readCandidates } from './detect.ts';
import type { Candidate, RuleList } from './form.ts';
import { collectRules, type Direction } from './rule.ts';
import type { RulesFile } from './rules-file.ts';

/** The rules that are judged. */
export interface Rules extends RuleList {
  /** The candidate by name; undefined for a list without a name. */
  readonly name: string | undefined;
}

/** Candidates that an error lists before it only counts them. */
const listed = 40;

/** Those that the first line of a verdict names. */
const listedInLine = 10;

/**
 * The rules in a file that `address` names, as their union, or the only ones in it. Throws a UserError that names
 * the place of what cannot be read, and the names when `address` is wanting or names none.
 */
export function readRules(
  rulesFile: RulesFile,
  address?: readonly string[],
  direction: Direction = 'egress',
): Rules {
  const file = rulesFile.name;
  const { all, unnamed } = readCandidates(rulesFile, direction);
  const [first, ...others] = all;
  if (first === undefined) {
    throw new UserError(
      `${file} holds nothing that the guard could judge: no security group, prefix list or network ACL`,
    );
  }
  if (address !== undefined) {
    const picked = new Set(address.flatMap((name) => pick(all, name, file)));
    return united([...picked], file);
  }
  if (unnamed !== undefined || others.length === 0) return united([unnamed ?? first], file);
  throw new UserError(
    `${file} holds ${all.length} sets of rules, and params.address does not say which one to judge: ${list(all)}`,
  );
}

/** Rules of several candidates as one list: where none of them denies, all that they allow is allowed. */
function united(picked: readonly Candidate[], file: string): Rules {
  const named = picked.filter(({ names }) => names.length > 0);
  if (picked.length > 1 && picked.some(({ isOrdered }) => isOrdered)) {
    throw new UserError(
      `params.address names ${picked.length} sets of rules in ${file}: ${list(picked)}; network ACLs cannot be judged together, ` +
        'since a subnet has one: name one',
    );
  }
  const lists: RuleList[] = [];
  const rules = collectRules(file, picked, (candidate) => {
    const list = candidate.read();
    lists.push(list);
    return list.rules;
  });
  const withoutPorts = lists.filter(({ isWithoutPorts }) => isWithoutPorts);
  if (withoutPorts.length > 0 && withoutPorts.length < lists.length) {
    throw new UserError(
      `params.address names lists without ports and rules with ports in ${file}: ${list(picked)}; judge them in puts of their own`,
    );
  }
  return {
    rules,
    name: named.length === 0 ? undefined : firstOf(named.map(labelOf), listedInLine).join(' + '),
    isWithoutPorts: withoutPorts.length > 0,
    isManagedByAws: lists.every((item) => item.isManagedByAws === true),
    asOf: lists.find(({ asOf }) => asOf !== undefined)?.asOf,
    remarks: [...new Set(lists.flatMap(({ remarks = [] }) => remarks))],
  };
}

/**
 * What one name or glob of `params.address` stands for. One that names nothing is an error even where there is only one
 * candidate: it names another than the one there.
 */
function pick(all: readonly Candidate[], address: string, file: string): Candidate[] {
  const exact = all.filter(({ names }) => names.some((name) => isCalled(name, address)));
  const what = `params.address is ${show(address)}`;
  if (exact.length === 1) return exact;
  if (exact.length > 1) {
    throw new UserError(
      `${what}, which names ${exact.length} sets of rules in ${file}: ${list(exact)}; use a name that only one of them has`,
    );
  }
  const isMatch = globMatcher(address);
  const matches = /[*?]/.test(address) ? all.filter(({ names }) => names.some(isMatch)) : [];
  if (matches.length > 0) return matches;
  const names = new Set(all.flatMap((candidate) => candidate.names));
  if (names.size === 0) {
    throw new UserError(`${what}, but ${file} holds a list without a name; leave params.address out`);
  }
  // How far two names are apart takes time that grows with the product of their lengths.
  const alike = [...names].filter(
    (name) => address.length <= 100 && Math.abs(name.length - address.length) <= 33,
  );
  const near = nearestNames(address, alike, 3).map((name) => plainName(name));
  const wayOut = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `it holds ${list(all)}`;
  throw new UserError(`${what}, which names nothing in ${file}; ${wayOut}`);
}

/** By its name, or by the way in which a message printed it, escapes included. */
function isCalled(name: string, address: string): boolean {
  if (name === address || /^[\x20-\x7e]*$/.test(name)) return name === address;
  return printable(name) === address || inAscii(printable(name)) === address;
}

function list(candidates: readonly Candidate[]): string {
  return firstOf(candidates.map(labelOf), listed).join(', ');
}

/** What messages call it. */
function labelOf({ names, label = names[0] }: Candidate): string {
  return label === undefined ? 'one without a name' : plainName(label);
}
