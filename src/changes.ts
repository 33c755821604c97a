// changes: what differs between two gets of a resource, as files for a notification. By addresses: a list that was only
// aggregated, or split anew, is no change.
import { differenceOf } from './addresses/difference.ts';
import type { Log } from './concourse/log.ts';
import { show, UserError } from './errors.ts';
import type { OutputFile } from './files/output-file.ts';
import { type GetDirectory, readGetDirectory } from './guard/get-directory.ts';
import { changesMarkdown } from './outputs/changes-markdown.ts';

/** The command for the arguments BEFORE, AFTER and DESTINATION. Throws a UserError for what cannot be compared. */
export function compareGets(write: (destination: string, files: readonly OutputFile[]) => void) {
  return (args: readonly string[], log: Log): void => {
    const [before = '', after = '', destination = '', ...rest] = args;
    if (destination === '' || rest.length > 0) {
      throw new UserError(
        `changes takes three arguments, not ${args.length}: BEFORE and AFTER, directories that get steps wrote, and DESTINATION`,
      );
    }
    const changes = compare(readGetDirectory(before, before), readGetDirectory(after, after));
    const { added, removed } = changes;
    const lines = (cidrs: readonly string[]) => cidrs.map((cidr) => `${cidr}\n`).join('');
    const files = {
      'added.txt': lines(added),
      'removed.txt': lines(removed),
      'changes.md': changesMarkdown(changes),
      'changes.json': `${JSON.stringify(changes, undefined, 2)}\n`,
    };
    write(
      destination,
      Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    );
    log.info(`${added.length} added, ${removed.length} removed: wrote ${Object.keys(files).join(', ')}`);
  };
}

/** The content of changes.json. `added` and `removed` are the fewest CIDRs of the addresses that came and went. */
function compare(before: GetDirectory, after: GetDirectory) {
  if (JSON.stringify(before.selection) !== JSON.stringify(after.selection)) {
    throw new UserError(
      `BEFORE holds ${show(before.selection)}, but AFTER holds ${show(after.selection)}: what differs between two ` +
        'selections is no change by AWS; name directories of gets of one resource',
    );
  }
  const { added, removed } = differenceOf(before.cidrs, after.cidrs);
  return {
    changed: added.length + removed.length > 0,
    selection: after.selection,
    before: { version: before.version, cidrs: before.cidrs.length },
    after: { version: after.version, cidrs: after.cidrs.length },
    added,
    removed,
  };
}
