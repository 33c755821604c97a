// Random worlds of Terraform and AWS, made without the guard's code: a plan as Terraform prints it, and what may be in effect after its apply.
//
// A world has containers of one kind (security groups of either direction, network ACLs of either direction, or prefix lists), their inline blocks,
// rule resources beside them, exclusive resources, objects that are replaced in both orders, imported, forgotten, moved to another container or
// deposed, and rules that nobody manages. Changes are applied in random legal orders.
//
// Not modelled: rules that name prefix lists, states, mirrors that are older than the plan, data sources, modules, Cloud Foundry, several ports, applies that stop at an error (a rule that is there already
// stays, and the apply goes on), and people who change AWS while Terraform runs.
import {
  type Attributes,
  aclEntry,
  aclRule,
  egress,
  egressRule,
  groupRule,
  leftOpen,
  plan,
  type TestResource,
} from './terraform.ts';

/** Draws numbers below a bound. */
type Draw = (below: number) => number;

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

interface WorldRule {
  readonly cidr: string;
  readonly number: number;
  readonly action: 'allow' | 'deny';
  /** The object that it is in AWS, which rule resources of the newer kind know it by. */
  readonly object: string;
}

/** Rules by what AWS tells them by. */
type Rules = Map<string, WorldRule>;

/** What is in effect, by container, and whether a step of the apply failed. */
interface Aws {
  readonly containers: Map<string, Rules>;
  hasFailed: boolean;
}

type Step = (aws: Aws) => void;

/** A resource of the plan, and what its apply does in AWS. */
interface Part {
  readonly resource: TestResource;
  readonly steps: readonly Step[];
}

/** The CIDRs that worlds are about; the first two are published. */
export const worldCidrs = ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'];
export const publishedCidrs = worldCidrs.slice(0, 2);

type Direction = 'egress' | 'ingress';

/** A kind of container in Terraform. */
interface Kind {
  readonly type: string;
  /** The attribute of a rule resource that names its container. */
  readonly link: string;
  /** The attribute with the inline blocks; undefined: the direction. */
  readonly inline?: string;
  readonly block: (rule: WorldRule) => Attributes;
  /** What AWS tells a rule by. */
  readonly keyOf: (rule: WorldRule) => string;
  readonly isOrdered?: true;
  readonly members: (direction: Direction) => readonly Member[];
}

/** A type of rule resource. */
interface Member {
  readonly type: string;
  readonly values: (rule: WorldRule) => Attributes;
  /** Whether its rule is known by its object, so that it can be updated, and not by what it says. */
  readonly isByObject?: true;
}

const group: Kind = {
  type: 'aws_security_group',
  link: 'security_group_id',
  block: ({ cidr }) => egress([cidr]),
  keyOf: ({ cidr }) => cidr,
  members: (direction) => [
    { type: 'aws_security_group_rule', values: ({ cidr }) => groupRule([cidr], { type: direction }).values },
    {
      type: `aws_vpc_security_group_${direction}_rule`,
      values: ({ cidr }) => egressRule(cidr).values,
      isByObject: true,
    },
  ],
};
const acl: Kind = {
  type: 'aws_network_acl',
  link: 'network_acl_id',
  block: ({ number, action, cidr }) => aclEntry(number, action, cidr),
  keyOf: ({ number }) => String(number),
  isOrdered: true,
  members: (direction) => {
    const more = { egress: direction === 'egress' };
    const values = ({ number, action, cidr }: WorldRule) => aclRule(number, action, cidr, more).values;
    return [{ type: 'aws_network_acl_rule', values }];
  },
};
const entry = ({ cidr }: WorldRule) => ({ cidr, description: '' });
const list: Kind = {
  type: 'aws_ec2_managed_prefix_list',
  link: 'prefix_list_id',
  inline: 'entry',
  block: entry,
  keyOf: ({ cidr }) => cidr,
  members: () => [{ type: 'aws_ec2_managed_prefix_list_entry', values: entry }],
};

/** What all parts of a world have in common. */
interface Ground {
  readonly draw: Draw;
  readonly kind: Kind;
  readonly direction: Direction;
  readonly containers: readonly Container[];
  /** What is in effect before the apply, and the new containers, which are made first. */
  readonly aws: Aws;
}

export type World = ReturnType<typeof makeWorld>;

