// The guard on `terraform show -json`: what a file shows is a fact, and what is malformed or only a part is refused. Traffic, directions and
// families are judged in forms.test.ts, whole files of real tools in tool-outputs.test.ts, and doubts in terraform-doubts.test.ts.
import test from 'ava';
import { five, judge, judgeRows, openUntilApply, testRows, two, undecided } from '../helpers/guard.ts';
import {
  type Attributes,
  aclEntry,
  aclRule,
  asg,
  created,
  destroyed,
  egress,
  egressRule,
  groupRule,
  leftOpen,
  listRead,
  networkAcl,
  plan,
  prefixList,
  securityGroup,
  state,
  type TestResource,
  usual,
} from '../helpers/terraform.ts';

const { s3, app, groupRules, egressRules, acl, aclRules, list } = usual;

const rest = five.slice(2);

const whole = asg(five);
const deep = 'module.net["a.b"].module.rules[0].cloudfoundry_security_group.s3[0]';
const nested = [asg(two), asg(five, { id: 'd', name: 'deep' }, deep)];
const deposed = { deposed: '4ab5c6d7' };
const gone = `rules: ${s3}: this plan destroys it, so nothing of it is left to judge`;

testRows({}, [
  ['a group of Cloud Foundry with null for its rules', five, state([asg([], { rules: null })])],
  ['a group that the plan destroys', gone, plan([destroyed(whole)])],
  ['an object that waits for its destruction in a state', rest, state([asg(two), { ...whole, ...deposed }])],
  [
    'an object that waits for its destruction in a plan',
    undecided(`${s3}.rules is known only after apply: `),
    plan([
      { ...whole, before: whole.values, ...leftOpen(whole.values, ['rules']) },
      { ...destroyed(whole), ...deposed },
    ]),
  ],
  ['a module, however deep, by its address', [], state(nested), { address: deep }],
  [
    // The API takes the rules of a group all together or not at all.
    'one destination that is unknown',
    undecided(`rules: ${s3}.rules[1].destination is known only after apply, and Cloud Foundry takes`),
    plan([{ ...whole, before: null, unknown: { rules: [{}, { destination: true }, {}, {}, {}] } }]),
  ],
]);

const good = plan([whole]);
const nothing = /^rules holds nothing that the guard could judge/;
// Nothing to do shows no resource_changes either; a plan with modules has something to do.
const { resource_changes: _, ...withoutChanges } = good;
const child_modules = [{ address: 'module.m', resources: [] }];
const { resource_changes } = plan([whole, aclRule(1, 'deny', '0.0.0.0/0')]);
// As OpenTofu, which does not say that a plan is a part.
const { configuration } = plan([{ ...securityGroup([]), expressions: {} }]);
const raw = { version: 4, terraform_version: '1.9.8', serial: 3, lineage: 'a-b', outputs: {}, resources: [] };

test('a plan that is not whole, another format, and other files of Terraform are named for what they are', (t) =>
  judgeRows(t, [
    [/^rules is a plan that failed/, { ...good, errored: true }],
    [/^rules is a part of a plan, as -target makes it/, { ...good, complete: false }],
    [
      /^rules: deferred_changes is there, .*; apply it, and plan again$/,
      { ...good, complete: false, deferred_changes: [{ reason: 'instance_count_unknown' }] },
    ],
    [/^rules has format_version 2\.0, which this release does not know/, { ...good, format_version: '2.0' }],
    [[], { ...good, format_version: '0.2' }],
    [
      /^rules is a plan without resource_changes/,
      { ...withoutChanges, planned_values: { root_module: { child_modules } } },
    ],
    [/in its planned_values and not in its resource_changes/, { ...good, resource_changes: [] }],
    [/in its resource_changes and not in its planned_values/, { ...good, resource_changes }],
    [
      /^rules is a part of a plan, since it says nothing of aws_security_group\.app/,
      { ...good, configuration, complete: undefined },
    ],
    [nothing, { format_version: '1.0' }],
    [nothing, state([{ address: 'aws_vpc.main', values: {} }])],
    [/^rules is a raw Terraform state; write it with terraform show -json/, raw],
    [/^rules is the log of terraform plan -json/, '{"@level":"info"}\n{"@level":"info"}\n'],
    [/^rules is a ZIP archive; if it is a saved plan/, Buffer.from('PK\x03\x04\x00\x00')],
  ]));

const inline = (cidrs: readonly unknown[], more: object = {}) =>
  state([securityGroup([egress(five, { cidr_blocks: cidrs, ...more })])]);
const entryOf = (action: string, cidr: string, more: object = {}) =>
  state([networkAcl([aclEntry(1, action, cidr, more)])]);
const newer = (more: object) => state([egressRule('10.0.0.0/8', more, egressRules)]);

