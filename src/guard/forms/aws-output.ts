// What the outputs of `aws ec2` have in common: pages, --query, names, and the traffic of a rule.
import { UserError } from '../../errors.ts';
import { awsTraffic } from '../aws-traffic.ts';
import type { Candidate, JsonForm } from '../form.ts';
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
import type { Direction, RuleTraffic } from '../rule.ts';

/** What a command of `aws ec2` prints: items in a list under a key. */
interface Output {
  readonly command: string;
  readonly key: string;
  /** What marks an item. */
  readonly isItem: (content: JsonObject) => boolean;
  readonly candidates: (items: Place[], direction: Direction) => Candidate[];
  /** The rules in an item, where --query can print them alone, so that nothing names the item. */
  readonly bare?: {
    readonly isRule: (content: JsonObject) => boolean;
    readonly judge: (rules: Place, direction: Direction) => Omit<Candidate, 'names'>;
  };
}

/** The form of an output, and of what --query makes of it: the bare list, one item, or the rules of one item or of each. */
export function outputForm({ command, key, isItem, candidates, bare }: Output): JsonForm {
  const isMarked = (content: unknown) => isObject(content) && isItem(content);
  const isBare = (content: unknown) =>
    Array.isArray(content) && content.some((item) => isObject(item) && bare?.isRule(item));
  const hasBare = (content: unknown) => Array.isArray(content) && content.some(isBare);
  return {
    name: `aws ec2 ${command}`,
    recognises: (content) => {
      if (Array.isArray(content)) return content.some(isMarked) || isBare(content) || hasBare(content);
      const list = isObject(content) ? content[key] : undefined;
      return isMarked(content) || (Array.isArray(list) && (list.length === 0 || list.some(isObject)));
    },
    candidates: (place, direction) => {
      const { value } = place;
      if (bare !== undefined && isBare(value))
        return { all: [{ names: [], ...bare.judge(place, direction) }] };
      if (bare === undefined || !hasBare(value)) {
        return { all: candidates(isMarked(value) ? [place] : outputItems(place, key), direction) };
      }
      // Items without names are called by their places.
      const all = items(place).map((rules, index) => ({
        names: [`[${index}]`],
        ...bare.judge(rules, direction),
      }));
      return { all };
    },
  };
}

/** Throws a UserError when the output was cut, as --max-items and --no-paginate do. */
function outputItems(place: Place, key: string): Place[] {
  if (Array.isArray(place.value)) return items(place);
  // The SDKs for Python, JavaScript and Go add the last three.
  const known = [key, 'NextToken', 'ResponseMetadata', '$metadata', 'ResultMetadata'];
  requireKnown(place, known, `the output that holds ${key}`);
  const token = member(place, 'NextToken');
  if (isEmpty(token)) return items(member(place, key));
  throw new UserError(
    `${where(token)} is there, so this is not the whole output; run the command without --max-items and --no-paginate`,
  );
}

/** Members that say nothing of what is allowed, in a group, a rule, an ACL, or a reference to a group. */
export const descriptive = [
  'Description',
  'GroupOwnerId',
  'OwnerId',
  'PeeringStatus',
  'SecurityGroupArn',
  'SecurityGroupRuleArn',
  'SecurityGroupRuleId',
  'Tags',
  'UserId',
  'VpcId',
  'VpcPeeringConnectionId',
];

/** The only member of several that is there, with its key. `what` is the kind of object, for the message about none, or more. */
export function oneOf(place: Place, keys: readonly string[], what: string): readonly [key: string, Place] {
  const there = keys.map((key) => [key, member(place, key)] as const).filter(([, item]) => !isEmpty(item));
  const [only] = there;
  if (only !== undefined && there.length === 1) return only;
  throw unexpected(place, `${what} with one of ${keys.join(', ')}`);
}

/** Whether a rule or an entry is of the direction that is judged, by its flag of egress. */
export function isOfDirection(flag: Place, direction: Direction): boolean {
  if (typeof flag.value !== 'boolean') throw unexpected(flag, 'true or false');
  return flag.value === (direction === 'egress');
}

/** What `params.address` may call something, and what messages do: `apps (sg-f9a7...)`, the name that people know first. */
export function calledBy(place: Place, idKey: string, nameKey: string): Pick<Candidate, 'names' | 'label'> {
  const names = [member(place, idKey), member(place, nameKey)].filter((name) => !isEmpty(name)).map(text);
  const [id, name] = names;
  return name === undefined ? { names } : { names, label: `${name} (${id})` };
}

/** The traffic of a rule. EC2 prints -1, or nothing, for the ports of every protocol. */
export function outputTraffic(protocol: Place, from: Place, to: Place): RuleTraffic {
  const traffic = awsTraffic(protocol, from, to);
  const port = [from, to].find((place) => !isEmpty(place) && place.value !== -1);
  if (traffic.protocol === undefined && port !== undefined) {
    throw unexpected(port, 'nothing (every protocol has all ports)');
  }
  return traffic;
}
