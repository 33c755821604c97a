// Lists of CIDRs, addresses and ranges in JSON: one alone, Terraform's variables (.auto.tfvars.json, and cidrs.json as `in`
// writes it), and its outputs.
import type { Family } from '../../addresses/cidr.ts';
import { firstOf, plainName, UserError } from '../../errors.ts';
import type { Candidates, JsonForm, RuleList } from '../form.ts';
import { isObject, items, member, type Place, where } from '../json-place.ts';
import { allowAt, parseDestination } from '../rule.ts';

export const cidrArray: JsonForm = {
  name: 'a JSON array of them',
  recognises: (content) =>
    Array.isArray(content) &&
    (content.length === 0 || content.some((item) => typeof item === 'string')) &&
    !content.some(isObject),
  candidates: (place) => ({ all: [{ names: [], read: () => bareRules(items(place)) }] }),
};

/** What `in` writes, as cidrs.json and under the default names of its variables: these lists need no `params.address`. */
const own = [
  'cidr_blocks',
  'ipv6_cidr_blocks',
  'sync_token',
  'create_date',
  'aws_ip_ranges_cidr_blocks',
  'aws_ip_ranges_ipv6_cidr_blocks',
];

/**
 * Any object with a list in it looks like variables, a firewall rule of some cloud too, whose other members turn its meaning
 * around. So without `params.address` there may be nothing but the lists that `in` writes, and with it nothing that says
 * that they are denied or sources.
 */
export const tfvars: JsonForm = {
  name: 'an .auto.tfvars.json with lists of CIDRs',
  recognises: (content) => {
    const found = isObject(content) ? Object.values(content).map(familiesIn) : [];
    // Empty lists alone could be anything, unless there is nothing else.
    const isAll = found.length > 0 && found.every((families) => families !== undefined);
    return isAll || found.some((families) => families !== undefined && families.size > 0);
  },
  candidates: (place) => {
    const variables = membersOf(place);
    const lists = variables.filter(isList);
    const names = lists.map(([name]) => plainName(name));
    const known = firstOf(names, 10).join(', ');
    const fault = variables.every(([name]) => own.includes(name))
      ? undefined
      : `${where(place)} holds variables of other names than those that in writes, so nothing shows what they allow; name the list ` +
        `that is meant with params.address (lists of CIDRs in it: ${known})`;
    // Once for all lists: a glob may name thousands.
    const contrary = findContrary(place);
    return candidatesOf(lists, fault, (list) => {
      if (contrary === undefined) return bareRules(items(list));
      throw new UserError(
        `${where(contrary)} says that this is a rule of a form that the guard does not ` +
          'know, and no list of what is allowed; put the list of CIDRs into a file of its own',
      );
    });
  },
};

/**
 * `terraform output -json`: outputs of any type, each with its value
 * (https://developer.hashicorp.com/terraform/cli/commands/output).
 */
export const terraformOutput: JsonForm = {
  name: 'terraform output -json',
  recognises: (content) =>
    isObject(content) && Object.values(content).length > 0 && Object.values(content).every(isOutput),
  candidates: (place) => {
    const outputs = membersOf(place).map(([name, output]): Named => [name, member(output, 'value')]);
    const lists = outputs.filter(isList);
    if (lists.length === 0) {
      throw new UserError(
        `${where(place)} holds no output of terraform output -json that is a list of CIDRs`,
      );
    }
    const contrary = lists.find(([name]) => wordsOf(name).some((word) => contraryWord.test(word)));
    const fault =
      contrary &&
      `the name of the list ${plainName(contrary[0])} says that it is not what is allowed; name the list that is meant with ` +
        'params.address';
    return candidatesOf(lists, fault, (list) => bareRules(items(list)));
  },
};

function isOutput(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.keys(value).toSorted().join() === 'sensitive,type,value' &&
    typeof value['sensitive'] === 'boolean'
  );
}

type Named = readonly [name: string, value: Place];

/** The members of an object; none of anything else. */
function membersOf(place: Place): Named[] {
  return Object.keys(isObject(place.value) ? place.value : {}).map((name) => [name, member(place, name)]);
}

function isList([, { value }]: Named): boolean {
  return familiesIn(value) !== undefined;
}

/**
 * Every list by its name. Without `params.address` lists of different families complement each other, as the pair does that
 * `in` writes, unless a `fault` says why they may not be taken without; several that hold CIDRs of the same family are
 * ambiguous. An empty list is a list of any family.
 */
function candidatesOf(
  lists: readonly Named[],
  fault: string | undefined,
  read: (list: Place) => RuleList,
): Candidates {
  const all = lists.map(([name, list]) => ({ names: [name], read: () => read(list) }));
  const families = lists.flatMap(([, { value }]) => [...(familiesIn(value) ?? [])]);
  const isClear = fault === undefined && new Set(families).size === families.length;
  if (all.length > 1 && !isClear) return { all };
  const names = [lists.map(([name]) => name).join(' and ')];
  const readAll = () => {
    if (fault !== undefined) throw new UserError(fault);
    return { rules: all.flatMap((list) => list.read().rules), isWithoutPorts: true };
  };
  return { all, unnamed: { names, read: readAll } };
}

/** What CIDRs, addresses and ranges allow: everything to them. Throws a UserError that names the place. */
export function bareRules(cidrs: readonly Place[]): RuleList {
  return { rules: cidrs.map((cidr) => allowAt(cidr)), isWithoutPorts: true };
}

/**
 * The families of the CIDRs in a list; undefined for what is no list of CIDRs. It is one if it is empty or any item reads as a
 * CIDR, so a mistyped item is an error, and no reason to pass the list over.
 */
function familiesIn(list: unknown): Set<Family> | undefined {
  if (!Array.isArray(list)) return undefined;
  const families = new Set<Family>();
  for (const item of list) {
    try {
      if (typeof item === 'string') families.add(parseDestination(item, '').family);
    } catch {}
  }
  return list.length === 0 || families.size > 0 ? families : undefined;
}

/** Names of members that decide what a rule of another cloud's firewall does; among variables they are rare. */
const decisive =
  /^(access|actions?|default_action|denied|deny|direction|disabled|effect|rule_action|verdict)$/;

/** Values that turn such a rule around. */
const contraryValue = /^(deny|denied|drop|reject|ingress|inbound|blacklist|denylist)$/i;

/** Words in the name of a list of what is not allowed, or no longer, or of where traffic comes from. */
const contraryWord = new RegExp(
  '^(ban|banned|blacklist|block|blocked|blocklist|denied|deny|denylist|disallow|disallowed|drop|dropped|except|exclude|' +
    'excluded|exclusions|forbid|forbidden|inbound|ingress|missing|no|non|not|old|previous|prohibited|reject|rejected|' +
    'removed|revoked|sources?|stale|untrusted|withdrawn)$',
);

/** What turns the meaning of a value around, at any depth in it. `key` is what the object that holds it calls it. */
function findContrary(place: Place, key = ''): Place | undefined {
  const { value } = place;
  if (decisive.test(wordsOf(key).join('_'))) return place;
  if (typeof value === 'string') return contraryValue.test(value) ? place : undefined;
  const below: readonly Named[] = Array.isArray(value)
    ? items(place).map((item) => ['', item])
    : membersOf(place);
  for (const [name, item] of below) {
    const found = findContrary(item, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `sourceRanges` and `source_ranges` in words of lower case. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
