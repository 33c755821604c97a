// What `aws ec2 describe-security-group-rules` prints
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html).
import { missingPrefixList } from '../aws-traffic.ts';
import type { Candidate, JsonForm } from '../form.ts';
import { isEmpty, member, type Place, requireKnown, text, where } from '../json-place.ts';
import { allowAnything, allowAt, type Direction, type Rule } from '../rule.ts';
import {
  type Items,
  isOfDirection,
  isOutput,
  oneOf,
  outputItems,
  outputTraffic,
  referencedGroup,
} from './aws-output.ts';

const ruleMembers = [
  'CidrIpv4',
  'CidrIpv6',
  'Description',
  'FromPort',
  'GroupId',
  'GroupOwnerId',
  'IpProtocol',
  'IsEgress',
  'PrefixListId',
  'ReferencedGroupInfo',
  'SecurityGroupRuleArn',
  'SecurityGroupRuleId',
  'Tags',
  'ToPort',
];
const referenceMembers = ['GroupId', 'PeeringStatus', 'UserId', 'VpcId', 'VpcPeeringConnectionId'];
const destinationMembers = ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupInfo'];

const rules: Items = { key: 'SecurityGroupRules', isItem: (content) => 'IsEgress' in content };

/** The rules of one group or several, whose ids are their names; with --query also their list alone, or one of them. */
export const awsSecurityGroupRules: JsonForm = {
  name: 'aws ec2 describe-security-group-rules',
  recognises: (content) => isOutput(content, rules),
  candidates: (place, direction) => {
    const groups = new Map<string, Place[]>();
    for (const rule of outputItems(place, rules)) {
      requireKnown(rule, ruleMembers, 'a security group rule');
      const id = text(member(rule, 'GroupId'));
      const group = groups.get(id);
      if (group === undefined) groups.set(id, [rule]);
      else group.push(rule);
    }
    return {
      all: [...groups].map(
        ([id, rules]): Candidate => ({ names: [id], read: () => readRules(rules, direction) }),
      ),
    };
  },
};

function readRules(rules: readonly Place[], direction: Direction): { rules: Rule[] } {
  const judged = rules.filter((rule) => isOfDirection(member(rule, 'IsEgress'), direction));
  return { rules: judged.flatMap((rule) => readRule(rule, direction)) };
}

function readRule(rule: Place, direction: Direction): Rule[] {
  const traffic = outputTraffic(member(rule, 'IpProtocol'), member(rule, 'FromPort'), member(rule, 'ToPort'));
  const destination = oneOf(rule, destinationMembers, 'a rule');
  const group = member(rule, 'ReferencedGroupInfo');
  if (!isEmpty(group)) {
    requireKnown(group, referenceMembers, 'a referenced group');
    return allowAnything(referencedGroup(text(member(group, 'GroupId')), rule, direction), traffic);
  }
  const list = member(rule, 'PrefixListId');
  if (!isEmpty(list)) return allowAnything(missingPrefixList(text(list), where(rule)), traffic);
  return [allowAt(destination, traffic)];
}
