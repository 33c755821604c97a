// What `terraform show -json` prints, made from resources.

/** A resource of a plan or a state. */
export interface TestResource {
  /** `aws_security_group.app`, `module.net["a"].aws_security_group.app[0]` */
  readonly address: string;
  /** The attributes that are known. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What a plan leaves open, as `after_unknown` has it. */
  readonly unknown?: Readonly<Record<string, unknown>>;
  /** Its attributes before the plan; null when the plan creates it, the same as afterwards when left out. */
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly mode?: 'managed' | 'data';
  /** The key of an object that waits for its destruction. */
  readonly deposed?: string;
}

interface PlanParts {
  readonly resources: readonly TestResource[];
  /** Resources that the plan destroys. */
  readonly destroyed?: readonly TestResource[];
  /** Expressions of the root module by resource. */
  readonly configuration?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The configuration's module calls. */
  readonly moduleCalls?: Readonly<Record<string, unknown>>;
  /** Data sources that were read while planning. */
  readonly dataSources?: readonly TestResource[];
}

/** A plan as Terraform 1.9 prints it. */
export function plan(parts: PlanParts): Record<string, unknown> {
  const { resources, destroyed = [], configuration, moduleCalls, dataSources = [] } = parts;
  return {
    format_version: '1.2',
    terraform_version: '1.9.8',
    planned_values: { root_module: moduleOf('', resources) },
    resource_changes: [
      ...resources.map((resource) => changeOf(resource, false)),
      ...destroyed.map((resource) => changeOf(resource, true)),
    ],
    prior_state: {
      format_version: '1.0',
      terraform_version: '1.9.8',
      values: { root_module: moduleOf('', dataSources) },
    },
    ...(configuration !== undefined && {
      configuration: {
        provider_config: { aws: { name: 'aws', full_name: 'registry.terraform.io/hashicorp/aws' } },
        root_module: { resources: expressions(configuration), module_calls: moduleCalls },
      },
    }),
    timestamp: '2024-08-29T14:00:00Z',
    applyable: true,
    complete: true,
    errored: false,
  };
}

/** A state as Terraform 1.9 prints it. */
export function state(resources: readonly TestResource[]): Record<string, unknown> {
  return {
    format_version: '1.0',
    terraform_version: '1.9.8',
    values: { outputs: {}, root_module: moduleOf('', resources) },
  };
}

/** The resources of a module in a configuration, by address within the module. */
export function expressions(
  configuration: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): unknown[] {
  return Object.entries(configuration).map(([address, attributes]) => ({
    address,
    mode: 'managed',
    type: address.split('.')[0],
    name: address.split('.')[1],
    provider_config_key: 'aws',
    expressions: attributes,
    schema_version: 0,
  }));
}

/** A module with its resources and, recursively, the modules in it. */
function moduleOf(address: string, all: readonly TestResource[]): Record<string, unknown> {
  const inside = all.filter((resource) => address === '' || resource.address.startsWith(`${address}.`));
  const below = (resource: TestResource) => resource.address.slice(address === '' ? 0 : address.length + 1);
  const children = new Set(
    inside.flatMap((resource) => /^module\.\w+(?:\[[^\]]*\])?/.exec(below(resource))?.[0] ?? []),
  );
  return {
    ...(address !== '' && { address }),
    resources: inside.filter((resource) => !below(resource).startsWith('module.')).map(resourceOf),
    ...(children.size > 0 && {
      child_modules: [...children].map((child) =>
        moduleOf(address === '' ? child : `${address}.${child}`, inside),
      ),
    }),
  };
}

function resourceOf(resource: TestResource): Record<string, unknown> {
  const { deposed, values } = resource;
  return {
    ...identity(resource),
    schema_version: 1,
    values,
    sensitive_values: {},
    ...(deposed !== undefined && { deposed_key: deposed }),
  };
}

function changeOf(resource: TestResource, isDestroyed: boolean): Record<string, unknown> {
  const { values, unknown = {}, before = values } = resource;
  const module = /^(?:module\.\w+(?:\[[^\]]*\])?\.)+/.exec(resource.address)?.[0].slice(0, -1);
  return {
    ...identity(resource),
    ...(module !== undefined && { module_address: module }),
    ...(resource.deposed !== undefined && { deposed: resource.deposed }),
    change: isDestroyed
      ? { actions: ['delete'], before: values, after: null, after_unknown: {} }
      : {
          actions: before === null ? ['create'] : before === values ? ['no-op'] : ['update'],
          before,
          after: values,
          after_unknown: unknown,
        },
  };
}

