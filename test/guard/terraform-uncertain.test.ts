// What a plan or a state leaves open is never taken for certain. Each case came from an attack on a promise of the guard: no
// pass where an expression, an attribute or a list that the file does not show could turn out otherwise.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { five, judge } from '../helpers/guard.ts';
import {
  aclEntry,
  egress,
  egressRule,
  networkAcl,
  plan,
  prefixList,
  securityGroup,
  state,
} from '../helpers/terraform.ts';

type Ending = 'passed' | 'failed' | 'undecided' | 'refused';

function expect(title: string, ending: Ending, rules: unknown, params: object = {}): void {
  test(title, async (t) => {
    const { passed, text } = await judge(t, rules, params);
    const failed = / leaves out | allows \d+ CIDR/.test(text.split('\n')[0] ?? '') ? 'failed' : 'refused';
    t.is(passed ? 'passed' : text.startsWith('undecided whether') ? 'undecided' : failed, ending, text);
  });
}

interface Output {
  readonly values: { readonly root_module: { readonly resources: Record<string, unknown>[] } };
  resource_changes: { readonly address: string; readonly change: { actions: string[] } }[];
}

const output = (file: string): Output => JSON.parse(readFileSync(`test/guard/tool-outputs/${file}`, 'utf8'));

/** Adds members to the resources of a state whose addresses start so. */
function mark({ values }: Output, start: string, members: object): void {
  for (const resource of values.root_module.resources) {
    if (String(resource['address']).startsWith(start)) Object.assign(resource, members);
  }
}

const app = 'aws_security_group.app';
const { id: _i, egress: _e, ...bare } = securityGroup([]);
const fresh = (address: string) => ({
  address,
  values: bare,
  before: null,
  unknown: { id: true, egress: true },
});
const ruleOf = (address: string, cidr: string, over: object = {}) => {
  const { security_group_id: _, id: __, ...v } = egressRule(cidr);
  return { address, values: { ...v, ...over }, before: null, unknown: { security_group_id: true, id: true } };
};
const rulesOf = (name: string) =>
  five.map((c) => ruleOf(`aws_vpc_security_group_egress_rule.${name}["${c}"]`, c));
const cfg = (refs: string[], extra: object = {}) => ({
  [app]: { name: {} },
  'aws_vpc_security_group_egress_rule.s3': { security_group_id: { references: refs } },
  ...extra,
});

expect(
  'a variable beside two groups chooses',
  'undecided',
  plan({
    resources: [fresh(app), fresh('aws_security_group.b'), ...rulesOf('s3')],
    configuration: cfg(['var.x', `${app}.id`, app, 'aws_security_group.b.id', 'aws_security_group.b']),
  }),
  { address: app },
);
expect(
  'group[each.key] is no group of another key',
  'undecided',
  plan({
    resources: [fresh(`${app}["x"]`), fresh(`${app}["y"]`), ...rulesOf('s3')],
    configuration: cfg([app, 'each.key']),
  }),
  { address: `${app}["x"]` },
);
expect(
  'group[each.value] of a local is any of them',
  'undecided',
  plan({
    resources: [fresh(`${app}["x"]`), fresh(`${app}["y"]`), ...rulesOf('s3')],
    configuration: cfg([app, 'each.value.group', 'each.value']),
  }),
  { address: `${app}["x"]` },
);

const odd = five.map((c) => ruleOf(`aws_vpc_security_group_egress_rule.s3["x ${c}"]`, '10.0.0.0/8'));
expect(
  'a key that is not of the rule’s own CIDR names no group',
  'undecided',
  plan({
    resources: [fresh(`${app}["x"]`), fresh(`${app}["y"]`), ...odd],
    configuration: cfg([app, 'each.value[0]', 'each.value']),
  }),
  { address: `${app}["x"]` },
);
const pre = five.map((c) => ruleOf(`aws_vpc_security_group_egress_rule.s3["x-1 ${c}"]`, c));
expect(
  'the key "x-1 cidr" is not of the group "x"',
  'undecided',
  plan({
    resources: [fresh(`${app}["x"]`), fresh(`${app}["x-1"]`), ...pre],
    configuration: cfg([app, 'each.value[0]', 'each.value']),
  }),
  { address: `${app}["x"]` },
);

const pl = (name: string, cidrs: readonly string[]) => {
  const { id: _, ...v } = prefixList(cidrs);
  return {
    address: `aws_ec2_managed_prefix_list.${name}`,
    values: { ...v, name },
    before: null,
    unknown: { id: true },
  };
};
const naming = {
  address: app,
  values: { ...bare, egress: [{ ...egress([]), prefix_list_ids: undefined }] },
  before: null,
  unknown: { id: true, egress: [{ prefix_list_ids: true }] },
};
const A = ['aws_ec2_managed_prefix_list.a.id', 'aws_ec2_managed_prefix_list.a'],
  B = ['aws_ec2_managed_prefix_list.b.id', 'aws_ec2_managed_prefix_list.b'];
