// What changed between two versions that hold their lists, in one line.
import { differenceOf } from '../addresses/difference.ts';
import { firstOf } from '../errors.ts';
import { heldList, holdsList, type Version } from '../version.ts';
import { readCidrs } from './held.ts';

/** CIDRs that the line names before it only counts them. */
const listed = 10;

/**
 * `: +1.178.30.0/24 -52.95.142.0/23`, to be put behind the new version; nothing where a version does not hold its list.
 * The lists must be sound.
 */
export function changesInWords(before: Version, after: Version): string {
  if (!holdsList(before) || !holdsList(after)) return '';
  const { added, removed } = differenceOf(readCidrs(heldList(before)), readCidrs(heldList(after)));
  const changes = [...added.map((cidr) => `+${cidr}`), ...removed.map((cidr) => `-${cidr}`)];
  if (changes.length === 0)
    return before.digest === after.digest ? ', the same list' : ', the same addresses';
  return `: ${firstOf(changes, listed).join(' ')}`;
}
