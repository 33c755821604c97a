// Which rules do the attributes of a resource show, and how certain is each of itself? (Rule 1 of docs/guard.md.)
import type { Family } from '../../addresses/cidr.ts';
import { UserError } from '../../errors.ts';
import { awsTraffic } from '../aws-traffic.ts';
import {
  integer,
  isEmpty,
  isObject,
  isUnknown,
  items,
  itemsOrNull,
  member,
  type Place,
  text,
  unexpected,
  unknownDoubt,
  where,
} from '../json-place.ts';
import { allowAnything, allowAt, anyTraffic, type Doubt, type Rule, type RuleTraffic } from '../rule.ts';
import { type Attribute, expressionOf } from './configuration.ts';
import { blocksOf, type GroupType, type Holder, isGroup, type RuleAttributes } from './group-types.ts';
import type { TerraformFile } from './resources.ts';

/** A rule, and what AWS knows it by. */
export interface KeyedRule {
  readonly rule: Rule;
  /**
   * What AWS knows the rule by within its group: traffic and target in a security group, the number in an ACL, the address in a
   * prefix list. Rules of one key are one and the same to AWS. Empty where it is unknown.
   */
  readonly key: string;
}

/** Rules as a resource's attributes show them. */
export interface OwnRules {
  readonly rules: readonly KeyedRule[];
  /** When that was so, if it may have changed since. */
  readonly asOf?: string | undefined;
}

/** The rules that prefix lists stand for; `place` is the id, or a list of them, in the attribute `naming`. */
export type PrefixLists = (place: Place, naming: Attribute) => OwnRules;

/** What it takes to read groups of a type. */
export interface Context {
  readonly file: TerraformFile;
  readonly type: GroupType;
  readonly lists: PrefixLists;
}

/** The traffic that a rule is about; with a doubt it may be less than that. */
type OpenTraffic = Pick<Rule, 'protocol' | 'ports' | 'doubt'>;

/**
 * The rules that stand in a resource; none in a rule of the other direction. Throws a UserError that names the place of whatever
 * has another shape than the provider gives it.
 */
export function rulesIn(context: Context, resource: Holder): OwnRules {
  const { type } = context;
  if (type.readOwn !== undefined) return { rules: type.readOwn(resource).map(unkeyed) };
  if (!isGroup(resource)) {
    return isOfDirection(type, resource) ? readRule(context, resource, resource.values) : { rules: [] };
  }
  const blocks = blocksOf(resource);
  if (isUnknown(blocks)) return { rules: anything(type, unknownDoubt(blocks)) };
  return joined(itemsOrNull(blocks).map((block) => readRule(context, resource, block)));
}

/** Whether a resource holds rules of the direction that is judged, or may turn out to. */
export function isOfDirection(type: GroupType, { source, values }: Holder): boolean {
  const direction = source.attributes?.direction;
  if (direction === undefined) return true;
  const place = member(values, direction.attribute);
  if (isUnknown(place)) return true;
  const value = isEmpty(place) ? false : place.value;
  const known: readonly unknown[] = [direction.egress, direction.ingress];
  if (!known.includes(value)) throw unexpected(place, known.map((item) => JSON.stringify(item)).join(' or '));
  return value === direction[type.direction];
}

/** Possible rules where nothing is known of them. In an ACL they come first, and may deny anything. */
export function anything({ isOrdered }: GroupType, doubt: Doubt): KeyedRule[] {
  const allows = allowAnything(doubt);
  const denies = isOrdered ? allows.map((rule) => ({ ...rule, action: 'deny' as const })) : [];
  return [...allows, ...denies].map(unkeyed);
}

/** Rules of several places as those of one. */
export function joined(all: readonly OwnRules[]): OwnRules {
  return {
    rules: all.flatMap(({ rules }) => rules),
    asOf: all.find(({ asOf }) => asOf !== undefined)?.asOf,
  };
}