const lists = [pl('a', five.slice(0, 3)), pl('b', five.slice(3))];
const withRefs = (references: string[]) =>
  plan({ resources: [naming, ...lists], configuration: { [app]: { egress: { references } } } });
expect('two lists are not both named by one unknown value', 'undecided', withRefs([...A, ...B]), {
  address: app,
});
expect('a variable chooses between two lists', 'undecided', withRefs(['var.x', ...A, ...B]), {
  address: app,
});
expect('a local chooses between two lists', 'undecided', withRefs(['local.x', ...A, ...B]), { address: app });
expect(
  'a data source chooses between two lists',
  'undecided',
  withRefs(['data.aws_region.r.name', 'data.aws_region.r', ...A, ...B]),
  { address: app },
);
expect('a list that leaves out CIDRs fails where it is named', 'failed', withRefs(A), { address: app });
expect(
  'a resource that is unknown itself may leave the list out',
  'undecided',
  plan({
    resources: [naming, pl('a', five)],
    configuration: { [app]: { egress: { references: ['random_id.r.hex', 'random_id.r', ...A] } } },
  }),
  { address: app },
);
expect('without a configuration no list is named', 'undecided', plan({ resources: [naming, ...lists] }), {
  address: app,
});
expect(
  'in exact a local beside a list may add another',
  'undecided',
  plan({
    resources: [naming, pl('a', five)],
    configuration: { [app]: { egress: { references: ['local.c', ...A] } } },
  }),
  { address: app, mode: 'exact' },
);

const { entry: _n, ...noEntry } = prefixList([]);
expect(
  'a list whose entries are unknown may hold anything',
  'undecided',
  plan({
    resources: [
      naming,
      {
        address: 'aws_ec2_managed_prefix_list.a',
        values: noEntry,
        before: null,
        unknown: { id: true, entry: true },
      },
    ],
    configuration: { [app]: { egress: { references: A } } },
  }),
  { address: app },
);

const live = output('aws-plan-rules-minus1.json');
for (const { change } of live.resource_changes) {
  if (change.actions[0] === 'delete') change.actions = ['forget'];
}
expect('a rule that the plan forgets stays in effect', 'passed', live, { address: 'aws_security_group.a' });

const acl = (entries: unknown[], over: object = {}) => ({
  address: 'aws_network_acl.m',
  values: networkAcl(entries),
  ...over,
});
const allows = five.map((c, i) => aclEntry(100 + i, 'allow', c));
expect(
  'the protocol 006 is tcp',
  'passed',
  state([acl(five.map((c, i) => aclEntry(100 + i, 'allow', c, { protocol: '006' })))]),
);
expect(
  'a deny of the protocol 0006 counts',
  'failed',
  state([acl([aclEntry(1, 'deny', '0.0.0.0/0', { protocol: '0006' }), ...allows])]),
);
expect(
  'a deny with an attribute that nobody knows is possible',
  'undecided',
  state([acl([aclEntry(1, 'deny', '0.0.0.0/0', { only_if: 'x' }), ...allows])]),
);
expect(
  'an allow with an attribute that nobody knows is possible',
  'undecided',
  state([acl(five.map((c, i) => aclEntry(100 + i, 'allow', c, { only_if: 'x' })))]),
);
expect(
  'an egress block with an attribute that nobody knows is possible',
  'undecided',
  state([{ address: app, values: securityGroup([egress(five, { schedule: 'night' })]) }]),
);
expect(
  'a block that is unknown as a whole may allow anything',
  'undecided',
  plan({
    resources: [{ address: app, values: securityGroup([null]), before: null, unknown: { egress: [true] } }],
  }),
);
expect(
  'an entry whose action is unknown may deny',
  'undecided',
  plan({
    resources: [
      acl([aclEntry(1, 'x', '0.0.0.0/0', { action: undefined }), ...allows], {
        before: null,
        unknown: { egress: [{ action: true }] },
      }),
    ],
  }),
);

const st = output('aws-state-inline.json');
mark(st, `aws_security_group.list`, { tainted: true });
expect('the blocks of a tainted group may not be in effect', 'undecided', st, {
  address: 'aws_security_group.list',
});
const st2 = output('aws-state-rules.json');
mark(st2, 'aws_vpc_security_group_egress_rule.a', { tainted: true });
expect('tainted rules may not be in effect', 'undecided', st2, { address: 'aws_security_group.a' });
const st3 = output('aws-state-rules.json');
mark(st3, 'aws_vpc_security_group_egress_rule.a', { deposed_key: 'abc' });
expect('deposed rules wait for their destruction', 'undecided', st3, { address: 'aws_security_group.a' });

