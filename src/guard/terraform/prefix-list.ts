// Managed prefix lists: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_managed_prefix_list
import { items, itemsOrNull, member } from '../json-place.ts';
import type { Rule } from '../rule.ts';
import { cidrRule, type GroupType, unordered } from './group-type.ts';
import type { Resource } from './resources.ts';

export const prefixListType: GroupType = {
  type: 'aws_ec2_managed_prefix_list',
  own: 'entry',
  readOwn: ({ values }) =>
    itemsOrNull(member(values, 'entry')).map((entry) => unordered(cidrRule(member(entry, 'cidr')))),
  members: [
    {
      type: 'aws_ec2_managed_prefix_list_entry',
      link: 'prefix_list_id',
      isEgress: () => true,
      read: ({ values }) => [unordered(cidrRule(member(values, 'cidr')))],
    },
  ],
};

/** The rules that a data source for a prefix list stands for, or undefined for another data source. */
export function dataPrefixList({ type, values }: Resource): Rule[] | undefined {
  switch (type) {
    case 'aws_ec2_managed_prefix_list':
      return items(member(values, 'entries')).map((entry) => cidrRule(member(entry, 'cidr')));
    case 'aws_prefix_list':
      return items(member(values, 'cidr_blocks')).map((cidr) => cidrRule(cidr));
    default:
      return undefined;
  }
}
