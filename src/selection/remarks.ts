// What deserves a note though the selection is not empty: an item of the source that adds nothing to it.
import type { Criteria } from '../config/source.ts';
import { show } from '../errors.ts';
import { describe } from './describe.ts';
import { itemsOf, nameKeys, nameMatcher, pickingKeys } from './names.ts';
import type { Selection } from './selection.ts';

/**
 * A sentence for each service, region and border group that the document knows, but of which nothing is selected: in
 * [S3, EC2] a service that is not in the regions goes missing without an error. None for an empty selection, which
 * `allow_empty` asked for, and none for a list that a version holds, whose entries are not known.
 */
export function remarksOn(selection: Selection, criteria: Criteria): string[] {
  if (selection.every(({ prefixes }) => prefixes.length === 0)) return [];
  return pickingKeys.flatMap((key) => {
    const { member } = nameKeys[key];
    const names = new Set<string>();
    for (const { prefixes } of selection) {
      for (const { [member]: name } of prefixes) if (name !== undefined) names.add(name);
    }
    return (itemsOf(key, criteria) ?? []).flatMap((item, index) =>
      [...names].some(nameMatcher(key, item))
        ? []
        : [`source.${key}[${index}], ${show(item)}, adds nothing to the selection of ${describe(criteria)}`],
    );
  });
}
