// The list that a version holds: what goes in, and what is believed of it when it comes back.
import { type Cidr, compareCidrs, parseCidr, whyNotCidr } from '../addresses/cidr.ts';
import type { Criteria, Source } from '../config/source.ts';
import { show, UserError } from '../errors.ts';
import {
  type BareVersion,
  type HeldVersion,
  heldList,
  holdsList,
  splitList,
  type Version,
} from '../version.ts';
import { describe } from './describe.ts';
import { digestOf } from './digest.ts';
import { requireQuota } from './limits.ts';
import type { Selection } from './selection.ts';

/** The version with its list in it, when that has no more CIDRs than `hold_cidrs`. */
export function withList(
  version: BareVersion,
  selection: Selection,
  { criteria, holdCidrs }: Pick<Source, 'criteria' | 'holdCidrs'>,
): Version {
  if (holdCidrs === 0 || selection.length > holdCidrs) return version;
  const list = splitList(selection.map(({ cidr }) => cidr.text));
  return { ...version, selection: describe(criteria), ...list };
}

/**
 * The selection that the version holds, without the entries that its CIDRs were published in. Throws a UserError
 * unless it is the list of this source and of the version's digest, as check writes one, and one that the source allows.
 */
export function heldSelection(version: HeldVersion, criteria: Criteria): Selection {
  const selection = readHeldList(version, criteria);
  if (selection.length === 0 && !criteria.allowEmpty) {
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
  if (!holdsList(version)) return undefined;
  if (version.selection !== describe(criteria)) return 'holds the list of another selection';
  try {
    heldSelection(version, criteria);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return `holds a list that this source cannot have: ${error.message}`;
    throw error;
  }
}

function readHeldList(version: HeldVersion, criteria: Criteria): Selection {
  const words = describe(criteria);
  if (version.selection !== words) {
    throw new UserError(
      `the version holds the list of ${show(version.selection)}, but the source selects ${show(words)}: it was made ` +
        'for another source; check the resource again',
    );
  }
  const cidrs = readCidrs(heldList(version));
  const other = cidrs.find(({ family }) => !criteria.ipVersions.includes(family));
  if (other !== undefined) {
    throw unlikeCheck(`holds ${other.text}, and source.ip_versions does not select IPv${other.family}`);
  }
  const selection = cidrs.map((cidr) => ({ cidr, prefixes: [] }));
  const digest = digestOf(selection);
  if (digest !== version.digest) {
    throw unlikeCheck(`has the digest ${digest}, not the ${version.digest} of the version`);
  }
  return selection;
}

/** CIDRs in canonical form and in the order of cidrs.txt, each once. */
export function readCidrs(text: string): Cidr[] {
  const cidrs: Cidr[] = [];
  for (const item of text === '' ? [] : text.split(' ')) {
    const family = item.includes(':') ? 6 : 4;
    const cidr = parseCidr(item, family);
    if (cidr === undefined) {
      throw unlikeCheck(
        `holds ${show(item)}, which is not a network in canonical form: ${whyNotCidr(item, family)}`,
      );
    }
    const previous = cidrs.at(-1);
    if (previous !== undefined && compareCidrs(previous, cidr) >= 0) {
      throw unlikeCheck(`holds ${item} after ${previous.text}, which is not the order of cidrs.txt`);
    }
    cidrs.push(cidr);
  }
  return cidrs;
}

function unlikeCheck(what: string): UserError {
  return new UserError(`version.cidrs ${what}; this version was edited: pick one from the resource's page`);
}
