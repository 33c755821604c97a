// What deserves a note though the selection is not empty: an item of the source that adds nothing to it, and CIDRs that
// nobody can reach.
import { findSpecialPurpose } from '../addresses/special-purpose.ts';
import type { Criteria } from '../config/criteria.ts';
import { firstOf, show } from '../errors.ts';
import { describe } from './keys.ts';
import { memberOf, nameMatcher, namesIn, pickingKeys } from './names.ts';
import type { Selection } from './selection.ts';

/**
 * A sentence about the CIDRs that are not globally routable, and one for each service, region and border group that the
 * document knows, but of which nothing is selected: in [S3, EC2] a service that is not in the regions goes missing
 * without an error. None of the latter for an empty selection, which `allow_empty` asked for, or for a list that a
 * version holds, whose entries are not known.
 */
export function remarksOn(selection: Selection, criteria: Criteria): string[] {
  return [...remarksOnRouting(selection), ...remarksOnItems(selection, criteria)];
}

/** CIDRs that a sentence lists before it only counts them. */
const listed = 20;

/** AWS has published such: 252.0.0.0/10 in 19 regions on 2020-08-11, fc01::/32 in 2018. They are what it says, and stay. */
function remarksOnRouting(selection: Selection): string[] {
  const special = findSpecialPurpose(selection.map(({ cidr }) => cidr));
  if (special.length === 0) return [];
  const list = firstOf(
    special.map(({ cidr, purpose }) => `${cidr.text} (${purpose})`),
    listed,
  );
  return [`not globally routable, and selected all the same, as AWS publishes it: ${list.join(', ')}`];
}

function remarksOnItems(selection: Selection, criteria: Criteria): string[] {
  const prefixes = selection.flatMap((selected) => selected.prefixes);
  if (prefixes.length === 0) return [];
  return pickingKeys.flatMap((key) => {
    const names = namesIn(prefixes, memberOf[key]);
    return (criteria[key] ?? []).flatMap((item, index) =>
      names.some(nameMatcher(key, item))
        ? []
        : [`source.${key}[${index}], ${show(item)}, adds nothing to the selection of ${describe(criteria)}`],
    );
  });
}
