// changes: what differs between two gets of a resource, as files for a notification. By addresses: a list that was only
// aggregated, or split anew, is no change.
import { differenceOf } from './addresses/address-range.ts';
import type { Log } from './concourse/log.ts';
import { parseSource } from './config/source.ts';
import { isObject, messageOf, show, UserError } from './errors.ts';
import type { OutputFile } from './files/output-file.ts';
import { type GetDirectory, readGetDirectory } from './guard/get-directory.ts';
import { changesInLines, renderChanges } from './outputs/changes.ts';
import { describe } from './selection/keys.ts';

/**
 * Compares the directories BEFORE and AFTER that gets wrote, and has `write` write what differs to DESTINATION. Throws a UserError
 * for what cannot be compared.
 */
export function compareGets(
  args: readonly string[],
  write: (destination: string, files: readonly OutputFile[]) => void,
  log: Log,
): void {
  const [beforeName = '', afterName = '', destination = '', ...rest] = args;
  if (destination === '' || rest.length > 0) {
    throw new UserError(
      `changes takes three arguments, not ${args.length}: BEFORE and AFTER, directories that get steps wrote, and DESTINATION`,
    );
  }
  const [before, after] = [readGetDirectory(beforeName, beforeName), readGetDirectory(afterName, afterName)];
  const [former, words] = [inWords(before, 'BEFORE'), inWords(after, 'AFTER')];
  if (former !== words) {
    throw new UserError(
      `BEFORE has the list of ${show(former)}, but AFTER has that of ${show(words)}: what differs between two selections is ` +
        'no change by AWS; name directories of gets of one resource',
    );
  }
  const { added, removed } = differenceOf(before.cidrs, after.cidrs);
  const changes = {
    changed: added.length + removed.length > 0,
    selection: after.selection,
    before: { version: before.version, cidrs: before.cidrs.length },
    after: { version: after.version, cidrs: after.cidrs.length },
    added,
    removed,
  };
  const files = renderChanges(words, changes);
  write(destination, files);
  log.info(changesInLines(words, changes).join('\n  '));
  log.info(`wrote ${files.map(({ name }) => name).join(', ')}`);
}

/**
 * The selection of a manifest in words: its keys are those of a source, and null stands for all. Whether the list is aggregated
 * is left out, since that is another way to write the same addresses.
 */
function inWords({ selection }: GetDirectory, name: string): string {
  const keys = Object.entries(isObject(selection) ? selection : {}).filter(([, value]) => value !== null);
  try {
    return describe({ ...parseSource(Object.fromEntries(keys)), aggregate: false });
  } catch (error) {
    throw new UserError(
      `${name} has a selection that this release does not know: ${messageOf(error)}; get the resource again`,
    );
  }
}