test('what is malformed is an error that names the place', (t) => {
  const root_module = (resources: unknown) => ({
    format_version: '1.0',
    values: { root_module: { resources } },
  });
  const malformed = [
    [`${s3}.rules is a string where a list belongs`, state([asg([], { rules: 'x' })])],
    ['values.root_module.resources[0].address is missing', root_module([{ type: 'x', values: {} }])],
    ['values.root_module.resources is 7 where a list belongs', root_module(7)],
    [
      'resource_changes[0].change.actions[0] is a string where one of no-op, create',
      plan([{ ...whole, actions: ['dissolve'] }]),
    ],
    [`${list}.entry[0].cidr is a string, which is no CIDR`, state([prefixList(['x'])])],
    [`${app}.egress is missing where a list belongs`, state([{ address: app, values: { id: 'sg-1' } }])],
    [`${app}.egress[0].protocol is a string where tcp`, inline(five, { protocol: 'tpc' })],
    [`${app}.egress[0].from_port is null where a whole number`, inline(five, { from_port: null })],
    [`${app}.egress[0].cidr_blocks[5] is a string, which is no CIDR`, inline([...five, 'x'])],
    [`${app}.egress[0].ipv6_cidr_blocks is missing`, inline(five, { ipv6_cidr_blocks: undefined })],
    [
      `${groupRules}.type is a string where "egress" or "ingress" belongs`,
      state([groupRule(five, { type: 'out' })]),
    ],
    [`${egressRules}.cidr_ipv6 is missing`, newer({ cidr_ipv6: undefined })],
    [`${egressRules}.ip_protocol is null where tcp`, newer({ ip_protocol: null })],
    [`${acl}.egress[0].action is a string where "allow" or "deny" belongs`, entryOf('pass', '10.0.0.0/8')],
    [`${acl}.egress[0] has neither cidr_block nor ipv6_cidr_block`, entryOf('allow', '')],
    [
      `${acl}.egress[0].rule_no is "1" where a whole number from 1 to 32767`,
      entryOf('allow', '::/0', { rule_no: '1' }),
    ],
    [
      `${aclRules}[1].egress is a string where true or false`,
      state([networkAcl([]), aclRule(1, 'deny', '0.0.0.0/0', { egress: 'true' })]),
    ],
  ] as const;
  return judgeRows(
    t,
    malformed.map(([words, content]) => [`rules: ${words}`, content]),
  );
});

const openGroup = (blocks: readonly object[], unknown: Attributes) =>
  plan([{ ...securityGroup(blocks), before: null, unknown }]);
const openBlock = egress([], { cidr_blocks: undefined });
const onAnotherPort = { ...openBlock, from_port: 5432, to_port: 5432 };
const firstIsOpen = { egress: [{ cidr_blocks: true }, {}] };
const exact = { mode: 'exact' };
const cidrsAreOpen = `rules: ${app}.egress[0].cidr_blocks is known only after apply: `;
const openRule = (name: string) =>
  plan([{ ...groupRule(five), ...leftOpen(groupRule(five).values, [name]) }]);

testRows({}, [
  ['CIDRs that are unknown', undecided(cidrsAreOpen), openGroup([openBlock], firstIsOpen)],
  [
    'CIDRs that are unknown beside all that are needed, in mode exact',
    undecided(cidrsAreOpen, []),
    openGroup([openBlock, egress(five)], firstIsOpen),
    exact,
  ],
  [
    'CIDRs that are unknown on another port, in mode exact',
    [],
    openGroup([onAnotherPort, egress(five)], firstIsOpen),
    exact,
  ],
  [
    'one CIDR of a list that is unknown',
    openUntilApply('cidr_blocks[2]', rest),
    openGroup([egress([], { cidr_blocks: [...two, null] })], {
      egress: [{ cidr_blocks: [false, false, true] }],
    }),
  ],
  [
    'a port that is unknown',
    openUntilApply('from_port'),
    openGroup([egress(five)], { egress: [{ from_port: true }] }),
  ],
  [
    'blocks that are unknown as a whole',
    openUntilApply('app.egress'),
    plan([created(securityGroup([]), 'egress')]),
  ],
  ...(
    [
      [{ security_groups: ['sg-2'] }, {}, 'security_groups[0] names another security group'],
      [{ security_groups: [null] }, { security_groups: [true] }, 'security_groups[0] is known'],
      [{ security_groups: null }, { security_groups: true }, 'security_groups is known'],
      [{ self: true }, {}, 'self names the group itself'],
    ] as const
  ).map(
    ([more, unknown, because]) =>
      [
        `what is no address may be any: ${because}`,
        undecided(`${app}.egress[0].${because}`, []),
        openGroup([egress([], more), egress(five)], { egress: [unknown, {}] }),
        exact,
      ] as const,
  ),
  ['a rule of unknown type', openUntilApply(`${groupRules}.type`), openRule('type')],
  ['a rule of unknown CIDRs', openUntilApply('s3.cidr_blocks'), openRule('cidr_blocks')],
  [
    'a rule of an unknown prefix list',
    undecided(
      's3.prefix_list_ids is known only after apply, and the configuration does not decide which prefix lists it names',
      [],
    ),
    openRule('prefix_list_ids'),
    exact,
  ],
]);

