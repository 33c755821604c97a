// What the outputs of `aws ec2` have in common: pages, names, and the traffic of a rule.
import { plainName, UserError } from '../../errors.ts';
import { awsTraffic } from '../aws-traffic.ts';
import type { Candidate } from '../form.ts';
import {
  isEmpty,
  isObject,
  items,
  type JsonObject,
  member,
  type Place,
  requireKnown,
  text,
  unexpected,
  where,
} from '../json-place.ts';
import type { Direction, Doubt, RuleTraffic } from '../rule.ts';

/** Items of an output of the AWS CLI: the key that it holds them under, and what marks one. */
export interface Items {
  readonly key: string;
  readonly isItem: (content: JsonObject) => boolean;
}

/**
 * The items of an output, which holds them under a key, or of what --query makes of it: the bare list, or one item. Throws
 * a UserError when the output was cut, as --max-items and --no-paginate do.
 */
export function outputItems(place: Place, { key, isItem }: Items): Place[] {
  if (Array.isArray(place.value)) return items(place);
  if (isObject(place.value) && isItem(place.value)) return [place];
  // What the SDKs add to the output.
  requireKnown(place, [key, 'NextToken', ...metadataOfSdks], `the output that holds ${key}`);
  const token = member(place, 'NextToken');
  if (isEmpty(token)) return items(member(place, key));
  throw new UserError(
    `${where(token)} is there, so this is not the whole output; run the command without --max-items and --no-paginate`,
  );
}

/** Whether content is an output that holds items under the key, a list of such items alone, or one of them. */
export function isOutput(content: unknown, { key, isItem }: Items): boolean {
  if (Array.isArray(content)) return content.some((item) => isObject(item) && isItem(item));
  if (!isObject(content)) return false;
  if (isItem(content)) return true;
  const list = content[key];
  return Array.isArray(list) && (list.length === 0 || list.some(isObject));
}

/** The items of a list that may be missing. */
export function optionalItems(place: Place): Place[] {
  return isEmpty(place) ? [] : items(place);
}

/** The only member of several that is there. `what` is the kind of object, for the message about none of them, or more. */
export function oneOf(place: Place, keys: readonly string[], what: string): Place {
  const [only, ...others] = keys.map((key) => member(place, key)).filter((item) => !isEmpty(item));
  if (only !== undefined && others.length === 0) return only;
  throw unexpected(place, `${what} with one of ${keys.join(', ')}`);
}

/** What the SDKs for Python, JavaScript and Go add to an output. */
const metadataOfSdks = ['ResponseMetadata', '$metadata', 'ResultMetadata'];

/** Whether a rule or an entry is of the direction that is judged, by its flag of egress. */
export function isOfDirection(flag: Place, direction: Direction): boolean {
  if (typeof flag.value !== 'boolean') throw unexpected(flag, 'true or false');
  return flag.value === (direction === 'egress');
}

/** What `params.address` may call something, and what messages do: `apps (sg-f9a7...)`, the name that people know first. */
export function calledBy(place: Place, idKey: string, nameKey: string): Pick<Candidate, 'names' | 'label'> {
  const names = [idKey, nameKey]
    .map((key) => member(place, key))
    .filter((name) => !isEmpty(name))
    .map(text);
  const [id, name] = names;
  return name === undefined ? { names } : { names, label: `${name} (${id})` };
}

/** The traffic of a rule. EC2 prints -1, or nothing, for the ports of every protocol. */
export function outputTraffic(protocol: Place, from: Place, to: Place): RuleTraffic {
  const traffic = awsTraffic(protocol, from, to);
  if (traffic.protocol !== undefined) return traffic;
  for (const port of [from, to]) {
    if (!isEmpty(port) && port.value !== -1) throw unexpected(port, 'nothing (every protocol has all ports)');
  }
  return traffic;
}

/** What keeps a rule possible that allows traffic to the members of a security group. `place` is where the rule names it. */
export function referencedGroup(id: string, place: Place, direction: Direction = 'egress'): Doubt {
  const way = direction === 'egress' ? 'to' : 'from';
  return {
    place: where(place),
    reason: `allows traffic ${way} the members of the security group ${plainName(id)}, whose addresses this file does not hold`,
    wayOut: 'add rules for the CIDRs themselves',
  };
}