/** Rules as they are when something about them is open. What is only possible already keeps its doubt. */
export function doubted(rules: readonly KeyedRule[], doubt: Doubt | undefined): readonly KeyedRule[] {
  if (doubt === undefined) return rules;
  return rules.map((item) => ({ ...item, rule: { ...item.rule, doubt: item.rule.doubt ?? doubt } }));
}

/** A rule whose key is unknown. */
function unkeyed(rule: Rule): KeyedRule {
  return { rule, key: '' };
}

/** The rules of a block within a group, or of a rule resource. */
function readRule({ file, type, lists }: Context, resource: Holder, values: Place): OwnRules {
  const { link, blocks, attributes } = resource.source;
  if (attributes === undefined) {
    return { rules: cidrRules(values, [4, 6], { ...anyTraffic, doubt: undefined }).map(byTarget) };
  }
  if (isUnknown(values)) return { rules: anything(type, unknownDoubt(values)) };
  const open = openTraffic(values, attributes);
  const cidrs = Object.entries(attributes.cidrs).flatMap(([name, families]) =>
    cidrRules(member(values, name), families, open),
  );
  if (attributes.order !== undefined) return { rules: inOrder(type, values, attributes.order, cidrs) };
  // In a rule resource the provider fills in what nobody sets, so that it is unknown, too. Where the code is shown, it tells them
  // apart.
  const mayBeSet = (name: string) =>
    !isUnknown(member(values, name)) ||
    expressionOf(file, resource, link) === undefined ||
    expressionOf(file, resource, name) !== undefined;
  const groups = (attributes.groups ?? []).filter(mayBeSet);
  const rules = [
    ...cidrs.map(byTarget),
    ...groups.flatMap((name) => groupReferences(member(values, name), open)).map(unkeyed),
  ];
  const { lists: name } = attributes;
  if (name === undefined || isEmpty(member(values, name))) return { rules };
  const naming = blocks === undefined ? { attribute: name } : { attribute: blocks, inner: name };
  return joined([{ rules }, ofLists(lists(member(values, name), { resource, ...naming }), open)]);
}

/** Protocol and ports. What is unknown until apply may be any. Throws a UserError that names the place of what is none. */
function openTraffic(values: Place, { protocol: name, direction }: RuleAttributes): OpenTraffic {
  const way = direction && member(values, direction.attribute);
  const doubt = way && isUnknown(way) ? unknownDoubt(way) : strangeAttribute(values);
  if (name === undefined) return { ...anyTraffic, doubt };
  const protocol = member(values, name);
  const [from, to] = [member(values, 'from_port'), member(values, 'to_port')];
  const open = [protocol, from, to].find(isUnknown);
  if (open === undefined) return { ...awsTraffic(protocol, from, to), doubt };
  const whole = { ...from, value: 0, unknown: undefined };
  const known = isUnknown(protocol) ? anyTraffic : awsTraffic(protocol, whole, whole);
  return { protocol: known.protocol, ports: undefined, doubt: unknownDoubt(open) };
}

/** Rules for a CIDR or a list of them, of which any may be unknown. Those of one family may be null or an empty text: none. */
function cidrRules(cidrs: Place, families: readonly Family[], open: OpenTraffic): Rule[] {
  const isNothing = !isUnknown(cidrs) && (cidrs.value === null || cidrs.value === '');
  if (isNothing && families.length === 1) return [];
  const all = Array.isArray(cidrs.value) ? items(cidrs) : [cidrs];
  return all.flatMap((cidr) =>
    isUnknown(cidr) ? allowAnything(unknownDoubt(cidr), open, families) : [allowAt(cidr, open, open.doubt)],
  );
}

