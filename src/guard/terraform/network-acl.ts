// Network ACLs: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl
import { UserError } from '../../errors.ts';
import { awsTraffic } from '../aws-traffic.ts';
import { integer, itemsOrNull, member, type Place, text, unexpected, where } from '../json-place.ts';
import type { Rule } from '../rule.ts';
import { cidrRule, type GroupType, isSet, type NumberedRule } from './group-type.ts';

export const networkAclType: GroupType = {
  type: 'aws_network_acl',
  own: 'egress',
  readOwn: ({ values }) =>
    itemsOrNull(member(values, 'egress')).flatMap((egress) => networkAclRules(egress, 'rule_no', 'action')),
  members: [
    {
      type: 'aws_network_acl_rule',
      link: 'network_acl_id',
      isEgress: (values) => {
        const { value, unknown } = member(values, 'egress');
        return value === true || unknown === true;
      },
      read: ({ values }) => {
        const egress = member(values, 'egress');
        // Known, or an error: it may turn out to be an ingress rule.
        if (egress.value !== true) text(egress);
        return networkAclRules(values, 'rule_number', 'rule_action');
      },
    },
  ],
};

function networkAclRules(values: Place, number: string, action: string): NumberedRule[] {
  const cidrs = [member(values, 'cidr_block'), member(values, 'ipv6_cidr_block')].filter(isSet);
  if (cidrs.length === 0) {
    throw new UserError(
      `${where(values)} has neither cidr_block nor ipv6_cidr_block, one of which belongs there`,
    );
  }
  const traffic = awsTraffic(
    member(values, 'protocol'),
    member(values, 'from_port'),
    member(values, 'to_port'),
  );
  const ruleAction = readAction(member(values, action));
  const ruleNumber = integer(member(values, number), 1, 32767);
  return cidrs.map((cidr) => ({
    number: ruleNumber,
    rule: { ...cidrRule(cidr, traffic), action: ruleAction },
  }));
}

function readAction(place: Place): Rule['action'] {
  const action = text(place).toLowerCase();
  if (action !== 'allow' && action !== 'deny') throw unexpected(place, '"allow" or "deny"');
  return action;
}
