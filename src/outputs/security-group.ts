// security-group.json: the selection as egress rules of a Cloud Foundry security group.
import type { SecurityGroupParams } from '../config/params.ts';
import type { SelectedCidr, Selection } from '../selection/selection.ts';

/** A rule as Cloud Foundry reads it (https://docs.cloudfoundry.org/concepts/asg.html#structure). */
export interface SecurityGroupRule {
  readonly protocol: string;
  readonly destination: string;
  /** Absent for the protocol `all`, where Cloud Foundry refuses it. */
  readonly ports?: string;
  readonly description: string;
  readonly log: boolean;
}

/** One rule for each CIDR. The description does not change when AWS republishes, so neither do the rules. */
export function securityGroup(selection: Selection, params: SecurityGroupParams): SecurityGroupRule[] {
  return selection
    .filter(({ cidr }) => params.ipVersions.includes(cidr.family))
    .map((selected) => ({
      protocol: params.protocol,
      destination: selected.cidr.text,
      ...(params.protocol !== 'all' && { ports: params.ports }),
      description: params.description ?? describeCidr(selected),
      log: params.log,
    }));
}

function describeCidr({ prefixes }: SelectedCidr): string {
  const services = new Set(prefixes.map(({ service }) => service));
  const regions = new Set(prefixes.map(({ region }) => region));
  return `AWS ${[...services].join(', ')} ${[...regions].join(', ')}`;
}
