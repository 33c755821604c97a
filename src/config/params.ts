// `params` of get and put steps, validated once.
import * as v from 'valibot';
import type { Family } from '../addresses/cidr.ts';
import { isObject, show, UserError } from '../errors.ts';
import { families, flag } from './criteria.ts';
import { elsewhereThanGet, elsewhereThanPut } from './misplaced.ts';
import { sourceKeys } from './source.ts';
import { validate } from './validate.ts';

/** `params` of a get step. */
export interface InParams {
  readonly terraform: { readonly variable: string; readonly ipv6Variable: string };
  readonly securityGroup: SecurityGroupParams;
  /** Whether the files of the publication are written. */
  readonly document: boolean;
  /** Whether all files, those of the publication included, are written as an archive. */
  readonly bundle: boolean;
}

/** How security-group.json is written. */
export interface SecurityGroupParams {
  /** Ports as Cloud Foundry writes them: `443`, `80,443`, `1-65535`. */
  readonly ports: string;
  readonly protocol: 'tcp' | 'udp' | 'all';
  /** One text for every rule; undefined writes what the source selects. */
  readonly description: string | undefined;
  readonly log: boolean;
  /** Families that become rules; undefined for those that the source selects. */
  readonly ipVersions: readonly Family[] | undefined;
  /** Whether one rule lists all CIDRs, instead of a rule for each. */
  readonly combine: boolean;
}

/** `params` of a put step. */
export interface OutParams {
  /** The rules file, relative to the build's sources. */
  readonly rules: string;
  /** The directory of the get step that the job used, relative to the build's sources. */
  readonly ranges: string;
  readonly ports: readonly PortRange[];
  readonly protocol: 'tcp' | 'udp';
  /** `covers`: nothing is missing; `exact`: nothing is extra either. */
  readonly mode: 'covers' | 'exact';
  /** Whether the traffic goes to the published addresses, or comes from them. */
  readonly direction: 'egress' | 'ingress';
  /** Which rules in the file to judge, by names or globs, as their union; undefined where it holds only one set of them. */
  readonly address: readonly string[] | undefined;
}

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const portsMessage = 'ports between 1 and 65535 such as 443, "80,443" or "1-65535"';
const ports = v.pipe(
  v.union([v.string(portsMessage), v.number(portsMessage)], portsMessage),
  v.check((value) => parsePorts(String(value)) !== undefined, portsMessage),
  v.transform(String),
);
const cloudFoundryMessage = 'one port, a list of ports or one range, such as 443, "80,443" or "1-65535"';
const variableMessage = 'a Terraform variable name (letters, digits, _ and -, not starting with a digit)';
const variable = v.pipe(v.string(variableMessage), v.regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, variableMessage));
const pathMessage = "a path below the build's sources such as plan/rules.json";
const directoryMessage = 'the directory of the get step that the job used, such as s3-ranges';
const pathInSources = (message: string) =>
  v.pipe(
    v.string(message),
    v.minLength(1, message),
    v.check((text) => !text.startsWith('/') && !/(^|\/)\.\.(\/|$)|\0/.test(text), message),
  );
const addressMessage = 'a name in the rules file such as aws_security_group.app, or a list of such names';
const nameInFile = v.pipe(v.string(addressMessage), v.minLength(1, addressMessage));

const terraformSchema = v.object({
  variable: v.optional(variable, 'aws_ip_ranges_cidr_blocks'),
  ipv6_variable: v.optional(variable, 'aws_ip_ranges_ipv6_cidr_blocks'),
});
const cloudFoundryPorts = v.pipe(
  ports,
  v.check((text) => parseCloudFoundryPorts(text) !== undefined, cloudFoundryMessage),
);
const securityGroupSchema = v.object({
  ports: v.optional(cloudFoundryPorts, '443'),
  protocol: v.optional(v.picklist(['tcp', 'udp', 'all'], '"tcp", "udp" or "all"'), 'tcp'),
  description: v.optional(v.string('a string')),
  log: flag,
  ip_versions: v.optional(families),
  combine: flag,
});
const inSchema = v.object({
  terraform: v.optional(v.unknown(), {}),
  security_group: v.optional(v.unknown(), {}),
  document: flag,
  bundle: flag,
});
const outSchema = v.object({
  rules: pathInSources(pathMessage),
  ranges: pathInSources(directoryMessage),
  ports: v.optional(ports, '443'),
  protocol: v.optional(v.picklist(['tcp', 'udp'], '"tcp" or "udp"'), 'tcp'),
  mode: v.optional(v.picklist(['covers', 'exact'], '"covers" or "exact"'), 'covers'),
  direction: v.optional(v.picklist(['egress', 'ingress'], '"egress" or "ingress"'), 'egress'),
  address: v.optional(
    v.union(
      [nameInFile, v.pipe(v.array(nameInFile, addressMessage), v.minLength(1, addressMessage))],
      addressMessage,
    ),
  ),
});

