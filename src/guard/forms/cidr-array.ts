// A JSON array of CIDRs, addresses and ranges.
import type { Family } from '../../addresses/cidr.ts';
import type { JsonForm } from '../form.ts';
import { items, type Place, text, where } from '../json-place.ts';
import { allow, parseDestination, type Rule } from '../rule.ts';

export const cidrArray: JsonForm = {
  name: 'a JSON array of them',
  recognises: (content) =>
    Array.isArray(content) && (content.length === 0 || content.some((item) => typeof item === 'string')),
  candidates: (place) => ({
    all: [{ names: [], read: () => ({ rules: cidrRules(place), isWithoutPorts: true }) }],
  }),
};

/** A list of CIDRs, addresses and ranges as rules that allow everything to them. */
export function cidrRules(list: Place): Rule[] {
  return items(list).map((item) => allow(parseDestination(text(item), where(item))));
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
