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
import { allow, allowAnything, type Rule } from '../rule.ts';
import {
  cidrListRules,
  groupReferences,
  type OpenTraffic,
  openItems,
  openTraffic,
  optionalCidr,
  strangeAttribute,
} from './attributes.ts';
import { isSet, nestedBlocks } from './configuration.ts';
import type { GroupType, ListNaming, OwnRules, PrefixLists } from './group-type.ts';
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
const egressRuleNames = [
  ...portNames,
  ...administrative,
  ...['cidr_ipv4', 'cidr_ipv6', 'ip_protocol', 'prefix_list_id', 'referenced_security_group_id'],
];

/** Security groups in a file, those included that AWS makes for a VPC. */
export function securityGroupType(file: TerraformFile): GroupType {
  return {
    types: ['aws_security_group', 'aws_default_security_group'],
    own: 'egress',
    isOrdered: false,
    readOwn: (resource, lists) => readOwn(file, resource, lists),
    exclusive: 'aws_vpc_security_group_rules_exclusive',
    members: [
      {
        type: 'aws_security_group_rule',
        link: 'security_group_id',
        isEgress: (values) => member(values, 'type').value !== 'ingress',
        read: (resource, lists) => securityGroupRule(file, resource, lists),
      },
      {
        type: 'aws_vpc_security_group_egress_rule',
        link: 'security_group_id',
        isEgress: () => true,
        read: (resource, lists) => egressRule(file, resource, lists),
      },
    ],
  };
}

/** The egress blocks of a group. References stand for all of them together, so those for prefix lists are looked up together. */
function readOwn(file: TerraformFile, resource: Resource, lists: PrefixLists): OwnRules {
  const attribute = member(resource.values, 'egress');
  if (isUnknown(attribute)) return numbered(allowAnything(unknownDoubt(attribute)));
  const blocks = itemsOrNull(attribute).map((block) => {
    if (isUnknown(block))
      return { rules: allowAnything(unknownDoubt(block)), open: undefined, list: undefined };
    const open = doubtful(block, openTraffic(block, 'protocol'), blockNames);
    const list = member(block, 'prefix_list_ids');
    const rules = [...addressRules(block, open), ...groupReferences(groupsIn(block), open)];
    return { rules, open, list };
  });
  const named = blocks.flatMap(({ open, list }) => (open && list && isNaming(list) ? [{ open, list }] : []));
  const isSame = new Set(named.map(({ open }) => JSON.stringify(open))).size <= 1;
  // Blocks for the same traffic are as good as one; of others nobody can say which of them a reference is for.
  const namings = isSame && named.length > 0 ? [named] : named.map((item) => [item]);
  const hasHidden = hasHiddenBlocks(file, resource, named.length);
  const found = namings.map((together) => {
    const places = together.map(({ list }) => list);
    const naming = { resource, attribute: isSame ? 'egress' : undefined, places, isOne: false, hasHidden };
    return ofLists(lists, naming, together[0]?.open);
  });
  return joined(
    blocks.flatMap(({ rules }) => rules),
    found,
  );
}

/** Whether more blocks name prefix lists than the configuration shows: those of `dynamic` blocks, with their references, it leaves out. */
function hasHiddenBlocks(file: TerraformFile, resource: Resource, naming: number): boolean {
  const shown = nestedBlocks(file, resource, 'egress');
  return shown !== undefined && naming > shown.filter((block) => 'prefix_list_ids' in block).length;
}

/** An aws_security_group_rule: one protocol, ports, and any number of targets. */
function securityGroupRule(file: TerraformFile, resource: Resource, lists: PrefixLists): OwnRules {
  const { values } = resource;
  const type = member(values, 'type');
  const isEgressUnknown = isUnknown(type);
  if (!isEgressUnknown && text(type) !== 'egress') throw unexpected(type, '"egress" or "ingress"');
  const open = doubtful(values, openTraffic(values, 'protocol'), ruleNames);
  const list = member(values, 'prefix_list_ids');
  const found = isNaming(list)
    ? [ofLists(lists, { resource, attribute: 'prefix_list_ids', places: [list], isOne: false }, open)]
    : [];
  const groups = [...groupsIn(values), member(values, 'source_security_group_id')].filter((place) =>
    mayBeSet(file, resource, place),
  );
  const own = joined([...addressRules(values, open), ...groupReferences(groups, open)], found);
  if (!isEgressUnknown) return own;
  const rules = own.rules.map(({ rule, number }) => ({
    number,
    rule: { ...rule, doubt: rule.doubt ?? unknownDoubt(type) },
  }));
  return { ...own, rules };
}

/** An aws_vpc_security_group_egress_rule: one target. */
function egressRule(file: TerraformFile, resource: Resource, lists: PrefixLists): OwnRules {
  const { values } = resource;
  const open = doubtful(values, openTraffic(values, 'ip_protocol'), egressRuleNames);
  const list = member(values, 'prefix_list_id');
  const found = isNaming(list)
    ? [ofLists(lists, { resource, attribute: 'prefix_list_id', places: [list], isOne: true }, open)]
    : [];
  const groups = [member(values, 'referenced_security_group_id')].filter((place) =>
    mayBeSet(file, resource, place),
  );
  return joined(
    [
      ...optionalCidr(member(values, 'cidr_ipv4'), 4, open),
      ...optionalCidr(member(values, 'cidr_ipv6'), 6, open),
      ...groupReferences(groups, open),
    ],
    found,
  );
}

function addressRules(values: Place, open: OpenTraffic): Rule[] {
  return [
    ...cidrListRules(member(values, 'cidr_blocks'), 4, open),
    ...cidrListRules(member(values, 'ipv6_cidr_blocks'), 6, open),
  ];
}

/** The places of a block that name groups. */
function groupsIn(values: Place): Place[] {
  return [...openItems(member(values, 'security_groups')), member(values, 'self')];
}

/**
 * Whether an attribute that is unknown is set at all: the provider fills in some that nobody sets. Where the
 * configuration does not show it, it may be.
 */
function mayBeSet(file: TerraformFile, resource: Resource, place: Place): boolean {
  const name = place.path.slice(place.path.lastIndexOf('.') + 1);
  return !isUnknown(place) || isSet(file, resource, name) !== false;
}

function isNaming(list: Place): boolean {
  return isUnknown(list) || !isEmpty(list);
}

/** The rules that allow a block's traffic to the lists that it names. */
function ofLists(lists: PrefixLists, naming: ListNaming, open: OpenTraffic | undefined): OwnRules {
  const { rules, asOf } = lists(naming);
  const allows = rules.map(({ range, doubt }) => allow(range, open?.traffic, doubt ?? open?.doubt));
  return { ...numbered(allows), asOf };
}

function doubtful(values: Place, open: OpenTraffic, known: readonly string[]): OpenTraffic {
  return { ...open, doubt: open.doubt ?? strangeAttribute(values, known) };
}

function joined(rules: readonly Rule[], found: readonly OwnRules[]): OwnRules {
  return {
    rules: [...numbered(rules).rules, ...found.flatMap((own) => own.rules)],
    asOf: found.map(({ asOf }) => asOf).find((asOf) => asOf !== undefined),
  };
}

function numbered(rules: readonly Rule[]): OwnRules {
  return { rules: rules.map((rule) => ({ rule, number: 0 })) };
}