/** The keys of `params` as a pipeline writes them. */
export const paramKeys = {
  in: Object.keys(inSchema.entries),
  terraform: Object.keys(terraformSchema.entries),
  securityGroup: Object.keys(securityGroupSchema.entries),
  out: Object.keys(outSchema.entries),
};

/** What each param is when it is left out, as a pipeline would write it; undefined for nothing. */
export const paramDefaults = (): Readonly<Record<keyof typeof paramKeys, Record<string, unknown>>> => ({
  in: v.getDefaults(inSchema),
  terraform: v.getDefaults(terraformSchema),
  securityGroup: v.getDefaults(securityGroupSchema),
  out: v.getDefaults(outSchema),
});

/** Parses and validates the params of a get step. Throws a UserError that names the key. */
export function parseInParams(value: unknown): InParams {
  refuseFormerKey(value);
  const given = validate(inSchema, value ?? {}, 'params', {
    keys: paramKeys.in,
    elsewhere: elsewhereThanGet(sourceKeys),
  });
  const terraform = validate(terraformSchema, given.terraform, 'params.terraform', {
    keys: paramKeys.terraform,
  });
  const group = validate(securityGroupSchema, given.security_group, 'params.security_group', {
    keys: paramKeys.securityGroup,
  });
  if (group.protocol === 'all' && isObject(given.security_group) && 'ports' in given.security_group) {
    throw new UserError(
      `params.security_group.ports must be left out with protocol: all, whose rules allow every port, not be ${show(group.ports)}`,
    );
  }
  if (terraform.variable === terraform.ipv6_variable) {
    throw new UserError(
      `params.terraform.variable and params.terraform.ipv6_variable must differ, not both be ${show(terraform.variable)}`,
    );
  }
  return {
    terraform: { variable: terraform.variable, ipv6Variable: terraform.ipv6_variable },
    securityGroup: {
      ports: group.ports,
      protocol: group.protocol,
      description: group.description,
      log: group.log,
      ipVersions: group.ip_versions,
      combine: group.combine,
    },
    document: given.document,
    bundle: given.bundle,
  };
}

/** A key of release 1 gets its own error: what it did is the default now. */
function refuseFormerKey(value: unknown): void {
  if (!isObject(value) || !('skip_document' in value)) return;
  throw new UserError(
    'params.skip_document is gone: in writes ip-ranges.json and prefixes.json only with params.document: true; ' +
      'remove skip_document, and set document: true where a task reads one of the two',
  );
}

/** Parses and validates the params of a put step. Throws a UserError that names the key. */
export function parseOutParams(value: unknown): OutParams {
  const given = validate(outSchema, value ?? {}, 'params', {
    keys: paramKeys.out,
    elsewhere: elsewhereThanPut(sourceKeys),
  });
  return {
    rules: given.rules,
    ranges: given.ranges,
    ports: parsePorts(given.ports) ?? [],
    protocol: given.protocol,
    mode: given.mode,
    direction: given.direction,
    address: typeof given.address === 'string' ? [given.address] : given.address,
  };
}

/**
 * Ports as Cloud Foundry takes them in a rule: one, several with commas, or one range, which ends after it starts
 * (cloud_controller_ng, lib/cloud_controller/rule_validator.rb); undefined for anything else.
 */
export function parseCloudFoundryPorts(text: string): readonly PortRange[] | undefined {
  const ranges = parsePorts(text);
  const [only, ...others] = ranges ?? [];
  if (only === undefined || !text.includes('-')) return ranges;
  return others.length === 0 && only.first < only.last ? ranges : undefined;
}

/** Port ranges as Cloud Foundry writes them: `443`, `80,443`, `1-65535`; undefined for anything else. */
export function parsePorts(text: string): readonly PortRange[] | undefined {
  const ranges: PortRange[] = [];
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first < 1 || last > 65535 || first > last) return undefined;
    ranges.push({ first, last });
  }
  return ranges;
}
