// Security groups: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
import { awsTraffic } from '../aws-traffic.ts';
import { itemsOrNull, member, type Place, text, unexpected } from '../json-place.ts';
import type { Rule } from '../rule.ts';
import { cidrRule, type GroupType, isSet, type PrefixListRules, unordered } from './group-type.ts';
import type { Resource } from './resources.ts';

export const securityGroupType: GroupType = {
  type: 'aws_security_group',
  own: 'egress',
  readOwn: (resource, lists) =>
    itemsOrNull(member(resource.values, 'egress'))
      .flatMap((egress) => securityGroupRules(egress, resource, lists))
      .map(unordered),
  members: [
    {
      type: 'aws_security_group_rule',
      link: 'security_group_id',
      isEgress: (values) => member(values, 'type').value !== 'ingress',
      read: (resource, lists) => {
        const type = member(resource.values, 'type');
        if (text(type) !== 'egress') throw unexpected(type, '"egress" or "ingress"');
        return securityGroupRules(resource.values, resource, lists).map(unordered);
      },
    },
    {
      type: 'aws_vpc_security_group_egress_rule',
      link: 'security_group_id',
      isEgress: () => true,
      read: (resource, lists) => egressRule(resource, lists).map(unordered),
    },
  ],
};

/** An egress block of a security group, and a rule resource, which has the same attributes. */
function securityGroupRules(values: Place, resource: Resource, lists: PrefixListRules): Rule[] {
  const traffic = awsTraffic(
    member(values, 'protocol'),
    member(values, 'from_port'),
    member(values, 'to_port'),
  );
  const cidrs = [
    ...itemsOrNull(member(values, 'cidr_blocks')),
    ...itemsOrNull(member(values, 'ipv6_cidr_blocks')),
  ];
  const ids = itemsOrNull(member(values, 'prefix_list_ids'));
  return [
    ...cidrs.map((cidr) => cidrRule(cidr, traffic)),
    ...ids.flatMap((id) => lists(id, resource, 'prefix_list_ids', traffic)),
  ];
}

function egressRule(resource: Resource, lists: PrefixListRules): Rule[] {
  const { values } = resource;
  const traffic = awsTraffic(
    member(values, 'ip_protocol'),
    member(values, 'from_port'),
    member(values, 'to_port'),
  );
  const cidrs = [member(values, 'cidr_ipv4'), member(values, 'cidr_ipv6')];
  const list = member(values, 'prefix_list_id');
  return [
    ...cidrs.filter(isSet).map((cidr) => cidrRule(cidr, traffic)),
    ...(list.unknown === true || isSet(list) ? lists(list, resource, 'prefix_list_id', traffic) : []),
  ];
}