function identity({ address, mode = 'managed' }: TestResource): Record<string, unknown> {
  const local = address.replace(/^(?:module\.\w+(?:\[[^\]]*\])?\.)+/, '').replace(/^data\./, '');
  const [, type, name, index] = /^(\w+)\.(\w+)(?:\[(.*)\])?$/.exec(local) ?? [];
  return {
    address,
    mode,
    type,
    name,
    ...(index !== undefined && { index: JSON.parse(index) as unknown }),
    provider_name: 'registry.terraform.io/hashicorp/aws',
  };
}

/** An egress block of an aws_security_group, as the provider fills it in. */
export function egress(cidrs: readonly string[], overrides: object = {}): Record<string, unknown> {
  return {
    cidr_blocks: cidrs.filter((cidr) => !cidr.includes(':')),
    description: '',
    from_port: 443,
    ipv6_cidr_blocks: cidrs.filter((cidr) => cidr.includes(':')),
    prefix_list_ids: [],
    protocol: 'tcp',
    security_groups: [],
    self: false,
    to_port: 443,
    ...overrides,
  };
}

/** The attributes of an aws_security_group. */
export function securityGroup(blocks: readonly unknown[], overrides: object = {}): Record<string, unknown> {
  return {
    arn: 'arn:aws-us-gov:ec2:us-gov-west-1:123456789012:security-group/sg-0a1b2c3d',
    description: 'egress to S3',
    egress: blocks,
    id: 'sg-0a1b2c3d',
    ingress: [],
    name: 'apps',
    name_prefix: '',
    owner_id: '123456789012',
    revoke_rules_on_delete: false,
    tags: null,
    tags_all: {},
    timeouts: null,
    vpc_id: 'vpc-0123',
    ...overrides,
  };
}

/** The attributes of an aws_security_group_rule. */
export function groupRule(cidrs: readonly string[], overrides: object = {}): Record<string, unknown> {
  return {
    cidr_blocks: cidrs.filter((cidr) => !cidr.includes(':')),
    description: null,
    from_port: 443,
    id: `sgrule-${cidrs.join()}`,
    ipv6_cidr_blocks: cidrs.filter((cidr) => cidr.includes(':')),
    prefix_list_ids: null,
    protocol: 'tcp',
    security_group_id: 'sg-0a1b2c3d',
    self: false,
    source_security_group_id: null,
    timeouts: null,
    to_port: 443,
    type: 'egress',
    ...overrides,
  };
}

/** The attributes of an aws_vpc_security_group_egress_rule. */
export function egressRule(cidr: string, overrides: object = {}): Record<string, unknown> {
  return {
    cidr_ipv4: cidr.includes(':') ? null : cidr,
    cidr_ipv6: cidr.includes(':') ? cidr : null,
    description: null,
    from_port: 443,
    id: `sgr-${cidr}`,
    ip_protocol: 'tcp',
    prefix_list_id: null,
    referenced_security_group_id: null,
    security_group_id: 'sg-0a1b2c3d',
    security_group_rule_id: `sgr-${cidr}`,
    tags: null,
    to_port: 443,
    ...overrides,
  };
}

/** An egress block of an aws_network_acl. */
export function aclEntry(
  rule_no: number,
  action: string,
  cidr: string,
  overrides: object = {},
): Record<string, unknown> {
  return {
    action,
    cidr_block: cidr.includes(':') ? '' : cidr,
    from_port: 443,
    icmp_code: 0,
    icmp_type: 0,
    ipv6_cidr_block: cidr.includes(':') ? cidr : '',
    protocol: '6',
    rule_no,
    to_port: 443,
    ...overrides,
  };
}

/** The attributes of an aws_network_acl. */
export function networkAcl(entries: readonly unknown[], overrides: object = {}): Record<string, unknown> {
  return {
    arn: 'arn:aws-us-gov:ec2:us-gov-west-1:123456789012:network-acl/acl-01',
    egress: entries,
    id: 'acl-01',
    ingress: [],
    owner_id: '123456789012',
    subnet_ids: [],
    tags: null,
    vpc_id: 'vpc-0123',
    ...overrides,
  };
}

/** The attributes of an aws_ec2_managed_prefix_list. */
export function prefixList(cidrs: readonly string[], overrides: object = {}): Record<string, unknown> {
  return {
    address_family: 'IPv4',
    arn: 'arn:aws-us-gov:ec2:us-gov-west-1:123456789012:prefix-list/pl-01',
    entry: cidrs.map((cidr) => ({ cidr, description: '' })),
    id: 'pl-01',
    max_entries: 20,
    name: 's3',
    owner_id: '123456789012',
    tags: null,
    version: 1,
    ...overrides,
  };
}
