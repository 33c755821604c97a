// .auto.tfvars.json: Terraform variables whose values are lists of CIDRs, as `in` writes them.
import type { Family } from '../../addresses/cidr.ts';
import type { Candidate, Candidates, JsonForm } from '../form.ts';
import { isObject, member, type Place } from '../json-place.ts';
import { parseDestination } from '../rule.ts';
import { cidrRules } from './cidr-array.ts';

export const tfvars: JsonForm = {
  name: 'an .auto.tfvars.json with lists of CIDRs',
  recognises: (content) => {
    const values = isObject(content) ? Object.values(content) : [];
    // Empty lists alone could be anything, unless there is nothing else.
    return values.some(hasCidrs) || (values.length > 0 && values.every(isCidrList));
  },
  candidates: readVariables,
};

/**
 * Every variable whose value is a list of CIDRs is a candidate; all others are none of the guard's business. Without
 * `params.address` variables of different families complement each other, as the pair does that `in` writes; several
 * that hold CIDRs of the same family are ambiguous. A list in which one item reads as a CIDR is taken for a list of
 * CIDRs, so a mistyped item is an error and not a reason to pass the list over. An empty list is a list of any family.
 */
function readVariables(place: Place): Candidates {
  const lists = Object.entries(place.value as object).filter(([, value]) => isCidrList(value));
  const all = lists.map(
    ([name]): Candidate => ({
      names: [name],
      read: () => ({ rules: cidrRules(member(place, name)), isWithoutPorts: true }),
    }),
  );
  const isPair = ([4, 6] as const).every(
    (family) => lists.filter(([, value]) => familiesIn(value).has(family)).length <= 1,
  );
  if (!isPair) return { all };
  const unnamed: Candidate = {
    names: [lists.map(([name]) => name).join(' and ')],
    read: () => ({ rules: all.flatMap((variable) => variable.read().rules), isWithoutPorts: true }),
  };
  return { all, unnamed };
}

function isCidrList(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || hasCidrs(value);
}

function hasCidrs(value: unknown): boolean {
  return familiesIn(value).size > 0;
}

/** The families of what reads as a CIDR in a list. */
function familiesIn(list: unknown): Set<Family> {
  const families = new Set<Family>();
  for (const item of Array.isArray(list) ? list : []) {
    const family = typeof item === 'string' ? familyOf(item) : undefined;
    if (family !== undefined) families.add(family);
  }
  return families;
}

function familyOf(text: string): Family | undefined {
  try {
    return parseDestination(text.trim(), '').family;
  } catch {
    return undefined;
  }
}