const partial = output('tofu-plan-rulesonly.json');
partial.resource_changes = partial.resource_changes.filter(
  ({ address }) => address !== 'aws_security_group.b' && address !== 'aws_security_group.a',
);
expect('a plan of OpenTofu that leaves a resource out is no whole plan', 'refused', partial, {
  address: 'aws_security_group.a',
});

const excl = (ids: unknown, unknown: Readonly<Record<string, unknown>> = {}) => ({
  address: 'aws_vpc_security_group_rules_exclusive.e',
  values: { security_group_id: 'sg-0a1b2c3d', egress_rule_ids: ids, ingress_rule_ids: [] },
  unknown,
});
const g = { address: app, values: securityGroup([]) };
const known = five.map((c, i) => ({
  address: `aws_vpc_security_group_egress_rule.s3[${i}]`,
  values: egressRule(c, { id: `sgr-${i}` }),
}));
expect(
  'rules that an exclusive resource lists are possible, too: two write the same',
  'undecided',
  state([g, ...known, excl(five.map((_, i) => `sgr-${i}`))]),
  { address: app },
);
expect(
  'a rule that an exclusive resource does not list may be removed',
  'undecided',
  state([g, ...known, excl(five.slice(1).map((_, i) => `sgr-${i}`))]),
  { address: app },
);
expect(
  'an exclusive resource of another group removes nothing here',
  'passed',
  state([
    g,
    ...known,
    { ...excl([]), values: { security_group_id: 'sg-9', egress_rule_ids: [], ingress_rule_ids: [] } },
  ]),
  { address: app },
);

const withoutId = ({ id: _, ...attributes }: Record<string, unknown>) => attributes;
const listed = (list: string) => ({ prefix_list_ids: { references: [`${list}.id`, list] } });
const l = 'aws_ec2_managed_prefix_list.l';
const { prefix_list_ids: _p, ...openBlock } = egress([]);
/** A group with two blocks that name prefix lists; the second one's list is unknown, and what it refers to is in `blocks`, if anywhere. */
const twoBlocks = (first: object, firstUnknown: object, list: object, blocks: readonly unknown[]) =>
  plan({
    resources: [
      {
        address: app,
        values: { ...bare, egress: [first, openBlock] },
        before: null,
        unknown: { id: true, egress: [firstUnknown, { prefix_list_ids: true }] },
      },
      { address: l, values: prefixList(five), ...list },
    ],
    configuration: { [app]: { egress: blocks } as never },
  });
const fresher = { values: withoutId(prefixList(five)), before: null, unknown: { id: true } };
expect(
  'the list of a dynamic block beside a static one may be any other',
  'undecided',
  twoBlocks(openBlock, { prefix_list_ids: true }, fresher, [listed(l)]),
  { address: app, mode: 'exact' },
);
expect(
  'the list of a dynamic block beside a static one with a known list may be any other',
  'undecided',
  twoBlocks(egress([], { prefix_list_ids: ['pl-01'] }), {}, {}, [listed(l)]),
  { address: app, mode: 'exact' },
);
expect(
  'the list of a static block beside a dynamic one: nothing tells which is which',
  'undecided',
  twoBlocks(openBlock, { prefix_list_ids: true }, fresher, [listed(l)]),
  { address: app },
);
expect(
  'two blocks with unknown lists stand in another order than in the configuration',
  'undecided',
  twoBlocks(openBlock, { prefix_list_ids: true }, fresher, [listed(l), listed(l)]),
  { address: app, mode: 'exact' },
);

/** A plan that forgets the group as it was, and creates another at its address. */
function replaced(then: readonly string[], now: readonly string[]): Record<string, unknown> {
  const content = plan({
    resources: [{ address: app, values: { ...bare, egress: [egress(now)] }, unknown: { id: true } }],
    configuration: { [app]: { egress: [{}] } as never },
  });
  const [entry] = content['resource_changes'] as { change: object }[];
  Object.assign(entry?.change ?? {}, {
    actions: ['forget', 'create'],
    before: securityGroup([egress(then)]),
  });
  return content;
}
expect(
  'of a group that is forgotten while another is created in its place the new one is judged: it leaves out',
  'failed',
  replaced(five, five.slice(1)),
);
expect(
  'of a group that is forgotten while another is created in its place the new one is judged: it covers',
  'passed',
  replaced(five.slice(1), five),
  { address: app, mode: 'exact' },
);
