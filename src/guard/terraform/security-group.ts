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
import { allowAnything, type Direction, type Doubt } from '../rule.ts';
import {
  byTarget,
  cidrRules,
  doubted,
  groupReferences,
  type OpenTraffic,
  openTraffic,
  trafficKey,
  withDoubt,
} from './attributes.ts';
import { type Attribute, expressionOf } from './configuration.ts';
import { type GroupType, joined, type OwnRules, type PrefixLists, unkeyed } from './group-type.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** The attributes of a rule that say what it allows. */
interface Names {
  readonly protocol: string;
  readonly ipv4: string;
  readonly ipv6: string;
  /** Other groups, and the group itself. */
  readonly groups: readonly string[];
  readonly lists: string;
}

/** In blocks and in an aws_security_group_rule: any number of targets. */
const plural: Names = {
  protocol: 'protocol',
  ipv4: 'cidr_blocks',
  ipv6: 'ipv6_cidr_blocks',
  groups: ['security_groups', 'self', 'source_security_group_id'],
  lists: 'prefix_list_ids',
};

/** In an aws_vpc_security_group_egress_rule or its sister for ingress: one target. */
const single: Names = {
  protocol: 'ip_protocol',
  ipv4: 'cidr_ipv4',
  ipv6: 'cidr_ipv6',
  groups: ['referenced_security_group_id'],
  lists: 'prefix_list_id',
};

/** Security groups in a file, those included that AWS makes for a VPC, as far as they are about one direction. */
export function securityGroupType(file: TerraformFile, direction: Direction): GroupType {
  const ruleOf = (names: Names) => (resource: Resource, lists: PrefixLists) =>
    readRule(file, resource.values, names, lists, { resource, attribute: names.lists });
  return {
    types: ['aws_security_group', 'aws_default_security_group'],
    dataTypes: [],
    own: () => direction,
    isMirrored: true,
    isOrdered: false,
    readOwn: (resource, lists) => {
      const blocks = member(resource.values, direction);
      if (isUnknown(blocks)) return { rules: anything(unknownDoubt(blocks)) };
      const naming = { resource, attribute: direction, inner: plural.lists };
      return joined(itemsOrNull(blocks).map((block) => readRule(file, block, plural, lists, naming)));
    },
    anything,
    members: [
      {
        type: 'aws_security_group_rule',
        link: 'security_group_id',
        isOfDirection: (values) => isUnknown(member(values, 'type')) || readDirection(values) === direction,
        read: (resource, lists) => {
          const type = member(resource.values, 'type');
          const own = ruleOf(plural)(resource, lists);
          return { ...own, rules: doubted(own.rules, isUnknown(type) ? unknownDoubt(type) : undefined) };
        },
      },
      {
        type: `aws_vpc_security_group_${direction}_rule`,
        link: 'security_group_id',
        isOfDirection: () => true,
        read: ruleOf(single),
      },
    ],
    exclusive: 'aws_vpc_security_group_rules_exclusive',
    adopting: ['aws_default_security_group'],
  };
}

function anything(doubt: Doubt) {
  return allowAnything(doubt).map(unkeyed);
}

function readDirection(values: Place): string {
  const type = member(values, 'type');
  const value = text(type);
  if (value !== 'egress' && value !== 'ingress') throw unexpected(type, '"egress" or "ingress"');
  return value;
}

/** A block within a group, or a rule resource. */
function readRule(
  file: TerraformFile,
  values: Place,
  names: Names,
  lists: PrefixLists,
  naming: Attribute,
): OwnRules {
  if (isUnknown(values)) return { rules: anything(unknownDoubt(values)) };
  const open = openTraffic(values, names.protocol);
  const groups = names.groups
    .filter((name) => mayBeSet(file, naming.resource, member(values, name), name))
    .flatMap((name) => groupReferences(member(values, name), open));
  const cidrs = [
    ...cidrRules(member(values, names.ipv4), 4, open),
    ...cidrRules(member(values, names.ipv6), 6, open),
  ];
  return joined([
    { rules: [...cidrs.map(byTarget), ...groups.map(unkeyed)] },
    ofLists(lists, member(values, names.lists), naming, open),
  ]);
}

/**
 * Whether an attribute that is unknown is set at all: the provider fills in some that nobody sets. Where the file does not have the
 * rule resource's configuration, it may be.
 */
function mayBeSet(file: TerraformFile, resource: Resource, place: Place, name: string): boolean {
  if (!isUnknown(place) || expressionOf(file, resource, 'security_group_id') === undefined) return true;
  return expressionOf(file, resource, name) !== undefined;
}

/** The rules that allow a block's traffic to the lists that it names. */
function ofLists(lists: PrefixLists, list: Place, naming: Attribute, open: OpenTraffic): OwnRules {
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
