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
import { type Direction, type Doubt, everything, type Rule } from '../rule.ts';
import { doubted, openTraffic, optionalCidr, strangeAttribute, withDoubt } from './attributes.ts';
import type { GroupType, KeyedRule } from './group-type.ts';

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

/** Network ACLs, those included that AWS makes for a VPC, as far as they are about one direction. */
export function networkAclType(direction: Direction): GroupType {
  return {
    types: ['aws_network_acl', 'aws_default_network_acl'],
    dataTypes: [],
    own: () => direction,
    isOrdered: true,
    readOwn: ({ values }) => {
      const entries = member(values, direction);
      if (isUnknown(entries)) return { rules: anyEntry(unknownDoubt(entries)) };
      return {
        rules: itemsOrNull(entries).flatMap((block) => entryRules(block, 'rule_no', 'action', blockNames)),
      };
    },
    members: [
      {
        type: 'aws_network_acl_rule',
        link: 'network_acl_id',
        // Absent or null stands for false.
        isOfDirection: (values) => {
          const egress = member(values, 'egress');
          return isUnknown(egress) || (egress.value === true) === (direction === 'egress');
        },
        read: ({ values }) => {
          const egress = member(values, 'egress');
          const rules = entryRules(values, 'rule_number', 'rule_action', ruleNames);
          return { rules: doubted(rules, isUnknown(egress) ? unknownDoubt(egress) : undefined) };
        },
      },
    ],
    adopting: ['aws_default_network_acl'],
  };
}

/** Possible rules that come first, whatever their number: they may allow anything or deny anything. */
export function anyEntry(doubt: Doubt): KeyedRule[] {
  const actions = ['allow', 'deny'] as const;
  return everything.flatMap((range) =>
    actions.map((action) => ({
      number: 0,
      key: '',
      rule: { range, action, doubt, protocol: undefined, ports: undefined },
    })),
  );
}

/** An entry. What is open of it makes it possible; with an open number or action it may come first, and do either. */
function entryRules(
  values: Place,
  numberName: string,
  actionName: string,
  known: readonly string[],
): KeyedRule[] {
  if (isUnknown(values)) return anyEntry(unknownDoubt(values));
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
  const doubt = [action, numberPlace].find(isUnknown);
  const actions = isUnknown(action) ? (['allow', 'deny'] as const) : [readAction(action)];
  return actions.flatMap((one) =>
    cidrs.map((cidr) => ({
      number,
      key: number === 0 ? '' : String(number),
      entry: where(values),
      rule: {
        ...withDoubt(cidr, doubt === undefined ? strangeAttribute(values, known) : unknownDoubt(doubt)),
        action: one,
      },
    })),
  );
}

function readAction(place: Place): Rule['action'] {
  const action = text(place).toLowerCase();
  if (action !== 'allow' && action !== 'deny') throw unexpected(place, '"allow" or "deny"');
  return action;
}
