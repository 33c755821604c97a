// What do the attributes of a network ACL and of its rules say?
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl
import { UserError } from '../../errors.ts';
import {
  integer,
  isUnknown,
  itemsOrNull,
  member,
  type Place,
  text,
  unexpected,
  unknownDoubt,
  where,
} from '../json-place.ts';
import { type Doubt, everything, type Rule } from '../rule.ts';
import { openTraffic, optionalCidr, strangeAttribute, withDoubt } from './attributes.ts';
import type { GroupType, NumberedRule } from './group-type.ts';

const common = [
  'cidr_block',
  'from_port',
  'icmp_code',
  'icmp_type',
  'ipv6_cidr_block',
  'protocol',
  'to_port',
];
const blockNames = [...common, 'action', 'rule_no'];
const ruleNames = [...common, 'egress', 'id', 'network_acl_id', 'region', 'rule_action', 'rule_number'];

/** Network ACLs, those included that AWS makes for a VPC. */
export const networkAclType: GroupType = {
  types: ['aws_network_acl', 'aws_default_network_acl'],
  own: 'egress',
  isOrdered: true,
  readOwn: ({ values }) => {
    const egress = member(values, 'egress');
    if (isUnknown(egress)) return { rules: anyRule(unknownDoubt(egress)) };
    const blocks = itemsOrNull(egress);
    return { rules: blocks.flatMap((block) => networkAclRules(block, 'rule_no', 'action', blockNames)) };
  },
  members: [
    {
      type: 'aws_network_acl_rule',
      link: 'network_acl_id',
      // Absent or null stands for false.
      isEgress: (values) => member(values, 'egress').value === true || isUnknown(member(values, 'egress')),
      read: ({ values }) => {
        const egress = member(values, 'egress');
        const rules = networkAclRules(values, 'rule_number', 'rule_action', ruleNames);
        return {
          rules: isUnknown(egress) ? rules.map((rule) => doubted(rule, unknownDoubt(egress))) : rules,
        };
      },
    },
  ],
};

/** Possible rules that come first, whatever their number: they may allow anything or deny anything. */
export function anyRule(doubt: Doubt): NumberedRule[] {
  const actions = ['allow', 'deny'] as const;
  return everything.flatMap((range) =>
    actions.map((action) => ({
      number: 0,
      rule: { range, action, doubt, protocol: undefined, ports: undefined },
    })),
  );
}

/** An entry. What is open of it makes it possible; with an open number or action it may come first, and do either. */
function networkAclRules(
  values: Place,
  numberName: string,
  actionName: string,
  known: readonly string[],
): NumberedRule[] {
  if (isUnknown(values)) return anyRule(unknownDoubt(values));
  const open = openTraffic(values, 'protocol');
  const cidrs = [
    ...optionalCidr(member(values, 'cidr_block'), 4, open),
    ...optionalCidr(member(values, 'ipv6_cidr_block'), 6, open),
  ];
  if (cidrs.length === 0) {
    throw new UserError(
      `${where(values)} has neither cidr_block nor ipv6_cidr_block, one of which belongs there`,
    );
  }
  const numberPlace = member(values, numberName);
  const action = member(values, actionName);
  const number = isUnknown(numberPlace) ? 0 : integer(numberPlace, 1, 32767);
  const doubt = isUnknown(numberPlace) ? unknownDoubt(numberPlace) : strangeAttribute(values, known);
  const actions = isUnknown(action) ? (['allow', 'deny'] as const) : [readAction(action)];
  const rules = withDoubt(cidrs, isUnknown(action) ? unknownDoubt(action) : doubt);
  return actions.flatMap((one) => rules.map((rule) => ({ number, rule: { ...rule, action: one } })));
}

function doubted({ number, rule }: NumberedRule, doubt: Doubt): NumberedRule {
  return { number, rule: { ...rule, doubt: rule.doubt ?? doubt } };
}

function readAction(place: Place): Rule['action'] {
  const action = text(place).toLowerCase();
  if (action !== 'allow' && action !== 'deny') throw unexpected(place, '"allow" or "deny"');
  return action;
}
