// Terraform variables whose values are lists of CIDRs: .auto.tfvars.json and cidrs.json as `in` writes them.
import { firstOf, plainName, UserError } from '../../errors.ts';
import type { Candidate, Candidates, JsonForm } from '../form.ts';
import { isObject, type JsonObject, member, type Place, where } from '../json-place.ts';
import { cidrRules, familiesIn, isCidrList } from './cidr-array.ts';

/** The lists that `in` writes, as cidrs.json and under the default names of its variables: they need no `params.address`. */
const own = new Set([
  'cidr_blocks',
  'ipv6_cidr_blocks',
  'aws_ip_ranges_cidr_blocks',
  'aws_ip_ranges_ipv6_cidr_blocks',
]);

/** What stands beside the lists of cidrs.json, and of Terraform's data source aws_ip_ranges. */
const beside = ['sync_token', 'create_date'];

export const tfvars: JsonForm = {
  name: 'an .auto.tfvars.json with lists of CIDRs',
  recognises: (content) => {
    const values = isObject(content) ? Object.values(content) : [];
    // Empty lists alone could be anything, unless there is nothing else.
    return (
      values.some((value) => familiesIn(value).size > 0) || (values.length > 0 && values.every(isCidrList))
    );
  },
  candidates: (place) =>
    listsOf(place, Object.entries(place.value as JsonObject), (name) => member(place, name)),
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
    const values = Object.entries(place.value as Readonly<Record<string, JsonObject>>).map(
      ([name, { value }]) => [name, value] as const,
    );
    const all = candidatesOf(values, (name) => member(member(place, name), 'value'));
    if (all.length > 0) return withPair(values, all);
    throw new UserError(`${where(place)} holds no output of terraform output -json that is a list of CIDRs`);
  },
};

function isOutput(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.keys(value).toSorted().join() === 'sensitive,type,value' &&
    typeof value['sensitive'] === 'boolean'
  );
}

type Values = readonly (readonly [name: string, value: unknown])[];

/**
 * Every variable whose value is a list of CIDRs is a candidate. Any object with a list in it looks like variables, a
 * firewall rule of some cloud too, whose other members turn its meaning around. So without `params.address` there may be
 * nothing but the lists that `in` writes, and with it nothing that says that they are denied or sources.
 */
function listsOf(place: Place, values: Values, at: (name: string) => Place): Candidates {
  const all = candidatesOf(values, (name) => {
    const fault = faultOfMeaning(place);
    if (fault !== undefined) throw fault;
    return at(name);
  });
  const other = values.find(([name]) => !own.has(name) && !beside.includes(name));
  if (other === undefined) return withPair(values, all);
  const names = firstOf(all.flatMap((list) => list.names).map(plainName), 10).join(', ');
  const refuse = (): never => {
    throw new UserError(
      `${where(place)} holds variables of other names than those that in writes, so nothing shows what they allow; name the list ` +
        `that is meant with params.address (lists of CIDRs in it: ${names})`,
    );
  };
  return all.length > 1 ? { all } : { all, unnamed: { names: [], read: refuse } };
}

function candidatesOf(values: Values, at: (name: string) => Place): Candidate[] {
  return values
    .filter(([, value]) => isCidrList(value))
    .map(([name]) => ({ names: [name], read: () => cidrRules(at(name)) }));
}

/**
 * Without `params.address` variables of different families complement each other, as the pair does that `in` writes;
 * several that hold CIDRs of the same family are ambiguous. An empty list is a list of any family.
 */
function withPair(values: Values, all: readonly Candidate[]): Candidates {
  const lists = values.filter(([, value]) => isCidrList(value));
  const isPair = ([4, 6] as const).every(
    (family) => lists.filter(([, value]) => familiesIn(value).has(family)).length <= 1,
  );
  const contrary = lists.find(([name]) => isContraryName(name));
  if (!isPair || (contrary !== undefined && all.length > 1)) return { all };
  const read = () => {
    if (contrary !== undefined) {
      throw new UserError(
        `the name of the list ${plainName(contrary[0])} says that it is not what is allowed; name the list that is meant with ` +
          'params.address',
      );
    }
    return { rules: all.flatMap((variable) => variable.read().rules), isWithoutPorts: true as const };
  };
  return { all, unnamed: { names: [lists.map(([name]) => name).join(' and ')], read } };
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

/** Why an object cannot be taken for variables, at any depth in it; undefined when nothing says so. */
function faultOfMeaning(place: Place): UserError | undefined {
  const found = findContrary(place.value, place.path);
  if (found === undefined) return undefined;
  return new UserError(
    `${where({ ...place, path: found })} says that this is a rule of a form that the guard does not ` +
      'know, and no list of what is allowed; put the list of CIDRs into a file of its own',
  );
}

/** Whether a name says that its list is not one of allowed destinations: `deny_cidrs`, `sourceRanges`. */
function isContraryName(name: string): boolean {
  return wordsOf(name).some((word) => contraryWord.test(word));
}

/** The path of what turns the meaning around. */
function findContrary(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return contraryValue.test(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (isObject(value) && decisive.test(wordsOf(key).join('_'))) return at;
    const found = findContrary(item, at);
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
