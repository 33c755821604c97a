// What the files of a version are made from.
import type { Criteria } from '../config/source.ts';
import type { Document } from '../ip-ranges/document.ts';
import type { Selection } from '../selection/selection.ts';
import type { Version, VersionOn } from '../version.ts';

export interface Served {
  /** The version that was asked for. */
  readonly version: Version;
  /**
   * The document that the selection is from; its token differs from the version's when AWS has republished the list.
   * Undefined when the version itself holds the list.
   */
  readonly document: Document | undefined;
  /** The selected CIDRs, without their entries when the version itself holds the list. */
  readonly selection: Selection;
  readonly criteria: Criteria;
  /** What makes a version of the resource whose get this is: two resources may differ in nothing else. */
  readonly versionOn: VersionOn;
}
