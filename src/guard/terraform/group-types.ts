// Which resources of AWS's provider make up a security group, a network ACL or a prefix list, and which of their attributes say
// what. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group, network_acl,
// ec2_managed_prefix_list
import type { Family } from '../../addresses/cidr.ts';
import { member, type Place } from '../json-place.ts';
import type { Direction, Doubt, Rule } from '../rule.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** The attributes of a rule, which is a block of a group or a resource of its own. */
export interface RuleAttributes {
  /** Absent where a rule has neither protocol nor ports. */
  readonly protocol?: string;
  /** Attributes with a CIDR or a list of them, by the families that these may have: of either family one must be there. */
  readonly cidrs: Readonly<Record<string, readonly Family[]>>;
  /** Other groups, and the group itself. */
  readonly groups?: readonly string[];
  /** The id of a prefix list, or a list of such ids. */
  readonly lists?: string;
  /** In a network ACL the rule with the lower number decides. */
  readonly order?: readonly [number: string, action: string];
  /** Which direction the rule is of, where the type of the resource does not say so. Null stands for false. */
  readonly direction?: { readonly attribute: string } & Readonly<Record<Direction, string | boolean>>;
}

/** A resource or data source that holds rules. */
export interface Source {
  /** The attribute with the id of the group that they are in. */
  readonly link: string;
  /** The attribute of a group in which they stand; absent in a resource that is one rule. */
  readonly blocks?: string;
  /** Absent where what stands there are plain CIDRs. */
  readonly attributes?: RuleAttributes;
}

/** A set of rules that take effect together, in a resource or in resources of other types that name it. */
export interface GroupType {
  readonly direction: Direction;
  /** By the type of the resource, of data sources by `data.` and their type. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Whether of several rules the first one decides. */
  readonly isOrdered?: true;
  readonly isWithoutPorts?: true;
  /** A resource that removes every rule that it does not list. */
  readonly exclusive?: string;
  /** Reads rules that are no blocks of AWS's. They stand in the group alone, and the code alone sets them. */
  readonly readOwn?: (owner: Holder) => readonly Rule[];
  /** Why a group of this type may not come about as it is planned. */
  readonly doubt?: (file: TerraformFile, owner: Resource) => Doubt | undefined;
}

/** A resource that holds rules, and how to read it. */
export type Holder<R extends Resource = Resource> = R & { readonly source: Source };

/** Those resources of a list that hold rules of groups of a type. */
export function holdersIn<R extends Resource>({ sources }: GroupType, all: readonly R[]): Holder<R>[] {
  return all.flatMap((item) => {
    const source = sources.get(item.isData ? `data.${item.type}` : item.type);
    return source === undefined ? [] : [{ ...item, source }];
  });
}

/** Whether a resource is a group itself, and no rule of one. */
export function isGroup({ source }: Holder): boolean {
  return source.blocks !== undefined;
}

/** The attribute in which the rules of a group stand, in its attributes as they are or as they were. */
export function blocksOf({ source, values }: Holder): Place {
  return member(values, source.blocks ?? '');
}

/** Security groups, those included that AWS makes for a VPC. */
export function securityGroupType(direction: Direction): GroupType {
  const plural: RuleAttributes = {
    protocol: 'protocol',
    cidrs: { cidr_blocks: [4], ipv6_cidr_blocks: [6] },
    groups: ['security_groups', 'self', 'source_security_group_id'],
    lists: 'prefix_list_ids',
  };
  const single: RuleAttributes = {
    protocol: 'ip_protocol',
    cidrs: { cidr_ipv4: [4], cidr_ipv6: [6] },
    groups: ['referenced_security_group_id'],
    lists: 'prefix_list_id',
  };
  const group: Source = { link: 'id', blocks: direction, attributes: plural };
  const ofDirection = { attribute: 'type', egress: 'egress', ingress: 'ingress' };
  const link = 'security_group_id';
  return {
    direction,
    sources: new Map([
      ['aws_security_group', group],
      ['aws_default_security_group', group],
      ['aws_security_group_rule', { link, attributes: { ...plural, direction: ofDirection } }],
      [`aws_vpc_security_group_${direction}_rule`, { link, attributes: single }],
    ]),
    exclusive: 'aws_vpc_security_group_rules_exclusive',
  };
}

/** Network ACLs, those included that AWS makes for a VPC. */
export function networkAclType(direction: Direction): GroupType {
  const entry = { protocol: 'protocol', cidrs: { cidr_block: [4], ipv6_cidr_block: [6] } } as const;
  const block: RuleAttributes = { ...entry, order: ['rule_no', 'action'] };
  const group: Source = { link: 'id', blocks: direction, attributes: block };
  const ofDirection = { attribute: 'egress', egress: true, ingress: false };
  const rule: RuleAttributes = { ...entry, order: ['rule_number', 'rule_action'], direction: ofDirection };
  return {
    direction,
    sources: new Map([
      ['aws_network_acl', group],
      ['aws_default_network_acl', group],
      ['aws_network_acl_rule', { link: 'network_acl_id', attributes: rule }],
    ]),
    isOrdered: true,
  };
}

/** Prefix lists, which are the same for both directions. */
export function prefixListType(direction: Direction): GroupType {
  const attributes: RuleAttributes = { cidrs: { cidr: [4, 6] } };
  return {
    direction,
    sources: new Map<string, Source>([
      ['aws_ec2_managed_prefix_list', { link: 'id', blocks: 'entry', attributes }],
      ['aws_ec2_managed_prefix_list_entry', { link: 'prefix_list_id', attributes }],
      ['data.aws_ec2_managed_prefix_list', { link: 'id', blocks: 'entries', attributes }],
      ['data.aws_prefix_list', { link: 'id', blocks: 'cidr_blocks' }],
    ]),
    isWithoutPorts: true,
  };
}