/** A plan, and what its apply does. */
export function makeWorld(draw: Draw) {
  const kind = one(draw, [group, group, acl, list]);
  const direction: Direction = draw(2) === 0 ? 'egress' : 'ingress';
  const containers = Array.from({ length: 1 + draw(2) }, (_, index) => makeContainer(draw, `c${index}`));
  const aws: Aws = { containers: new Map(), hasFailed: false };
  const ground: Ground = { draw, kind, direction, containers, aws };
  for (const { before, after, inlineBefore, inlineAfter, name } of containers) {
    if (before !== undefined) {
      aws.containers.set(before, new Map(inlineBefore.map((rule) => [kind.keyOf(rule), rule])));
      if (draw(3) === 0) put(ground, before, randomRule(draw, `manual-${name}`));
    }
    if (after !== undefined && after !== before) {
      aws.containers.set(after, new Map(inlineAfter.map((rule) => [kind.keyOf(rule), rule])));
    }
  }
  const rules = Array.from({ length: draw(5) }, (_, index) => makeRule(ground, `r${index}`)).flat();
  const isLate = draw(2) === 0;
  const exclusive = kind === group && draw(6) === 0 ? [makeExclusive(ground)] : [];
  const owners = containers.map((container) => containerPart(ground, container)).toReversed();
  const parts: readonly Part[] = [...owners, ...rules, ...exclusive];
  return {
    plan: plan(parts.map(({ resource }) => resource)),
    direction,
    /** Containers that there are after the apply, with the id that AWS knows them by. */
    containers: containers.flatMap(({ name, after }) =>
      after === undefined ? [] : [{ address: `${kind.type}.${name}`, id: after }],
    ),
    /** Which of the CIDRs a container allows after an apply in some order, and whether a step of it failed. */
    apply: (id: string, order: Draw) => {
      const now = applied(aws, parts, order, isLate);
      return { allowed: allowedIn(kind, now.containers.get(id)), hasFailed: now.hasFailed };
    },
  };
}

function one<T>(draw: Draw, choices: readonly T[]): T {
  const choice = choices[draw(choices.length)];
  if (choice === undefined) throw new Error('there is nothing to choose from');
  return choice;
}

/** Puts a rule into a container. What is there already is one and the same to AWS, whoever else has it: that is returned. */
function put({ kind, aws }: Ground, id: string, rule: WorldRule): WorldRule {
  const there = aws.containers.get(id);
  const held = there?.get(kind.keyOf(rule)) ?? rule;
  there?.set(kind.keyOf(rule), held);
  return held;
}

function randomRule(draw: Draw, object: string): WorldRule {
  return {
    cidr: one(draw, worldCidrs),
    number: 1 + draw(6),
    action: draw(4) === 0 ? 'deny' : 'allow',
    object,
  };
}

/** Some of the CIDRs, allowed one by one. */
function someRules(draw: Draw, name: string): WorldRule[] {
  const all = worldCidrs.map((cidr, index): WorldRule => {
    return { cidr, number: 1 + index, action: 'allow', object: `${name}-${index}` };
  });
  return all.filter(() => draw(3) > 0);
}

type Container = ReturnType<typeof makeContainer>;

/** `delete create`: a replacement in that order. */
const changesOfContainers = [
  ...['no-op', 'no-op', 'create', 'create', 'update', 'delete create', 'create delete', 'delete'],
];

function makeContainer(draw: Draw, name: string) {
  const change = one(draw, changesOfContainers);
  const isOld = change !== 'create';
  const isInline = draw(2) === 0 || change === 'update';
  const inlineBefore = isInline && isOld ? someRules(draw, name) : [];
  const isRewritten = isInline && change !== 'no-op';
  const inlineAfter = isRewritten ? someRules(draw, `${name}-new`) : inlineBefore;
  const after = change.includes('create') ? `new-${name}` : `id-${name}`;
  return {
    name,
    /** What AWS knows it by. */
    before: isOld ? `id-${name}` : undefined,
    after: change === 'delete' ? undefined : after,
    actions: change.split(' '),
    inlineBefore,
    inlineAfter,
    isInline,
    /** The configuration does not show `dynamic` blocks. */
    isDynamic: draw(2) === 0,
  };
}

