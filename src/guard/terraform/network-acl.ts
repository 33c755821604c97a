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
import { cidrRules, doubted, flag, openTraffic } from './attributes.ts';
import { type GroupType, joined, type KeyedRule, unkeyed } from './group-type.ts';

/** Network ACLs, those included that AWS makes for a VPC, as far as they are about one direction. */
export function networkAclType(direction: Direction): GroupType {
  return {
    types: ['aws_network_acl', 'aws_default_network_acl'],
    dataTypes: [],
    own: () => direction,
    isMirrored: true,
    isOrdered: true,
    readOwn: ({ values }) => {
      const entries = member(values, direction);
      if (isUnknown(entries)) return { rules: anyEntry(unknownDoubt(entries)) };
      return joined(itemsOrNull(entries).map((block) => ({ rules: entryRules(block, 'rule_no', 'action') })));
    },
    anything: anyEntry,
    members: [
      {
        type: 'aws_network_acl_rule',
        link: 'network_acl_id',
        isOfDirection: (values) =>
          (flag(member(values, 'egress')) ?? direction === 'egress') === (direction === 'egress'),
        read: ({ values }) => {
          const egress = member(values, 'egress');
          const rules = entryRules(values, 'rule_number', 'rule_action');
          return { rules: doubted(rules, isUnknown(egress) ? unknownDoubt(egress) : undefined) };
        },
      },
    ],
    adopting: ['aws_default_network_acl'],
  };
}

/** Possible rules that come first, whatever their number: they may allow anything or deny anything. */
function anyEntry(doubt: Doubt): KeyedRule[] {
  return everything.flatMap((range) =>
    (['allow', 'deny'] as const).map((action) =>
      unkeyed({ range, action, doubt, protocol: undefined, ports: undefined }),
    ),
  );
}

function entryRules(values: Place, numberName: string, actionName: string): KeyedRule[] {
  if (isUnknown(values)) return anyEntry(unknownDoubt(values));
  const [number, action] = [member(values, numberName), member(values, actionName)];
  const unknown = [number, action].find(isUnknown);
  if (unknown !== undefined) return anyEntry(unknownDoubt(unknown));
  const open = openTraffic(values, 'protocol');
  const cidrs = [
    ...cidrRules(member(values, 'cidr_block'), 4, open),
    ...cidrRules(member(values, 'ipv6_cidr_block'), 6, open),
  ];
  if (cidrs.length === 0) {
    throw new UserError(
      `${where(values)} has neither cidr_block nor ipv6_cidr_block, one of which belongs there`,
    );
  }
  const place = integer(number, 1, 32767);
  return cidrs.map((cidr) => ({
    rule: { ...cidr, action: readAction(action) },
    key: String(place),
    number: place,
  }));
}

function readAction(place: Place): Rule['action'] {
  const action = text(place).toLowerCase();
  if (action !== 'allow' && action !== 'deny') throw unexpected(place, '"allow" or "deny"');
  return action;
}