// Rules as resources of their own.
const rules = five.map((cidr) => egressRule(cidr));
const newRules = rules.map((rule) => created(rule, 'security_group_id'));
const newGroup = created(securityGroup([]), 'egress');
const linked = (...references: readonly string[]) =>
  newRules.map((rule) => ({ ...rule, expressions: { security_group_id: { references } } }));
const inModule = `module.net["a"].${app}`;
const byEach = plan([newGroup, ...linked('each.value.group', 'each.value', 'local.groups')]);
const firstRule = `${egressRules}["${five[0]}"]`;
const named = plan([
  securityGroup([]),
  ...rules,
  securityGroup([], { id: 'sg-2', name: 'db' }, 'aws_security_group.db'),
]);

testRows({}, [
  ...[app, 'sg-0a1b2c3d', 'apps', egressRules, firstRule].map(
    (address) => [`a group by a name: ${address}`, [], named, { address }] as const,
  ),
  ['rules of either kind whose group the file does not have', [], state([groupRule(two), ...rules.slice(2)])],
  [
    'rules of the older kind that another group has',
    rest,
    plan([groupRule(two), groupRule(rest, { security_group_id: 'sg-2' }, 'aws_security_group_rule.b')]),
    { address: 'sg-0a1b2c3d' },
  ],
  ['rules of ingress alone', nothing, state([groupRule(five, { type: 'ingress' })])],
  [
    'rules of ingress leave the blocks of egress in force',
    [],
    state([securityGroup([egress(five)]), groupRule(five, { type: 'ingress' })]),
  ],
  [
    'new rules in a new group of another module',
    undecided(
      `security_group_id is known only after apply, so this plan does not show whether that rule belongs to ${inModule}: `,
    ),
    plan([{ ...newGroup, address: inModule }, ...linked(`${app}.id`, app)]),
    { address: inModule },
  ],
  ['rules whose group nothing names, by their block', [], plan(linked('local.id')), { address: egressRules }],
  ['rules whose groups may be different ones', /^rules holds 6 sets of rules/, byEach],
  ['one of the rules whose groups may be different ones', five.slice(1), byEach, { address: firstRule }],
  ['new rules without a configuration', /^rules holds 6 sets of rules/, plan([newGroup, ...newRules])],
]);

// Prefix lists, and what names them.
const entries = (cidrs: readonly string[]) =>
  cidrs.map((cidr) => ({
    address: `aws_ec2_managed_prefix_list_entry.s3["${cidr}"]`,
    values: { cidr, id: `pl-01,${cidr}`, prefix_list_id: 'pl-01' },
  }));
const naming = (cidrs: readonly string[], more: object = {}) =>
  securityGroup([egress(cidrs), egress([], { prefix_list_ids: ['pl-01'], ...more })]);
const ofRest = prefixList(rest);
const ofAws: TestResource = {
  address: 'data.aws_prefix_list.s3',
  mode: 'data',
  values: { id: 'pl-01', cidr_blocks: rest },
};
const notHeld = `rules: ${app}.egress[1].prefix_list_ids[0] names the prefix list pl-01, `;
const byRule = created(egressRule('10.0.0.0/8', { cidr_ipv4: null }), 'prefix_list_id');

testRows({}, [
  [
    'a list that shows more than its entries',
    undecided(`${list}.entry shows what there was at the last refresh`, rest),
    state([prefixList(five), ...entries(two)]),
  ],
  [
    'a list without ports beside a group',
    /lists without ports and rules with ports/,
    plan([naming([]), ofRest]),
    { address: [app, list] },
  ],
  ['entries without their list, by its id', [], state(entries(five)), { address: 'pl-01' }],
  [
    'a list that is named for another port',
    rest,
    state([naming(two, { from_port: 80, to_port: 80 }), ofRest]),
    { address: app },
  ],
  ['a list that a data source shows in a state', [], state([naming(two), listRead(rest)])],
  ["AWS's own list that a data source shows", [], state([naming(two), ofAws])],
  ['a list that the file does not hold', undecided(notHeld, rest), state([naming(two)])],
  ['a list that the file does not hold, in mode exact', undecided(notHeld, []), state([naming(five)]), exact],
  [
    'a new list that a rule names, without a configuration',
    openUntilApply('prefix_list_id'),
    plan([prefixList(five), byRule]),
    { address: 'sg-0a1b2c3d' },
  ],
]);

test('a group whose rules are managed elsewhere is judged as it was at the last refresh, and the verdict says so', async (t) => {
  const mirror = { ...securityGroup([egress(five)]), expressions: { name: {} } };
  const { passed, text } = await judge(t, plan([mirror]));
  t.true(passed && text.includes(', as of the last refresh ('), text);
});
