// A JSON array of CIDRs, addresses and ranges.
import type { Family } from '../../addresses/cidr.ts';
import type { JsonForm, RuleList } from '../form.ts';
import { isObject, items, type Place } from '../json-place.ts';
import { allowAt, parseDestination } from '../rule.ts';

export const cidrArray: JsonForm = {
  name: 'a JSON array of them',
  recognises: (content) =>
    Array.isArray(content) &&
    (content.length === 0 || content.some((item) => typeof item === 'string')) &&
    !content.some(isObject),
  candidates: (place) => ({
    all: [{ names: [], read: () => cidrRules(place) }],
  }),
};

/** What a list of CIDRs, addresses and ranges allows: everything to them. Throws a UserError that names the place. */
export function cidrRules(list: Place): RuleList {
  return { rules: items(list).map((item) => allowAt(item)), isWithoutPorts: true };
}

/**
 * Whether a value is a list of CIDRs: an empty list, or one in which an item reads as one. So a mistyped item is an
 * error of the list, and no reason to pass it over.
 */
export function isCidrList(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || familiesIn(value).size > 0;
}

/** The families of what reads as a CIDR in a list. */
export function familiesIn(list: unknown): Set<Family> {
  const families = new Set<Family>();
  for (const item of Array.isArray(list) ? list : []) {
    const family = typeof item === 'string' ? familyOf(item) : undefined;
    if (family !== undefined) families.add(family);
  }
  return families;
}

function familyOf(text: string): Family | undefined {
  try {
    return parseDestination(text, '').family;
  } catch {
    return undefined;
  }
}