/** The rules of an ACL's entry, by its number. */
function inOrder(
  type: GroupType,
  values: Place,
  [numberName, actionName]: readonly [string, string],
  cidrs: readonly Rule[],
): KeyedRule[] {
  const [number, action] = [member(values, numberName), member(values, actionName)];
  const unknown = [number, action].find(isUnknown);
  if (unknown !== undefined) return anything(type, unknownDoubt(unknown));
  if (cidrs.length === 0) {
    throw new UserError(
      `${where(values)} has neither cidr_block nor ipv6_cidr_block, one of which belongs there`,
    );
  }
  const place = String(integer(number, 1, 32767));
  const word = text(action).toLowerCase();
  if (word !== 'allow' && word !== 'deny') throw unexpected(action, '"allow" or "deny"');
  return cidrs.map((rule) => ({ rule: { ...rule, action: word }, key: place }));
}

/** Possible rules for what names other groups, or the group itself: these are no addresses. */
function groupReferences(named: Place, traffic: RuleTraffic): Rule[] {
  const places = !isUnknown(named) && Array.isArray(named.value) ? items(named) : [named];
  const set = places.filter((place) => !isEmpty(place) && place.value !== false);
  return set.flatMap((place) => {
    const what = place.value === true ? 'the group itself' : 'another security group';
    const reason = `names ${what}, whose addresses no file shows`;
    const wayOut = 'leave such rules out of what is judged, or name the addresses themselves';
    const doubt = isUnknown(place) ? unknownDoubt(place) : { place: where(place), reason, wayOut };
    return allowAnything(doubt, traffic);
  });
}

/** The rules that allow a rule's traffic to the lists that it names, which it is known by. */
function ofLists({ rules, asOf }: OwnRules, { protocol, ports, doubt }: OpenTraffic): OwnRules {
  const allows = rules.map(({ rule, key }) => ({
    rule: { ...rule, protocol, ports },
    key: key === '' ? '' : `${trafficKey({ protocol, ports })} list ${key}`,
  }));
  return { rules: doubted(allows, doubt), asOf };
}

/** A rule with the key that EC2 knows it by. What is not certain of itself has none. */
function byTarget(rule: Rule): KeyedRule {
  return { rule, key: rule.at === undefined ? '' : targetOf(rule) };
}

/** Traffic and addresses of a rule. */
export function targetOf(rule: Rule): string {
  const { family, first, last } = rule.range;
  return `${trafficKey(rule)} ${family} ${first}-${last}`;
}

function trafficKey({ protocol, ports }: RuleTraffic): string {
  return `${protocol ?? 'all'} ${ports?.map(({ first, last }) => `${first}-${last}`).join() ?? 'all'}`;
}

/** Attributes that this release knows in blocks and rule resources of AWS's provider. */
const knownNames: ReadonlySet<string> = new Set([
  ...['arn', 'description', 'id', 'region', 'tags', 'tags_all', 'timeouts'],
  ...['from_port', 'to_port', 'protocol', 'ip_protocol', 'icmp_code', 'icmp_type'],
  ...['cidr', 'cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6', 'cidr_block', 'ipv6_cidr_block'],
  ...['security_group_id', 'security_group_rule_id', 'type', 'self', 'security_groups'],
  ...['source_security_group_id', 'referenced_security_group_id'],
  ...['prefix_list_id', 'prefix_list_ids'],
  ...['network_acl_id', 'egress', 'action', 'rule_no', 'rule_action', 'rule_number'],
]);

/** What stands in JSON for an attribute that is not set. */
const unset = ['null', '""', '[]', '{}', 'false', '0'];

/**
 * The doubt that an attribute raises that this release does not know: it may narrow what the rule allows. Attributes
 * that are not set raise none.
 */
function strangeAttribute(values: Place): Doubt | undefined {
  const names = [values.value, values.unknown].flatMap((item) => (isObject(item) ? Object.keys(item) : []));
  const isSet = ({ value, unknown }: Place) =>
    unknown === true || !unset.includes(JSON.stringify(value ?? null));
  const strange = names.find((name) => !knownNames.has(name) && isSet(member(values, name)));
  if (strange === undefined) return undefined;
  return {
    place: where(member(values, strange)),
    reason: 'is an attribute of which this release of the guard knows nothing',
    wayOut: 'use a release that knows it',
  };
}
