// What says that a list of CIDRs is not what is allowed: the members of other clouds' firewall rules, and their values.
import { UserError } from '../../errors.ts';
import { isObject, type Place, where } from '../json-place.ts';

/** Names of members that decide what a rule does; in another object they are rare. */
const decisive = new Set([
  'access',
  'action',
  'actions',
  'default_action',
  'denied',
  'deny',
  'direction',
  'disabled',
  'effect',
  'rule_action',
  'verdict',
]);

/** Values that turn a rule around. */
const contraryValues = new Set([
  'deny',
  'denied',
  'drop',
  'reject',
  'ingress',
  'inbound',
  'blacklist',
  'denylist',
]);

/** Words in the name of a list of what is not allowed, or no longer, or of where traffic comes from. */
const contraryWords = new Set([
  'ban',
  'banned',
  'blacklist',
  'block',
  'blocked',
  'blocklist',
  'denied',
  'deny',
  'denylist',
  'disallow',
  'disallowed',
  'drop',
  'dropped',
  'except',
  'exclude',
  'excluded',
  'exclusions',
  'forbid',
  'forbidden',
  'inbound',
  'ingress',
  'missing',
  'no',
  'non',
  'not',
  'old',
  'previous',
  'prohibited',
  'reject',
  'rejected',
  'removed',
  'revoked',
  'source',
  'sources',
  'stale',
  'untrusted',
  'withdrawn',
]);

/** Why an object cannot be taken for variables, at any depth in it; undefined when nothing says so. */
export function faultOfMeaning(place: Place): UserError | undefined {
  const found = findContrary(place.value, place.path);
  if (found === undefined) return undefined;
  return new UserError(
    `${where({ ...place, path: found.path })} says that this is a rule of a form that the guard does not ` +
      'know, and no list of what is allowed; put the list of CIDRs into a file of its own',
  );
}

/** Whether a name says that its list is not one of allowed destinations: `deny_cidrs`, `sourceRanges`. */
export function isContraryName(name: string): boolean {
  return wordsOf(name).some((word) => contraryWords.has(word));
}

function findContrary(value: unknown, path: string): { path: string; value: unknown } | undefined {
  if (typeof value === 'string') return contraryValues.has(value.toLowerCase()) ? { path, value } : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (isObject(value) && decisive.has(wordsOf(key).join('_'))) return { path: at, value: item };
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
