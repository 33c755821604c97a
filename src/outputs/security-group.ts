// security-group.json: the selection as egress rules of a Cloud Foundry security group.
import type { Family } from '../addresses/cidr.ts';
import type { Criteria } from '../config/criteria.ts';
import type { InParams } from '../config/params.ts';
import { counted, UserError } from '../errors.ts';
import { describeForRules } from '../selection/keys.ts';
import type { Selection } from '../selection/selection.ts';

type SecurityGroupParams = InParams['security_group'];

/**
 * Destinations that Cloud Foundry takes in one rule, where `cc.security_groups.enable_comma_delimited_destinations` is
 * on (cloud_controller_ng, app/messages/validators/security_group_rule_validator.rb).
 */
const mostDestinations = 6000;

/**
 * Rules as Cloud Foundry reads them (https://docs.cloudfoundry.org/concepts/asg.html#structure): one for each CIDR, or for all of
 * them with `combine`. The description depends on source and params alone, so the rule of a CIDR that stays is the same in every
 * publication. Throws a UserError when no CIDR is of the families in the params: an update with no rules would close the group.
 */
export function securityGroup(selection: Selection, criteria: Criteria, params: SecurityGroupParams) {
  const families = familiesOfRules(selection, params);
  const cidrs = selection.filter(({ cidr }) => families.includes(cidr.family)).map(({ cidr }) => cidr.text);
  if (cidrs.length === 0 && selection.length > 0) {
    throw new UserError(
      `params.security_group.ip_versions is [${families.join(', ')}], and the selection has no IPv${families.join(' or IPv')} ` +
        'CIDR, so security-group.json would have no rule; leave it out, or name a family that is listed',
    );
  }
  const most = params.combine ? mostDestinations : 1;
  return Array.from({ length: Math.ceil(cidrs.length / most) }, (_, index) => ({
    protocol: params.protocol,
    // Without white space, which Cloud Foundry refuses.
    destination: cidrs.slice(index * most, (index + 1) * most).join(','),
    // Which Cloud Foundry refuses for the protocol `all`.
    ...(params.protocol !== 'all' && { ports: params.ports }),
    description: params.description ?? describeForRules(criteria),
    log: params.log,
  }));
}

/** IPv4 unless the params say otherwise: Cloud Foundry refuses the whole group for one IPv6 rule where that is off. */
function familiesOfRules(
  selection: Selection,
  { ip_versions: wanted }: SecurityGroupParams,
): readonly Family[] {
  return wanted ?? (selection.some(({ cidr }) => cidr.family === 4) ? [4] : [6]);
}

/** Says which CIDRs have no rule though nobody asked for that; undefined when all have one. */
export function remarkOnGroup(selection: Selection, params: SecurityGroupParams): string | undefined {
  const families = familiesOfRules(selection, params);
  const without = selection.filter(({ cidr }) => !families.includes(cidr.family)).length;
  if (without === 0 || params.ip_versions !== undefined) return undefined;
  return (
    `security-group.json has no rule for ${counted(without, 'IPv6 CIDR')}: Cloud Foundry refuses IPv6 unless its operator has ` +
    'turned it on; where it is on, set params.security_group.ip_versions: [4, 6]'
  );
}
