// What Concourse would have made of a history: the builds that it starts, and what each change of the list was.
import type { Cidr } from '../src/addresses/cidr.ts';
import { nextVersion, type Version, type VersionOn } from '../src/version.ts';
import type { History, Publication } from './source-history.ts';

/**
 * The publications that start a build: those at which `check` returns a version that Concourse does not know yet. It
 * tells versions apart by their content, and one that it knows changes nothing, however long ago it was
 * (https://concourse-ci.org/implementing-resource-types.html). `check` is given the newest version that Concourse has.
 */
export function buildsOf<V>(
  publications: readonly Publication[],
  check: (given: V | undefined, publication: Publication) => V,
): Publication[] {
  const known = new Set<string>();
  let newest: V | undefined;
  return publications.filter((publication) => {
    const version = check(newest, publication);
    const content = JSON.stringify(version);
    if (known.has(content)) return false;
    known.add(content);
    newest = version;
    return true;
  });
}

/** The builds of this resource with a setting of `version_on`, whose rule is the one of check. */
export function buildsWith(versionOn: VersionOn, { publications }: History): Publication[] {
  return buildsOf<Version>(publications, (given, { version }) => nextVersion(given, version, versionOn));
}

/** A publication with another list than the one before it. */
export interface Change {
  readonly before: Publication;
  readonly after: Publication;
  /** In numeric order, like the removed ones. */
  readonly added: readonly Cidr[];
  readonly removed: readonly Cidr[];
}

export function changesIn({ publications, table }: History): Change[] {
  return publications.flatMap((after, index) => {
    const before = publications[index - 1];
    if (before === undefined || before.list === after.list) return [];
    return [
      {
        before,
        after,
        added: table.difference(after.list, before.list),
        removed: table.difference(before.list, after.list),
      },
    ];
  });
}
