// Serving: the ranges of exactly the requested version, from the version itself or from wherever they still are.
import type { InParams } from '../config/params.ts';
import type { Source } from '../config/source.ts';
import type { Outside } from '../ip-ranges/outside.ts';
import type { Served } from '../outputs/served.ts';
import { heldSelection } from '../selection/held.ts';
import { holdsList, type Version } from '../version.ts';

/** What was served, and where it came from. */
export interface Serving {
  readonly served: Served;
  /** Where the document was, printable; undefined when the version itself held the list. */
  readonly url: string | undefined;
}

/**
 * The ranges of the requested version. A list that the version holds is served without a request; the document is read
 * for a version without its list, and for params that write the files of the publication. Rejects with a UserError that
 * names the ways out when they are nowhere; never serves another list.
 */
export async function serve(
  version: Version,
  source: Source,
  params: Pick<InParams, 'document' | 'bundle'>,
  outside: Outside,
): Promise<Serving> {
  const { criteria, versionOn } = source;
  const selection = holdsList(version) ? heldSelection(version, criteria) : undefined;
  const needsDocument = params.document || params.bundle;
  if (selection !== undefined && !needsDocument) {
    return { served: { version, document: undefined, selection, criteria, versionOn }, url: undefined };
  }
  // Loaded only here: what reaches the network is most of what `in` consists of.
  const { serveFromDocument } = await import('./from-document.ts');
  return serveFromDocument({ version, source, needsDocument }, outside);
}
