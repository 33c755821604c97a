// Versions and their lists: what a version holds, what is believed of it when it comes back, and what changed.

import { differenceOf } from '../addresses/address-range.ts';
import { type Cidr, compareCidrs, parseCidr, whyNotCidr } from '../addresses/cidr.ts';
import type { Criteria } from '../config/criteria.ts';
import type { Source } from '../config/source.ts';
import { firstOf, show, UserError } from '../errors.ts';
import type { Document } from '../ip-ranges/document.ts';
import { heldList, holdsList, splitList, type Version } from '../version.ts';
import { describe } from './keys.ts';
import { requireQuota } from './select.ts';
import { digestOf, type Selection } from './selection.ts';

/** The version of a selection from a document; it holds the list when that has no more CIDRs than `hold_cidrs` of a source. */
export function versionOf(
  { syncToken, createDate }: Document,
  selection: Selection,
  source?: Source,
): Version {
  const version = { syncToken, createDate, digest: digestOf(selection) };
  if (!source?.hold_cidrs || selection.length > source.hold_cidrs) return version;
  const list = splitList(selection.map(({ cidr }) => cidr.text));
  return { ...version, selection: describe(source), ...list };
}

/** Whether the version holds the list of another selection. */
export function isOfOther(version: Version, criteria: Criteria): boolean {
  return holdsList(version) && version.selection !== describe(criteria);
}

/**
 * The selection that the version holds, without the entries that its CIDRs were published in; undefined where it holds none. Throws
 * a UserError unless it is the list of this source and of the version's digest, as check writes one, and one that the source
 * allows.
 */
export function heldSelection(version: Version, criteria: Criteria): Selection | undefined {
  if (!holdsList(version)) return undefined;
  if (isOfOther(version, criteria)) {
    throw new UserError(
      `the version holds the list of ${show(version.selection)}, but the source selects ${show(describe(criteria))}: it was made ` +
        'for another source; check the resource again',
    );
  }
  const cidrs = heldCidrs(version);
  const other = cidrs.find(({ family }) => !criteria.ip_versions.includes(family));
  if (other !== undefined) {
    throw unlikeCheck(`holds ${other.text}, and source.ip_versions does not select IPv${other.family}`);
  }
  const selection = cidrs.map((cidr) => ({ cidr, prefixes: [] }));
  const digest = digestOf(selection);
  if (digest !== version.digest) {
    throw unlikeCheck(`has the digest ${digest}, not the ${version.digest} of the version`);
  }
  if (selection.length === 0 && !criteria.allow_empty) {
    throw new UserError(
      `the selection is empty: the version with syncToken ${version.syncToken} holds no CIDR; ` +
        'set source.allow_empty: true if an empty list is what you want',
    );
  }
  requireQuota(selection, version, criteria);
  return selection;
}

/**
 * Why check cannot have returned the version for this source, as the end of the sentence "the given version …"; undefined
 * for a version that holds a list as `heldSelection` accepts it, or none.
 */
export function faultOfHeld(version: Version, criteria: Criteria): string | undefined {
  try {
    heldSelection(version, criteria);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return `holds a list that this source cannot have: ${error.message}`;
    throw error;
  }
}

/** The CIDRs that a version holds. */
function heldCidrs(version: Version): Cidr[] {
  const list = heldList(version);
  return readCidrs(list === '' ? [] : list.split(' '), unlikeCheck);
}

/** CIDRs in canonical form and in the order of cidrs.txt, each once; `fault` makes an error of what is wrong with others. */
export function readCidrs(items: readonly string[], fault: (what: string) => UserError): Cidr[] {
  const cidrs: Cidr[] = [];
  for (const item of items) {
    const cidr = parseCidr(item);
    if (cidr === undefined) {
      throw fault(`holds ${show(item)}, which is not a network in canonical form: ${whyNotCidr(item)}`);
    }
    const previous = cidrs.at(-1);
    if (previous !== undefined && compareCidrs(previous, cidr) >= 0) {
      throw fault(`holds ${item} after ${previous.text}, which is not the order of cidrs.txt`);
    }
    cidrs.push(cidr);
  }
  return cidrs;
}

function unlikeCheck(what: string): UserError {
  return new UserError(`version.cidrs ${what}; this version was edited: pick one from the resource's page`);
}

/** CIDRs that the line names before it only counts them. */
const listed = 10;

/**
 * `: +1.178.30.0/24 -52.95.142.0/23`, to be put behind the new version; nothing where a version does not hold its list.
 * The lists must be sound.
 */
export function changesInWords(before: Version, after: Version): string {
  if (!holdsList(before) || !holdsList(after)) return '';
  const { added, removed } = differenceOf(heldCidrs(before), heldCidrs(after));
  const changes = [...added.map((cidr) => `+${cidr}`), ...removed.map((cidr) => `-${cidr}`)];
  if (changes.length === 0)
    return before.digest === after.digest ? ', the same list' : ', the same addresses';
  return `: ${firstOf(changes, listed).join(' ')}`;
}
