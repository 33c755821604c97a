// What Concourse would have made of a history: the builds that it starts, and what each change of the list was.
import { nextVersion, type Version, type VersionOn } from '../src/version.ts';
import type { History, Publication } from './source-history.ts';

/**
 * The publications that start a build with a setting of `version_on`: those at which check answers the newest version
 * that Concourse has, which it is given, with another one.
 */
export function buildsWith(versionOn: VersionOn, { publications }: History): Publication[] {
  let newest: Version | undefined;
  return publications.filter(({ version }) => {
    const given = newest;
    newest = nextVersion(given, version, versionOn);
    return newest !== given;
  });
}

/** A publication with another list than the one before it. */
export interface Change {
  readonly before: Publication;
  readonly after: Publication;
  /** In numeric order, like the removed ones. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function changesIn({ publications }: History): Change[] {
  return publications.flatMap((after, index) => {
    const before = publications[index - 1];
    if (before === undefined || before.list === after.list) return [];
    return [
      {
        before,
        after,
        added: difference(after.list, before.list),
        removed: difference(before.list, after.list),
      },
    ];
  });
}

/** What of a list is not in the other one. */
function difference(list: readonly string[], other: readonly string[]): string[] {
  const others = new Set(other);
  return list.filter((cidr) => !others.has(cidr));
}
