// Random worlds of Terraform and AWS, made without the guard's code: a plan as Terraform prints it, and what may be in effect after its apply.
//
// A world has containers of one kind (security groups of either direction, network ACLs of either direction, or prefix lists), their inline blocks,
// rule resources beside them, exclusive resources, objects that are replaced in both orders, imported, forgotten, moved to another container or
// deposed, and rules that nobody manages. Changes are applied in random legal orders.
//
// Not modelled: rules that name prefix lists, states, mirrors that are older than the plan, data sources, modules, Cloud Foundry, several ports, applies that stop at an error (a rule that is there already
// stays, and the apply goes on), and people who change AWS while Terraform runs.

/** Draws numbers below a bound. */
export type Draw = (below: number) => number;

/** A generator with a seed (mulberry32). */
export function drawing(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Kind = 'group' | 'acl' | 'list';

interface WorldRule {
  readonly cidr: string;
  readonly number: number;
  readonly action: 'allow' | 'deny';
  /** The object that it is in AWS, which rule resources of the newer kind know it by. */
  readonly object: string;
}

/** What is in effect: by container, by what AWS tells rules by. */
type Aws = Map<string, Map<string, WorldRule>> & { hasFailed?: boolean };

type Step = (aws: Aws) => void;

/** A world, made into a plan. */
export interface World {
  readonly plan: Record<string, unknown>;
  readonly direction: 'egress' | 'ingress';
  /** Containers that there are after the apply, by address, with the name that AWS knows them by. */
  readonly containers: ReadonlyMap<string, string>;
  /** Which of the CIDRs a container allows after an apply in some order, and whether a step of it failed. */
  readonly apply: (container: string, draw: Draw) => { allowed: ReadonlySet<string>; hasFailed: boolean };
}

/** The CIDRs that worlds are about; the first two are published. */
export const worldCidrs = ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'];
export const publishedCidrs = worldCidrs.slice(0, 2);

interface Container {
  readonly address: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly actions: readonly string[];
  readonly inlineBefore: readonly WorldRule[];
  readonly inlineAfter: readonly WorldRule[];
  readonly isInline: boolean;
  readonly isDynamic: boolean;
}

interface Part {
  readonly entry: Record<string, unknown>;
  readonly steps: readonly Step[];
  readonly configuration?: Record<string, unknown>;
  readonly deposed?: boolean;
}

export function makeWorld(draw: Draw): World {
  const kind = (['group', 'group', 'acl', 'list'] as const)[draw(4)] ?? 'group';
  const direction = draw(2) === 0 ? 'egress' : 'ingress';
  const aws: Aws = new Map();
  const containers = Array.from({ length: 1 + draw(2) }, (_, index) => makeContainer(draw, index));
  for (const { before } of containers) if (before !== undefined) aws.set(before, new Map());
  const put = (id: string, rule: WorldRule) => {
    const there = aws.get(id);
    const held = there?.get(keyOf(kind, rule)) ?? rule;
    there?.set(keyOf(kind, rule), held);
    return held;
  };
  for (const container of containers) {
    if (container.before === undefined) continue;
    for (const rule of container.inlineBefore) put(container.before, rule);
    if (draw(3) === 0) put(container.before, randomRule(draw, `manual-${container.address}`));
  }
  const rules = Array.from({ length: draw(5) }, (_, index) =>
    makeRule(draw, index, kind, direction, containers, put),
  );
  const parts: Part[] = [...rules.flat()];
  const deleting = draw(2) === 0;
  const exclusive = kind === 'group' && draw(6) === 0 ? [makeExclusive(draw, containers)] : [];
  for (const container of containers) parts.unshift(containerPart(kind, direction, container, aws));
  parts.push(...exclusive);
  return {
    plan: planOf(parts),
    direction,
    containers: new Map(
      containers.flatMap(({ address, after }) => (after === undefined ? [] : [[address, after] as const])),
    ),
    apply: (id, order) => {
      const after = applied(aws, parts, order, deleting);
      return { allowed: allowedIn(kind, after.get(id)), hasFailed: after.hasFailed === true };
    },
  };
}

function keyOf(kind: Kind, rule: WorldRule): string {
  return kind === 'acl' ? String(rule.number) : rule.cidr;
}

function randomRule(draw: Draw, object: string): WorldRule {
  return {
    cidr: worldCidrs[draw(worldCidrs.length)] ?? '',
    number: 1 + draw(6),
    action: draw(4) === 0 ? 'deny' : 'allow',
    object,
  };
}

function someRules(draw: Draw, object: string): WorldRule[] {
  const all = worldCidrs.map((cidr, index) => ({
    cidr,
    number: 1 + index,
    action: 'allow' as const,
    object: `${object}-${index}`,
  }));
  return all.filter(() => draw(3) > 0);
}

function makeContainer(draw: Draw, index: number): Container {
  const address = `c${index}`;
  const actions =
    [
      ['no-op'],
      ['no-op'],
      ['create'],
      ['create'],
      ['update'],
      ['delete', 'create'],
      ['create', 'delete'],
      ['delete'],
    ][draw(8)] ?? [];
  const isOld = !(actions.length === 1 && actions[0] === 'create');
  const isNew = actions.includes('create');
  const isGone = actions.length === 1 && actions[0] === 'delete';
  const isInline = draw(2) === 0 || actions[0] === 'update';
  const inlineBefore = isInline && isOld ? someRules(draw, address) : [];
  const inlineAfter = !isInline
    ? []
    : actions[0] === 'no-op'
      ? inlineBefore
      : someRules(draw, `${address}-new`);
  return {
    address,
    before: isOld ? `id-${address}` : undefined,
    after: isGone ? undefined : isNew ? `new-${address}` : `id-${address}`,
    actions,
    inlineBefore,
    inlineAfter,
    isInline,
    isDynamic: draw(2) === 0,
  };
}

const containerTypes = {
  group: 'aws_security_group',
  acl: 'aws_network_acl',
  list: 'aws_ec2_managed_prefix_list',
};

/** The address of a container in the plan. */
export function addressIn(plan: Record<string, unknown>, name: string): string {
  const changes = plan['resource_changes'] as readonly { address: string; name: string }[];
  return changes.find((entry) => entry.name === name)?.address ?? '';
}

function containerPart(kind: Kind, direction: string, container: Container, aws: Aws): Part {
  const { before, after, actions, inlineAfter, isInline, isDynamic, address } = container;
  const attribute = kind === 'list' ? 'entry' : direction;
  const other = direction === 'egress' ? 'ingress' : 'egress';
  const shown = (rules: readonly WorldRule[]) => rules.map((rule) => blockOf(kind, rule));
  const mirror = before === undefined ? [] : [...(aws.get(before)?.values() ?? [])];
  const extra = kind === 'list' ? {} : { [other]: [] };
  const isFresh = after !== undefined && after !== before;
  const isUpdated = actions[0] === 'update';
  const old = { id: before, name: address, [attribute]: shown(mirror), ...extra };
  const isKnown = isInline ? isFresh || isUpdated : !isFresh;
  const rules = isInline && (isFresh || isUpdated) ? inlineAfter : mirror;
  const fresh = {
    ...(isFresh ? {} : { id: before }),
    name: address,
    ...(isKnown || !isFresh ? { [attribute]: shown(rules) } : {}),
    ...extra,
  };
  const unknown = {
    ...(isFresh ? { id: true } : {}),
    ...(isFresh && !isInline ? { [attribute]: true } : {}),
  };
  const steps: Step[] = [];
  const create = (now: Aws) => {
    if (after !== undefined) now.set(after, new Map(inlineAfter.map((rule) => [keyOf(kind, rule), rule])));
  };
  const remove = (now: Aws) => void now.delete(before ?? '');
  if (actions[0] === 'update') {
    steps.push((now) => {
      const there = now.get(before ?? '');
      const same = (a: WorldRule, b: WorldRule) =>
        a.cidr === b.cidr && (kind !== 'acl' || (a.number === b.number && a.action === b.action));
      for (const rule of mirror)
        if (!inlineAfter.some((item) => same(item, rule))) there?.delete(keyOf(kind, rule));
      for (const rule of inlineAfter) {
        if (!mirror.some((item) => same(item, rule)) && there?.has(keyOf(kind, rule)) === false)
          there.set(keyOf(kind, rule), rule);
      }
    });
  } else {
    for (const action of actions) if (action === 'create') steps.push(create);
    for (const action of actions) if (action === 'delete') steps.push(remove);
  }
  const literal = isInline && !isDynamic ? { [attribute]: { constant_value: shown(inlineAfter) } } : {};
  return {
    entry: entryOf(
      containerTypes[kind],
      address,
      actions,
      before === undefined ? null : old,
      after === undefined ? null : fresh,
      unknown,
    ),
    steps,
    configuration: { name: {}, ...literal },
  };
}

function blockOf(kind: Kind, { cidr, number, action }: WorldRule): Record<string, unknown> {
  if (kind === 'list') return { cidr, description: '' };
  const ports = { from_port: 443, to_port: 443, protocol: kind === 'acl' ? '6' : 'tcp' };
  if (kind === 'acl')
    return {
      ...ports,
      action,
      rule_no: number,
      cidr_block: cidr,
      ipv6_cidr_block: '',
      icmp_code: 0,
      icmp_type: 0,
    };
  return {
    ...ports,
    cidr_blocks: [cidr],
    ipv6_cidr_blocks: [],
    prefix_list_ids: [],
    security_groups: [],
    self: false,
    description: '',
  };
}

function memberType(draw: Draw, kind: Kind, direction: string): string {
  if (kind === 'list') return 'aws_ec2_managed_prefix_list_entry';
  if (kind === 'acl') return 'aws_network_acl_rule';
  return draw(2) === 0 ? 'aws_security_group_rule' : `aws_vpc_security_group_${direction}_rule`;
}

function memberValues(
  type: string,
  direction: string,
  { cidr, number, action }: WorldRule,
): Record<string, unknown> {
  const ports = { from_port: 443, to_port: 443 };
  switch (type) {
    case 'aws_ec2_managed_prefix_list_entry':
      return { cidr, description: '' };
    case 'aws_network_acl_rule':
      return {
        ...ports,
        protocol: 'tcp',
        egress: direction === 'egress',
        rule_action: action,
        rule_number: number,
        cidr_block: cidr,
        ipv6_cidr_block: null,
      };
    case 'aws_security_group_rule':
      return {
        ...ports,
        type: direction,
        protocol: 'tcp',
        cidr_blocks: [cidr],
        ipv6_cidr_blocks: null,
        prefix_list_ids: null,
        self: false,
        source_security_group_id: null,
      };
    default:
      return {
        ...ports,
        ip_protocol: 'tcp',
        cidr_ipv4: cidr,
        cidr_ipv6: null,
        prefix_list_id: null,
        referenced_security_group_id: null,
      };
  }
}

/** A rule resource, and where it is imported, the old address that destroys the same object. */
function makeRule(
  draw: Draw,
  index: number,
  kind: Kind,
  direction: string,
  containers: readonly Container[],
  put: (id: string, rule: WorldRule) => WorldRule,
): Part[] {
  const type = memberType(draw, kind, direction);
  const name = `r${index}`;
  const link = { group: 'security_group_id', acl: 'network_acl_id', list: 'prefix_list_id' }[kind];
  const home = containers[draw(containers.length)];
  const next = draw(4) === 0 ? containers[draw(containers.length)] : home;
  const drawn = randomRule(draw, `object-${name}`);
  const other = draw(2) === 0 ? undefined : randomRule(draw, drawn.object);
  const before = home?.before !== undefined && draw(3) > 0 ? home.before : undefined;
  // What is there already is one and the same to AWS, whoever else has it.
  const held = before === undefined ? drawn : put(before, drawn);
  const was = type.startsWith('aws_vpc') ? held : { ...held, object: drawn.object };
  const changed = { ...(other ?? was), object: was.object };
  const isKept = draw(5) > 0;
  const stale = next?.before !== undefined && next.after !== next.before && draw(6) === 0;
  const after = isKept || before === undefined ? (stale ? next?.before : next?.after) : undefined;
  if (before === undefined && after === undefined) return [];
  const isDifferent =
    before !== after ||
    was.cidr !== changed.cidr ||
    was.number !== changed.number ||
    was.action !== changed.action;
  const canUpdate = type.startsWith('aws_vpc') && before === after;
  const replacement = draw(2) === 0 ? ['delete', 'create'] : ['create', 'delete'];
  const actions =
    before === undefined
      ? ['create']
      : after === undefined
        ? draw(6) === 0
          ? ['forget']
          : ['delete']
        : !isDifferent
          ? draw(4) === 0
            ? replacement
            : ['no-op']
          : canUpdate
            ? ['update']
            : replacement;
  const rule = actions[0] === 'no-op' ? was : changed;
  const isUnknown = after?.startsWith('new-') === true;
  const isNewObject = actions.includes('create');
  const target = containers.find((one) => one.after === after);
  const values = memberValues(type, direction, rule);
  const old =
    before === undefined ? null : { ...memberValues(type, direction, was), id: was.object, [link]: before };
  const known = {
    ...values,
    ...(isNewObject ? {} : { id: was.object }),
    ...(isUnknown ? {} : { [link]: after }),
  };
  const unknown = { ...(isNewObject ? { id: true } : {}), ...(isUnknown ? { [link]: true } : {}) };
  const key = keyOf(kind, rule);
  const byObject = type.startsWith('aws_vpc');
  const remove: Step = (now) => {
    const there = now.get(before ?? '');
    const held = there?.get(keyOf(kind, was));
    if (!byObject || held?.object === was.object) there?.delete(keyOf(kind, was));
    if (byObject) for (const [k, item] of there ?? []) if (item.object === was.object) there?.delete(k);
  };
  const create: Step = (now) => {
    const there = now.get(after ?? '');
    if (there?.has(key) !== false) now.hasFailed = true;
    else there.set(key, { ...rule, object: isNewObject ? `${was.object}-new` : was.object });
  };
  const update: Step = (now) => {
    const there = now.get(before ?? '');
    const held = [...(there ?? [])].find(([, item]) => item.object === was.object);
    if (held === undefined || (held[0] !== key && there?.has(key))) {
      now.hasFailed = true;
      return;
    }
    there?.delete(held[0]);
    there?.set(key, rule);
  };
  const steps = actions.flatMap(
    (action) => ({ create: [create], delete: [remove], update: [update] })[action] ?? [],
  );
  const part = {
    entry: entryOf(type, name, actions, old, after === undefined ? null : known, unknown),
    steps,
    configuration: { [link]: { references: linkReferences(draw, kind, target, containers) } },
  };
  const isImported = draw(8) === 0 && before !== undefined && after !== undefined && !isNewObject;
  if (!isImported) return [part];
  const twin = entryOf(type, `${name}_old`, ['delete'], old, null, {});
  return [
    part,
    {
      entry: draw(3) === 0 ? { ...twin, address: part.entry['address'], name, deposed: 'ab12' } : twin,
      steps: [remove],
    },
  ];
}

/** How an expression may refer to the container that it ends up with. */
function linkReferences(
  draw: Draw,
  kind: Kind,
  target: Container | undefined,
  containers: readonly Container[],
): string[] {
  const names = (item: Container | undefined) => [
    `${containerTypes[kind]}.${item?.address}.id`,
    `${containerTypes[kind]}.${item?.address}`,
  ];
  switch (draw(6)) {
    case 0:
      return ['local.container'];
    case 1:
      return containers.flatMap(names);
    case 2:
      // Chosen by a workspace: the other one is named, too.
      return ['terraform.workspace', ...names(containers[0])];
    default:
      return names(target);
  }
}

function makeExclusive(draw: Draw, containers: readonly Container[]): Part {
  const container = containers[draw(containers.length)];
  const id = container?.after ?? container?.before ?? '';
  const isUnknown = id.startsWith('new-');
  const values = {
    egress_rule_ids: [],
    ingress_rule_ids: [],
    ...(isUnknown ? {} : { security_group_id: id }),
  };
  const unknown = isUnknown ? { security_group_id: true } : {};
  const type = 'aws_vpc_security_group_rules_exclusive';
  const reference = `aws_security_group.${container?.address}`;
  return {
    entry: entryOf(type, 'exclusive', ['create'], null, values, unknown),
    steps: [(now) => now.get(id)?.clear()],
    configuration: { security_group_id: { references: [`${reference}.id`, reference] } },
  };
}

function entryOf(
  type: string,
  name: string,
  actions: readonly string[],
  before: unknown,
  after: unknown,
  after_unknown: unknown,
): Record<string, unknown> {
  return {
    address: `${type}.${name}`,
    mode: 'managed',
    type,
    name,
    change: { actions, before, after, after_unknown },
  };
}

function planOf(parts: readonly Part[]): Record<string, unknown> {
  const entries = parts.map(({ entry }) => entry);
  const planned = entries.flatMap((entry) => {
    const { change, ...rest } = entry as { change: { after: unknown } };
    return change.after === null ? [] : [{ ...rest, values: change.after }];
  });
  const configured = parts.flatMap(({ entry, configuration }) =>
    configuration === undefined
      ? []
      : [
          {
            address: entry['address'],
            mode: 'managed',
            type: entry['type'],
            name: entry['name'],
            expressions: configuration,
          },
        ],
  );
  return {
    format_version: '1.2',
    planned_values: { root_module: { resources: planned } },
    resource_changes: entries,
    configuration: { root_module: { resources: configured } },
    complete: true,
    errored: false,
  };
}

/** The steps of all parts in a random order that keeps the order within each; containers are made first and destroyed last. */
function applied(aws: Aws, parts: readonly Part[], draw: Draw, isLate: boolean): Aws {
  const now: Aws = new Map([...aws].map(([id, rules]) => [id, new Map(rules)]));
  const isContainer = ({ entry }: Part) => Object.values(containerTypes).includes(String(entry['type']));
  const isMade = (part: Part) =>
    isContainer(part) && part.steps.length > 0 && actionsOf(part).includes('create');
  for (const part of parts.filter(isMade)) part.steps[0]?.(now);
  const queues = parts
    .filter((part) => !isContainer(part) || actionsOf(part)[0] === 'update')
    .map(({ steps, entry }) => ({
      steps: [...steps],
      isDelete: String((entry['change'] as { actions: string[] }).actions) === 'delete',
    }));
  for (
    let left = queues.filter(({ steps }) => steps.length > 0);
    left.length > 0;
    left = left.filter(({ steps }) => steps.length > 0)
  ) {
    const early = isLate ? left.filter(({ isDelete }) => !isDelete) : left;
    const choice = early.length > 0 && draw(4) > 0 ? early : left;
    choice[draw(choice.length)]?.steps.shift()?.(now);
  }
  return now;
}

function actionsOf({ entry }: Part): readonly string[] {
  return (entry['change'] as { readonly actions: readonly string[] }).actions;
}

function allowedIn(kind: Kind, rules: ReadonlyMap<string, WorldRule> | undefined): Set<string> {
  const inOrder = [...(rules?.values() ?? [])].sort((a, b) => a.number - b.number);
  return new Set(
    worldCidrs.filter((cidr) => {
      const first = inOrder.find((rule) => rule.cidr === cidr);
      return first !== undefined && (kind !== 'acl' || first.action === 'allow');
    }),
  );
}
