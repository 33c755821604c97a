// A JSON array of CIDRs, addresses and ranges.
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
  return items(list).map((item) => allow(parseDestination(text(item).trim(), where(item))));
}