/** Containers are destroyed last, when nobody asks what they allow. */
function containerPart({ kind, direction, aws }: Ground, container: Container): Part {
  const { before, after, actions, inlineAfter, isInline, isDynamic, name } = container;
  const inline = kind.inline ?? direction;
  const shown = (rules: Iterable<WorldRule>) => Array.from(rules, kind.block);
  const mirror = [...(aws.containers.get(before ?? '')?.values() ?? [])];
  const attributes = { name, egress: [], ingress: [] };
  const isFresh = after !== before;
  const isRewritten = isInline && (isFresh || actions[0] === 'update');
  const rules = shown(isRewritten ? inlineAfter : mirror);
  const unknown = isFresh ? ['id', ...(isInline ? [] : [inline])] : [];
  const literal = isInline && !isDynamic ? { [inline]: { constant_value: shown(inlineAfter) } } : {};
  const there = leftOpen({ ...attributes, id: before, [inline]: rules }, unknown);
  return {
    resource: {
      address: `${kind.type}.${name}`,
      actions,
      expressions: { name: {}, ...literal },
      before: before === undefined ? null : { ...attributes, id: before, [inline]: shown(mirror) },
      ...(after === undefined ? { values: null } : there),
    },
    steps: actions[0] === 'update' ? [update(kind, container, mirror)] : [],
  };
}

/** Takes out the blocks of the mirror that are gone, and puts in the new ones. */
function update({ keyOf, block }: Kind, container: Container, mirror: readonly WorldRule[]): Step {
  const { before = '', inlineAfter } = container;
  const isIn = (rules: readonly WorldRule[], rule: WorldRule) =>
    rules.some((item) => JSON.stringify(block(item)) === JSON.stringify(block(rule)));
  return ({ containers }) => {
    const there: Rules = containers.get(before) ?? new Map();
    for (const rule of mirror) if (!isIn(inlineAfter, rule)) there.delete(keyOf(rule));
    for (const rule of inlineAfter) {
      if (!isIn(mirror, rule) && !there.has(keyOf(rule))) there.set(keyOf(rule), rule);
    }
  };
}

/** A rule resource, and where it is imported, the old address that destroys the same object. */
function makeRule(ground: Ground, name: string): Part[] {
  const { draw, kind, containers, direction } = ground;
  const members = kind.members(direction);
  const member = one(members.length > 1 ? draw : () => 0, members);
  const home = one(draw, containers);
  const next = draw(4) === 0 ? one(draw, containers) : home;
  const drawn = randomRule(draw, `object-${name}`);
  const other = draw(2) === 0 ? undefined : randomRule(draw, drawn.object);
  const before = home.before !== undefined && draw(3) > 0 ? home.before : undefined;
  const held = before === undefined ? drawn : put(ground, before, drawn);
  const was = member.isByObject ? held : { ...held, object: drawn.object };
  const changed = { ...(other ?? was), object: was.object };
  const isKept = draw(5) > 0;
  const isStale = next.before !== undefined && next.after !== next.before && draw(6) === 0;
  const goal = isStale ? next.before : next.after;
  const after = isKept || before === undefined ? goal : undefined;
  if (before === undefined && after === undefined) return [];
  const isSame = before === after && JSON.stringify(was) === JSON.stringify(changed);
  const actions = changeOfRule(draw, before, after, isSame, member);
  const isNewObject = actions.includes('create');
  const rule = actions[0] === 'no-op' ? was : changed;
  const unknown = [
    ...(isNewObject ? ['id'] : []),
    ...(after?.startsWith('new-') === true ? [kind.link] : []),
  ];
  const target = containers.find((container) => container.after === after);
  const resource: TestResource = {
    address: `${member.type}.${name}`,
    actions,
    expressions: { [kind.link]: { references: linkReferences(ground, target) } },
    before: before === undefined ? null : { ...member.values(was), id: was.object, [kind.link]: before },
    ...(after === undefined
      ? { values: null }
      : leftOpen({ ...member.values(rule), id: was.object, [kind.link]: after }, unknown)),
  };
  const steps = stepsOfRule(kind, member, { before, after, was, rule });
  const stepsOf = (all: readonly string[]) => all.flatMap((action) => steps[action] ?? []);
  const part: Part = { resource, steps: stepsOf(actions) };
  const isImported = draw(8) === 0 && before !== undefined && after !== undefined && !isNewObject;
  if (!isImported) return [part];
  const { expressions: _, ...object } = resource;
  const twin = { ...object, values: null, unknown: {}, actions: ['delete'] };
  const place = draw(3) === 0 ? { deposed: 'ab12' } : { address: `${resource.address}_old` };
  return [part, { resource: { ...twin, ...place }, steps: stepsOf(['delete']) }];
}

