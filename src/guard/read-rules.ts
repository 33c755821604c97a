// Reads a rules file: one candidate of those that it holds.
import { nearestNames } from '../config/nearest.ts';
import { printable, show, UserError } from '../errors.ts';
import { readCandidates } from './detect.ts';
import type { Candidate, Candidates, RuleList } from './form.ts';
import type { Direction } from './rule.ts';
import type { RulesFile } from './rules-file.ts';

/** The rules that are judged. */
export interface Rules extends RuleList {
  /** The candidate by name; undefined for a list without a name. */
  readonly name: string | undefined;
}

/** Candidates that an error lists before it only counts them. */
const listed = 40;

/**
 * The rules in a file that `address` names, or the only ones in it. Rejects
 * with a UserError that names the place of what cannot be read, and the names when `address` is wanting or names none.
 */
export async function readRules(
  rulesFile: RulesFile,
  address?: string,
  direction: Direction = 'egress',
): Promise<Rules> {
  const file = rulesFile.name;
  const candidates = await readCandidates(rulesFile, direction);
  const picked = address === undefined ? pickOnly(candidates, file) : pick(candidates.all, address, file);
  return { ...picked.read(), name: picked.names[0] };
}

function pickOnly({ all, unnamed }: Candidates, file: string): Candidate {
  const [first] = all;
  const only = unnamed ?? (all.length === 1 ? first : undefined);
  if (only !== undefined) return only;
  if (first === undefined) throw nothing(file);
  throw new UserError(
    `${file} holds ${all.length} sets of rules, and params.address does not say which one to judge: ${list(all)}`,
  );
}

/** An address that names nothing is an error even where there is only one candidate: it names another than the one there. */
function pick(all: readonly Candidate[], address: string, file: string): Candidate {
  if (all.length === 0) throw nothing(file);
  const matches = all.filter(({ names }) => names.includes(address));
  const [only] = matches;
  const what = `params.address is ${show(address)}`;
  if (only !== undefined && matches.length === 1) return only;
  if (only !== undefined) {
    throw new UserError(
      `${what}, which names ${matches.length} sets of rules in ${file}: ${list(matches)}; use a name that only one of them has`,
    );
  }
  const names = all.flatMap((candidate) => candidate.names);
  if (names.length === 0) {
    throw new UserError(`${what}, but ${file} holds a list without a name; leave params.address out`);
  }
  const near = nearestNames(address, new Set(names), 3).map(printable);
  const wayOut = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `it holds ${list(all)}`;
  throw new UserError(`${what}, which names nothing in ${file}; ${wayOut}`);
}

function nothing(file: string): UserError {
  return new UserError(
    `${file} holds nothing that the guard could judge: no security group, prefix list or network ACL`,
  );
}

function list(candidates: readonly Candidate[]): string {
  const names = candidates
    .slice(0, listed)
    .map((candidate) => printable(candidate.names[0] ?? 'one without a name'));
  const more = candidates.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
