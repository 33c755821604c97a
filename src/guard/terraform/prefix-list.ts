// Which addresses does a prefix list hold, by its resource, its entries or its data source?
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_managed_prefix_list
import { isUnknown, itemsOrNull, member, type Place, text, unknownDoubt, where } from '../json-place.ts';
import { allow, allowAnything, anyTraffic, parseDestination, type Rule } from '../rule.ts';
import { strangeAttribute } from './attributes.ts';
import type { GroupType, NumberedRule } from './group-type.ts';
import type { Resource } from './resources.ts';

const entryNames = ['cidr', 'description'];

export const prefixListType: GroupType = {
  types: ['aws_ec2_managed_prefix_list'],
  own: 'entry',
  isOrdered: false,
  readOwn: ({ values }) => ({ rules: entriesRules(member(values, 'entry')).map(unordered) }),
  members: [
    {
      type: 'aws_ec2_managed_prefix_list_entry',
      link: 'prefix_list_id',
      isEgress: () => true,
      read: ({ values }) => ({
        rules: entryRules(values, [...entryNames, 'id', 'prefix_list_id', 'region']).map(unordered),
      }),
    },
  ],
};

/** Whether a data source is one for a prefix list. */
export function isPrefixListData({ type }: Resource): boolean {
  return type === 'aws_ec2_managed_prefix_list' || type === 'aws_prefix_list';
}

/** The rules that a data source for a prefix list stands for. */
export function dataRules({ type, values }: Resource): Rule[] {
  if (type === 'aws_ec2_managed_prefix_list') return entriesRules(member(values, 'entries'));
  const cidrs = member(values, 'cidr_blocks');
  return isUnknown(cidrs) ? allowAnything(unknownDoubt(cidrs)) : itemsOrNull(cidrs).flatMap(cidrRule);
}

function entriesRules(entries: Place): Rule[] {
  if (isUnknown(entries)) return allowAnything(unknownDoubt(entries));
  return itemsOrNull(entries).flatMap((entry) => entryRules(entry, entryNames));
}

function entryRules(entry: Place, known: readonly string[]): Rule[] {
  if (isUnknown(entry)) return allowAnything(unknownDoubt(entry));
  const strange = strangeAttribute(entry, known);
  return cidrRule(member(entry, 'cidr')).map((rule) => ({ ...rule, doubt: rule.doubt ?? strange }));
}

function cidrRule(cidr: Place): Rule[] {
  if (isUnknown(cidr)) return allowAnything(unknownDoubt(cidr));
  return [allow(parseDestination(text(cidr), where(cidr)), anyTraffic)];
}

function unordered(rule: Rule): NumberedRule {
  return { rule, number: 0 };
}
