// What do the attributes of a security group and of its rules say?
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
import {
  isEmpty,
  isUnknown,
  itemsOrNull,
  member,
  type Place,
  text,
  unexpected,
  unknownDoubt,
} from '../json-place.ts';
import { allowAnything, type Direction, type Rule } from '../rule.ts';
import {
  byTarget,
  cidrListRules,
  doubted,
  groupReferences,
  type OpenTraffic,
  openItems,
  openTraffic,
  optionalCidr,
  strangeAttribute,
  trafficKey,
  withDoubt,
} from './attributes.ts';
import { expressionOf } from './configuration.ts';
import type { GroupType, KeyedRule, ListNaming, OwnRules, PrefixLists } from './group-type.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** What a rule resource has beside its traffic and its targets. */
const administrative = [
  'arn',
  'description',
  'id',
  'region',
  'security_group_id',
  'security_group_rule_id',
  'tags',
  'tags_all',
  'timeouts',
  'type',
];
const portNames = ['from_port', 'to_port'];
const blockNames = [
  ...portNames,
  ...[
    'cidr_blocks',
    'description',
    'ipv6_cidr_blocks',
    'prefix_list_ids',
    'protocol',
    'security_groups',
    'self',
  ],
];
const ruleNames = [...blockNames, ...administrative, 'source_security_group_id'];
const singleRuleNames = [
  ...portNames,
  ...administrative,
  ...['cidr_ipv4', 'cidr_ipv6', 'ip_protocol', 'prefix_list_id', 'referenced_security_group_id'],
];

/** Security groups in a file, those included that AWS makes for a VPC, as far as they are about one direction. */
export function securityGroupType(file: TerraformFile, direction: Direction): GroupType {
  return {
    types: ['aws_security_group', 'aws_default_security_group'],
    dataTypes: [],
    own: () => direction,
    isOrdered: false,
    readOwn: (owner, lists) => blocks(owner, direction, lists),
    members: [
      {
        type: 'aws_security_group_rule',
        link: 'security_group_id',
        isOfDirection: (values) => isUnknown(member(values, 'type')) || readDirection(values) === direction,
        read: (resource, lists) => groupRule(file, resource, lists),
      },
      {
        type: `aws_vpc_security_group_${direction}_rule`,
        link: 'security_group_id',
        isOfDirection: () => true,
        read: (resource, lists) => singleRule(file, resource, lists),
      },
    ],
    exclusive: 'aws_vpc_security_group_rules_exclusive',
    adopting: ['aws_default_security_group'],
  };
}

function readDirection(values: Place): string {
  const type = member(values, 'type');
  const value = text(type);
  if (value !== 'egress' && value !== 'ingress') throw unexpected(type, '"egress" or "ingress"');
  return value;
}

/** The blocks within a group. */
function blocks(resource: Resource, direction: Direction, lists: PrefixLists): OwnRules {
  const attribute = member(resource.values, direction);
  if (isUnknown(attribute)) return { rules: anything(attribute) };
  const naming = { resource, attribute: direction, inner: 'prefix_list_ids' };
  return joined(
    itemsOrNull(attribute).map((block) => {
      if (isUnknown(block)) return { rules: anything(block) };
      const open = doubtful(block, openTraffic(block, 'protocol'), blockNames);
      return joined([
        addressRules(block, open),
        {
          rules: groupReferences(
            [...openItems(member(block, 'security_groups')), member(block, 'self')],
            open,
          ),
        },
        ofLists(lists, member(block, 'prefix_list_ids'), naming, open),
      ]);
    }),
  );
}

function anything(place: Place): KeyedRule[] {
  return allowAnything(unknownDoubt(place)).map(byTarget);
}

/** An aws_security_group_rule: one protocol, ports, and any number of targets. */
function groupRule(file: TerraformFile, resource: Resource, lists: PrefixLists): OwnRules {
  const { values } = resource;
  const type = member(values, 'type');
  const open = doubtful(values, openTraffic(values, 'protocol'), ruleNames);
  const groups = [
    ...openItems(member(values, 'security_groups')),
    member(values, 'self'),
    member(values, 'source_security_group_id'),
  ];
  const naming = { resource, attribute: 'prefix_list_ids' };
  const own = joined([
    addressRules(values, open),
    {
      rules: groupReferences(
        groups.filter((place) => mayBeSet(file, resource, place)),
        open,
      ),
    },
    ofLists(lists, member(values, 'prefix_list_ids'), naming, open),
  ]);
  return isUnknown(type) ? { ...own, rules: doubted(own.rules, unknownDoubt(type)) } : own;
}

/** An aws_vpc_security_group_egress_rule or its sister for ingress: one target. */
function singleRule(file: TerraformFile, resource: Resource, lists: PrefixLists): OwnRules {
  const { values } = resource;
  const open = doubtful(values, openTraffic(values, 'ip_protocol'), singleRuleNames);
  const groups = [member(values, 'referenced_security_group_id')];
  const naming = { resource, attribute: 'prefix_list_id' };
  return joined([
    keyed(optionalCidr(member(values, 'cidr_ipv4'), 4, open)),
    keyed(optionalCidr(member(values, 'cidr_ipv6'), 6, open)),
    {
      rules: groupReferences(
        groups.filter((place) => mayBeSet(file, resource, place)),
        open,
      ),
    },
    ofLists(lists, member(values, 'prefix_list_id'), naming, open),
  ]);
}

function addressRules(values: Place, open: OpenTraffic): OwnRules {
  return keyed([
    ...cidrListRules(member(values, 'cidr_blocks'), 4, open),
    ...cidrListRules(member(values, 'ipv6_cidr_blocks'), 6, open),
  ]);
}

/**
 * Whether an attribute that is unknown is set at all: the provider fills in some that nobody sets. Where the file does not have the
 * resource's configuration, it may be.
 */
function mayBeSet(file: TerraformFile, resource: Resource, place: Place): boolean {
  const name = place.path.slice(place.path.lastIndexOf('.') + 1).replace(/\[.*/, '');
  if (!isUnknown(place) || expressionOf(file, resource, 'security_group_id') === undefined) return true;
  return expressionOf(file, resource, name) !== undefined;
}

/** The rules that allow a block's traffic to the lists that it names. */
function ofLists(lists: PrefixLists, list: Place, naming: ListNaming, open: OpenTraffic): OwnRules {
  if (!isUnknown(list) && isEmpty(list)) return { rules: [] };
  const { rules, asOf } = lists(list, naming);
  const { traffic, doubt } = open;
  const allows = rules.map(({ rule, key }) => ({
    rule: withDoubt({ ...rule, ...traffic }, doubt),
    number: 0,
    key: key === '' ? '' : `${trafficKey(traffic)} list ${key}`,
  }));
  return { rules: allows, asOf };
}

function doubtful(values: Place, open: OpenTraffic, known: readonly string[]): OpenTraffic {
  return { ...open, doubt: open.doubt ?? strangeAttribute(values, known) };
}

function keyed(rules: readonly Rule[]): OwnRules {
  return { rules: rules.map(byTarget) };
}

function joined(all: readonly OwnRules[]): OwnRules {
  return {
    rules: all.flatMap(({ rules }) => rules),
    asOf: all.map(({ asOf }) => asOf).find((asOf) => asOf !== undefined),
  };
}