function changeOfRule(
  draw: Draw,
  before: string | undefined,
  after: string | undefined,
  isSame: boolean,
  { isByObject }: Member,
): readonly string[] {
  const replacement = draw(2) === 0 ? ['delete', 'create'] : ['create', 'delete'];
  if (before === undefined) return ['create'];
  if (after === undefined) return draw(6) === 0 ? ['forget'] : ['delete'];
  if (isSame) return draw(4) === 0 ? replacement : ['no-op'];
  return isByObject && before === after ? ['update'] : replacement;
}

/** What the actions on a rule resource do in AWS. */
function stepsOfRule(
  { keyOf }: Kind,
  { isByObject }: Member,
  change: { before: string | undefined; after: string | undefined; was: WorldRule; rule: WorldRule },
): Readonly<Record<string, Step>> {
  const { before = '', after = '', was, rule } = change;
  const key = keyOf(rule);
  return {
    create: (aws) => {
      const there = aws.containers.get(after);
      if (there?.has(key) !== false) aws.hasFailed = true;
      else there.set(key, { ...rule, object: `${was.object}-new` });
    },
    delete: ({ containers }) => {
      const there: Rules = containers.get(before) ?? new Map();
      for (const [held, { object }] of there) {
        if (isByObject ? object === was.object : held === keyOf(was)) there.delete(held);
      }
    },
    update: (aws) => {
      const there: Rules = aws.containers.get(before) ?? new Map();
      const held = [...there.keys()].find((item) => there.get(item)?.object === was.object);
      if (held === undefined || (held !== key && there.has(key))) aws.hasFailed = true;
      else {
        there.delete(held);
        there.set(key, rule);
      }
    },
  };
}

/** How an expression may refer to the container that it ends up with. */
function linkReferences({ draw, kind, containers }: Ground, target: Container | undefined): string[] {
  const names = (item: Container | undefined) => [
    `${kind.type}.${item?.name}.id`,
    `${kind.type}.${item?.name}`,
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

function makeExclusive({ draw, containers }: Ground): Part {
  const { name, before, after } = one(draw, containers);
  const id = after ?? before ?? '';
  const values = { egress_rule_ids: [], ingress_rule_ids: [], security_group_id: id };
  const reference = `aws_security_group.${name}`;
  return {
    resource: {
      address: 'aws_vpc_security_group_rules_exclusive.exclusive',
      before: null,
      expressions: { security_group_id: { references: [`${reference}.id`, reference] } },
      ...leftOpen(values, id.startsWith('new-') ? ['security_group_id'] : []),
    },
    steps: [(now) => now.containers.get(id)?.clear()],
  };
}

/** The steps of all parts in a random order that keeps the order within each. Where it is late, most deletions come last. */
function applied({ containers }: Aws, parts: readonly Part[], draw: Draw, isLate: boolean): Aws {
  const now: Aws = {
    containers: new Map([...containers].map(([id, rules]) => [id, new Map(rules)])),
    hasFailed: false,
  };
  const queues = parts.map(({ steps, resource }) => ({
    steps: [...steps],
    isDeletion: resource.values === null,
  }));
  for (;;) {
    const left = queues.filter(({ steps }) => steps.length > 0);
    if (left.length === 0) return now;
    const early = isLate ? left.filter(({ isDeletion }) => !isDeletion) : left;
    const choice = early.length > 0 && draw(4) > 0 ? early : left;
    one(draw, choice).steps.shift()?.(now);
  }
}

/** Of an ordered kind the lowest number decides; in the others each rule allows. */
function allowedIn({ isOrdered }: Kind, rules: Rules = new Map()): Set<string> {
  const inOrder = [...rules.values()].sort((a, b) => a.number - b.number);
  return new Set(
    worldCidrs.filter((cidr) => {
      const first = inOrder.find((rule) => rule.cidr === cidr);
      return first !== undefined && (!isOrdered || first.action === 'allow');
    }),
  );
}
