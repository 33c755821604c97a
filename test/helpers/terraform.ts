// What `terraform show -json` prints, made from resources, as far as the guard reads it: whole files that real tools printed are in
// test/guard/tool-outputs/.

export type Attributes = Readonly<Record<string, unknown>>;

/** A resource of a plan or a state. */
export interface TestResource {
  /** `aws_security_group.app`, `module.net["a"].aws_security_group.app[0]` */
  readonly address: string;
  /** The attributes that are known; in a plan those after it, null where it leaves no object. */
  readonly values: Attributes | null;
  /** What a plan leaves open, as `after_unknown` has it. */
  readonly unknown?: Attributes;
  /** Its attributes before the plan; null when the plan creates it, the same as afterwards when left out. */
  readonly before?: Attributes | null;
  /** What the plan does to it, where that is more than what its attributes show. */
  readonly actions?: readonly string[];
  readonly mode?: 'managed' | 'data';
  /** The key of an object that waits for its destruction. */
  readonly deposed?: string;
  /** In a state: Terraform means to replace it. */
  readonly tainted?: true;
  /** What the configuration of a plan shows of the block that it is an instance of. */
  readonly expressions?: Attributes;
}

/** A resource that there is, before a plan changes it. */
export interface Known extends TestResource {
  readonly values: Attributes;
}

/** A plan as Terraform 1.9 prints it, with data sources that were read while planning. */
export function plan(resources: readonly TestResource[], dataSources: readonly TestResource[] = []) {
  const planned = resources.filter(({ values, deposed }) => values !== null && deposed === undefined);
  const configured = resources.filter(({ expressions }) => expressions !== undefined);
  return {
    format_version: '1.2',
    planned_values: { root_module: moduleOf(planned) },
    resource_changes: resources.map(changeOf),
    prior_state: { values: { root_module: moduleOf(dataSources) } },
    ...(configured.length > 0 && { configuration: { root_module: configurationOf(configured) } }),
    complete: true,
    errored: false,
  };
}

/** A state as Terraform 1.9 prints it. */
export function state(resources: readonly TestResource[]) {
  return { format_version: '1.0', values: { root_module: moduleOf(resources) } };
}

/** A resource that a plan destroys. */
export function destroyed({ expressions: _, ...resource }: Known): TestResource {
  return { ...resource, values: null, before: resource.values };
}

/** Attributes of which a plan leaves some open until apply. */
export function leftOpen(values: Attributes, names: readonly string[]) {
  return {
    values: Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name))),
    unknown: Object.fromEntries(names.map((name) => [name, true])),
  };
}

/** A resource that a plan creates: its id, and whatever else is named, are known only after apply. */
export function created(resource: Known, ...unknown: readonly string[]): Known {
  return { ...resource, before: null, ...leftOpen(resource.values, ['id', ...unknown]) };
}

const modules = /^(?:module\.\w+(?:\[[^\]]*\])?\.)+/;

/** Resources of any module: their addresses tell which. */
function moduleOf(all: readonly TestResource[]): object {
  return {
    resources: all.map(({ values, deposed, tainted, ...resource }) => ({
      ...identity(resource),
      values,
      tainted,
      deposed_key: deposed,
    })),
  };
}

/** The blocks of the root module's resources, each once. */
function configurationOf(all: readonly TestResource[]): object {
  const blocks = new Map(
    all.map(({ address, expressions }) => [address.replace(/\[[^\]]*\]/g, ''), expressions]),
  );
  return {
    resources: Array.from(blocks, ([address, expressions]) => ({ ...identity({ address }), expressions })),
  };
}

function changeOf(resource: TestResource): object {
  const { address, values, unknown = {}, before = values, deposed } = resource;
  const { actions = actionsOf(before, values) } = resource;
  return {
    ...identity(resource),
    module_address: modules.exec(address)?.[0].slice(0, -1),
    deposed,
    change: { actions, before, after: values, after_unknown: unknown },
  };
}

function actionsOf(before: unknown, after: unknown): readonly string[] {
  if (after === null) return ['delete'];
  if (before === null) return ['create'];
  return before === after ? ['no-op'] : ['update'];
}

function identity({ address, mode = 'managed' }: Omit<TestResource, 'values'>) {
  const [, type, name] = /^(?:data\.)?(\w+)\.(\w+)/.exec(address.replace(modules, '')) ?? [];
  return { address, mode, type, name };
}

