// `params` of get and put steps, validated once.
import * as v from 'valibot';
import { isObject, show, UserError } from '../errors.ts';
import { families } from './criteria.ts';
import { misplaced } from './misplaced.ts';
import { sourceSchema } from './source.ts';
import { flag, mapOf, text, validate } from './validate.ts';

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
const variable = text(
  'a Terraform variable name (letters, digits, _ and -, not starting with a digit)',
  (name) => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name),
);
const isBelow = (path: string) => path !== '' && !/^\/|(^|\/)\.\.(\/|$)|\0/.test(path);
const addressMessage = 'a name in the rules file such as aws_security_group.app, or a list of such names';
const nameInFile = text(addressMessage, (name) => name !== '');

const terraform = v.object({
  variable: v.optional(variable, 'aws_ip_ranges_cidr_blocks'),
  ipv6_variable: v.optional(variable, 'aws_ip_ranges_ipv6_cidr_blocks'),
});

/** How security-group.json is written. */
const securityGroup = v.object({
  /** Ports as Cloud Foundry writes them: `443`, `80,443`, `1-65535`. */
  ports: v.optional(
    v.pipe(
      ports,
      v.check((text) => parseCloudFoundryPorts(text) !== undefined, cloudFoundryMessage),
    ),
    '443',
  ),
  protocol: v.optional(v.picklist(['tcp', 'udp', 'all'], '"tcp", "udp" or "all"'), 'tcp'),
  /** One text for every rule; undefined writes what the source selects. */
  description: v.optional(v.string('a string')),
  log: flag,
  /** Families that become rules; undefined for those that the source selects. */
  ip_versions: v.optional(families),
  /** Whether one rule lists all CIDRs, instead of a rule for each. */
  combine: flag,
});

const get = v.object({
  terraform: v.optional(mapOf(terraform, 'params.terraform'), {}),
  security_group: v.optional(mapOf(securityGroup, 'params.security_group'), {}),
  /** Whether the files of the publication are written. */
  document: flag,
  /** Whether all files, those of the publication included, are written as an archive. */
  bundle: flag,
});

const put = v.object({
  /** The rules file, relative to the build's sources. */
  rules: text("a path below the build's sources such as plan/rules.json", isBelow),
  /** The directory of the get step that the job used, relative to the build's sources. */
  ranges: text('the directory of the get step that the job used, such as s3-ranges', isBelow),
  ports: v.optional(
    v.pipe(
      ports,
      v.transform((text) => parsePorts(text) ?? []),
    ),
    '443',
  ),
  protocol: v.optional(v.picklist(['tcp', 'udp'], '"tcp" or "udp"'), 'tcp'),
  /** `covers`: nothing is missing; `exact`: nothing is extra either. */
  mode: v.optional(v.picklist(['covers', 'exact'], '"covers" or "exact"'), 'covers'),
  /** Whether the traffic goes to the published addresses, or comes from them. */
  direction: v.optional(v.picklist(['egress', 'ingress'], '"egress" or "ingress"'), 'egress'),
  /** Which rules in the file to judge, by names or globs, as their union; undefined where it holds only one set of them. */
  address: v.optional(
    v.pipe(
      v.union(
        [nameInFile, v.pipe(v.array(nameInFile, addressMessage), v.minLength(1, addressMessage))],
        addressMessage,
      ),
      v.transform((names) => [names].flat()),
    ),
  ),
});

/** The keys of `params` as a pipeline writes them, with their defaults. */
export const paramSchemas = { in: get, terraform, securityGroup, out: put };

/** `params` of a get step. */
export type InParams = Readonly<v.InferOutput<typeof get>>;

/** `params` of a put step. */
export type OutParams = Readonly<v.InferOutput<typeof put>>;

/** Parses and validates the params of a get step. Throws a UserError that names the key. */
export function parseInParams(value: unknown): InParams {
  const params = validate(get, value ?? {}, 'params', { elsewhere: (key) => elsewhere(key, 'get') });
  const { terraform, security_group: group } = params;
  const given = isObject(value) ? value['security_group'] : undefined;
  if (group.protocol === 'all' && isObject(given) && 'ports' in given) {
    throw new UserError(
      `params.security_group.ports must be left out with protocol: all, whose rules allow every port, not be ${show(group.ports)}`,
    );
  }
  if (terraform.variable === terraform.ipv6_variable) {
    throw new UserError(
      `params.terraform.variable and params.terraform.ipv6_variable must differ, not both be ${show(terraform.variable)}`,
    );
  }
  return params;
}

/** Parses and validates the params of a put step. Throws a UserError that names the key. */
export function parseOutParams(value: unknown): OutParams {
  return validate(put, value ?? {}, 'params', { elsewhere: (key) => elsewhere(key, 'put') });
}

function elsewhere(key: string, step: 'get' | 'put'): string | undefined {
  return (
    misplaced(key, step) ??
    (Object.hasOwn(sourceSchema.entries, key) ? `did you mean source.${key}?` : undefined)
  );
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
function parsePorts(text: string): readonly PortRange[] | undefined {
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