const ofFamily = (cidrs: readonly string[], family: 4 | 6) =>
  cidrs.filter((cidr) => cidr.includes(':') === (family === 6));
const web = { from_port: 443, to_port: 443 };
const groupId = 'sg-0a1b2c3d';

/** An egress block of an aws_security_group, as the provider fills it in. */
export function egress(cidrs: readonly string[], more: object = {}): Attributes {
  return {
    ...web,
    protocol: 'tcp',
    cidr_blocks: ofFamily(cidrs, 4),
    ipv6_cidr_blocks: ofFamily(cidrs, 6),
    prefix_list_ids: [],
    security_groups: [],
    self: false,
    description: '',
    ...more,
  };
}

/** An egress block of an aws_network_acl. */
export function aclEntry(number: number, action: string, cidr: string, more: object = {}): Attributes {
  const [cidr_block, ipv6_cidr_block] = cidr.includes(':') ? ['', cidr] : [cidr, ''];
  return { ...web, rule_no: number, action, protocol: '6', cidr_block, ipv6_cidr_block, ...more };
}

// Resources of any address, with attributes beside the usual ones or in their place.

/** Where they are, if nothing else is said. */
export const usual = {
  s3: 'cloudfoundry_security_group.s3',
  app: 'aws_security_group.app',
  groupRules: 'aws_security_group_rule.s3',
  egressRules: 'aws_vpc_security_group_egress_rule.s3',
  acl: 'aws_network_acl.main',
  aclRules: 'aws_network_acl_rule.s3',
  list: 'aws_ec2_managed_prefix_list.s3',
};

export function securityGroup(blocks: readonly unknown[], more: object = {}, address = usual.app): Known {
  return { address, values: { id: groupId, name: 'apps', egress: blocks, ingress: [], ...more } };
}

export function asg(cidrs: readonly string[], more: object = {}, address = usual.s3): Known {
  const rules = cidrs.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));
  return { address, values: { id: 'a1', name: 's3', rules, ...more } };
}

export function groupRule(cidrs: readonly string[], more: object = {}, address = usual.groupRules): Known {
  const values = {
    ...web,
    id: `sgrule-${cidrs.join()}`,
    security_group_id: groupId,
    type: 'egress',
    protocol: 'tcp',
    cidr_blocks: ofFamily(cidrs, 4),
    ipv6_cidr_blocks: ofFamily(cidrs, 6),
    prefix_list_ids: null,
    source_security_group_id: null,
    self: false,
    ...more,
  };
  return { address, values };
}

export function egressRule(
  cidr: string,
  more: object = {},
  address = `${usual.egressRules}["${cidr}"]`,
): Known {
  const values = {
    ...web,
    id: `sgr-${cidr}`,
    security_group_id: groupId,
    ip_protocol: 'tcp',
    cidr_ipv4: cidr.includes(':') ? null : cidr,
    cidr_ipv6: cidr.includes(':') ? cidr : null,
    prefix_list_id: null,
    referenced_security_group_id: null,
    ...more,
  };
  return { address, values };
}

export function networkAcl(entries: readonly unknown[], more: object = {}, address = usual.acl): Known {
  return { address, values: { id: 'acl-01', egress: entries, ingress: [], ...more } };
}

export function aclRule(number: number, action: string, cidr: string, more: object = {}): Known {
  const values = {
    ...web,
    id: `nacl-${number}`,
    network_acl_id: 'acl-01',
    egress: true,
    rule_number: number,
    rule_action: action,
    protocol: 'tcp',
    cidr_block: cidr,
    ipv6_cidr_block: null,
    ...more,
  };
  return { address: `${usual.aclRules}[${number}]`, values };
}

export function prefixList(cidrs: readonly string[], more: object = {}, address = usual.list): Known {
  return { address, values: { id: 'pl-01', name: 's3', entry: entriesOf(cidrs), ...more } };
}

/** The data source of a list of that id. */
export function listRead(cidrs: readonly string[], more: object = {}): Known {
  return {
    address: `data.${usual.list}`,
    mode: 'data',
    values: { id: 'pl-01', entries: entriesOf(cidrs), ...more },
  };
}

function entriesOf(cidrs: readonly string[]) {
  return cidrs.map((cidr) => ({ cidr, description: '' }));
}
