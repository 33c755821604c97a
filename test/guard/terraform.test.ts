// The guard on `terraform show -json`: what a file shows is a fact, what is malformed or only a part is refused, and what a plan or a state leaves
// open is never taken for certain: beside a plan that must not pass stands one that passes without the doubt. Traffic, directions and families are
// judged in forms.test.ts, whole files of real tools in tool-outputs.test.ts, and what may happen to rules in the course of an apply is drawn at
// random in terraform-simulation.test.ts.
import test from 'ava';
import {
  five,
  judge,
  judgeRows,
  openUntilApply,
  type Row,
  testRows,
  two,
  undecided,
} from '../helpers/guard.ts';
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
  type Known,
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

const byRule = { address: egressRules };
const exact = { mode: 'exact' };
const rest = five.slice(2);
const group = asg(five);
const firstRule = `${egressRules}["${five[0]}"]`;
const deposed = { deposed: '4ab5c6d7' };

testRows({}, [
  ['a group of Cloud Foundry with null for its rules', five, state([asg([], { rules: null })])],
  ['an object that waits for its destruction in a state', rest, state([asg(two), { ...group, ...deposed }])],
  [
    'an object that waits for its destruction in a plan',
    undecided(`${s3}.rules is known only after apply: `),
    plan([
      { ...group, before: group.values, ...leftOpen(group.values, ['rules']) },
      { ...destroyed(group), ...deposed },
    ]),
  ],
  [
    // The API takes the rules of a group all together or not at all.
    'one destination that is unknown',
    undecided(`rules: ${s3}.rules[1].destination is known only after apply, and Cloud Foundry takes`),
    plan([{ ...group, before: null, unknown: { rules: [{}, { destination: true }, {}, {}, {}] } }]),
  ],
]);

const good = plan([group]);
const nothing = /^rules holds nothing that the guard could judge/;
// Nothing to do shows no resource_changes either; a plan with modules has something to do.
const { resource_changes: _, ...withoutChanges } = good;
const child_modules = [{ address: 'module.m', resources: [] }];
const { resource_changes } = plan([group, aclRule(1, 'deny', '0.0.0.0/0')]);
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
      plan([{ ...group, actions: ['dissolve'] }]),
    ],
    [`${list}.entry[0].cidr is a string, which is no CIDR`, state([prefixList(['x'])])],
    [`${app}.egress is missing where a list belongs`, state([{ address: app, values: { id: 'sg-1' } }])],
    [`${app}.egress[0].from_port is null where a whole number`, inline(five, { from_port: null })],
    [`${app}.egress[0].cidr_blocks[5] is a string, which is no CIDR`, inline([...five, 'x'])],
    [`${app}.egress[0].ipv6_cidr_blocks is missing`, inline(five, { ipv6_cidr_blocks: undefined })],
    [
      `${groupRules}.type is a string where "egress" or "ingress" belongs`,
      state([groupRule(five, { type: 'out' })]),
    ],
    [`${firstRule}.cidr_ipv6 is missing`, state([egressRule(five[0] ?? '', { cidr_ipv6: undefined })])],
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
const firstIsOpen = { egress: [{ cidr_blocks: true }, {}] };
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
    openGroup([{ ...openBlock, from_port: 80, to_port: 80 }, egress(five)], firstIsOpen),
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
const owner = { ...securityGroup([]), expressions: { name: {} } };
const blocks = securityGroup([egress(five)]);
const newGroup = (address = app) => created({ ...owner, address }, 'egress');
const rules = five.map((cidr) => egressRule(cidr));
const referring = (...names: readonly string[]) => ({
  references: names.flatMap((name) => [`${name}.id`, name]),
});
/** The resources under other addresses, where the plan destroys them, or with another action. */
const gone = (resources: readonly Known[], more: object = {}) =>
  resources.map((item) => ({
    ...destroyed(item),
    address: item.address.replace(/\.\w+(?=\[|$)/, '.old'),
    ...more,
  }));
const takenBy = (more: object) => gone(five.map((cidr) => egressRule(cidr, { id: 'sgr-old', ...more })));
const forgotten = { actions: ['forget'] };

const settled = (others: readonly TestResource[]) => plan([owner, ...rules, ...others]);
const named = (references: readonly string[], groups = [newGroup()]) => {
  const expressions = { security_group_id: { references } };
  const newRules = rules.map((rule) => ({ ...created(rule, 'security_group_id'), expressions }));
  return plan([...groups, ...newRules]);
};
const ofKeys = ['x', 'y'].map((key) => newGroup(`${app}["${key}"]`));
const ofX = { address: `${app}["x"]` };
const linkIsOpen = openUntilApply(`${egressRules}["108.175.56.0/22"].security_group_id`);
testRows({ address: app }, [
  ...[
    ...['terraform.workspace', 'local.x', 'each.value', 'count.index', 'var.x', 'path.module', 'self.id'],
    ...['module.m.id', 'data.aws_vpc.v.id', 'aws_vpc.v.id'],
  ].map((other): [string, ...Row] => {
    return [`a new group that its rules name beside ${other}`, linkIsOpen, named([other, `${app}.id`, app])];
  }),
  ['a new group that its rules pick from a block', linkIsOpen, named([app, 'each.key'])],
  ['a new group of which its rules name another attribute', linkIsOpen, named([`${app}.arn`, app])],
  ['group[each.key] is no group of another key', linkIsOpen, named([app, 'each.key'], ofKeys), ofX],
  [
    'group[each.value] is any of them',
    linkIsOpen,
    named([app, 'each.value.group', 'each.value'], ofKeys),
    ofX,
  ],
]);

const inModule = `module.net["a"].${app}`;
const byEach = named(['each.value.group', 'each.value', 'local.groups']);
const twoGroups = plan([
  securityGroup([]),
  ...rules,
  securityGroup([], { id: 'sg-2', name: 'db' }, 'aws_security_group.db'),
]);

testRows({}, [
  ...[app, 'sg-0a1b2c3d', 'apps', egressRules, firstRule].map(
    (address) => [`a group by a name: ${address}`, [], twoGroups, { address }] as const,
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
    named([`${app}.id`, app], [newGroup(inModule)]),
    { address: inModule },
  ],
  ['rules whose group nothing names, by their block', [], named(['local.id'], []), { address: egressRules }],
  ['rules whose groups may be different ones', /^rules holds 6 sets of rules/, byEach],
  ['one of the rules whose groups may be different ones', five.slice(1), byEach, { address: firstRule }],
]);

const createdAgain = plan([
  {
    ...created(securityGroup([egress(five.slice(1))])),
    before: blocks.values,
    actions: ['forget', 'create'],
    expressions: { egress: [{}] },
  },
]);
const defaultGroup = 'aws_default_security_group.d';
const twin = undecided('is the same object as another resource');

// What takes rules away, beside what the simulation draws.
testRows({ address: app }, [
  [
    'rules that another resource takes away',
    undecided('egress_rule.old["108.175.56.0/22"] takes away such a rule'),
    settled(takenBy({})),
  ],
  [
    'rules that another resource takes from another group',
    [],
    settled(takenBy({ security_group_id: 'sg-9' })),
  ],
  ['rules that another resource takes of another port', [], settled(takenBy({ from_port: 80, to_port: 80 }))],
  [
    'rules that another resource has, with an action that no Terraform plans for it',
    undecided('takes away such a rule'),
    settled(gone(rules, { actions: ['read'] })),
  ],
  ['rules that one address forgets and another one imports', [], settled(gone(rules, forgotten))],
  [
    'rules that the plan forgets stay in effect',
    [],
    plan([owner, ...rules.map((rule) => ({ ...destroyed(rule), ...forgotten }))]),
  ],
  ['a group that is imported while the old address destroys it', five, plan([blocks, ...gone([blocks])])],
  [
    'a group that one address forgets and another one imports',
    [],
    plan([blocks, ...gone([blocks], forgotten)]),
  ],
  ['a group that is forgotten and created again', five.slice(0, 1), createdAgain],
  [
    'a new group, while the plan destroys an object without an id',
    [],
    plan([created(blocks), destroyed({ address: 'terraform_data.old', values: {} })]),
  ],
  [
    'rules of a group that the plan destroys',
    `rules: ${app}: this plan destroys it, so nothing of it is left to judge`,
    plan([...rules, destroyed(owner)]),
  ],
  [
    'rules of a group that the plan destroys, by its id',
    undecided('aws_security_group.app is the same object'),
    plan([...rules, destroyed(owner)]),
    byRule,
  ],
  [
    'rules that keep the id of a group that is replaced',
    undecided('aws_security_group.app'),
    plan([{ ...owner, actions: ['create', 'delete'], unknown: { id: true } }, ...rules]),
    byRule,
  ],
  [
    'two resources that are one group',
    twin,
    plan([owner, { ...owner, address: 'aws_security_group.old' }, ...rules]),
  ],
  [
    'rules of another group, while the default group is taken over and emptied',
    undecided(defaultGroup),
    plan([...rules, created(securityGroup([], {}, defaultGroup), 'egress')]),
    byRule,
  ],
  [
    'the name of a group that is gone is no name of a list',
    /names 2 sets of rules/,
    plan([prefixList(five), destroyed(securityGroup([], { name: 's3' }))]),
    { address: 's3' },
  ],
]);

const exclusive = (security_group_id: string) => ({
  address: 'aws_vpc_security_group_rules_exclusive.e',
  values: {
    security_group_id,
    egress_rule_ids: rules.map(({ values }) => values['id']),
    ingress_rule_ids: [],
  },
});
testRows({ address: app }, [
  [
    'rules that an exclusive resource lists: two write them',
    undecided('aws_vpc_security_group_rules_exclusive.e removes every rule that it does not list'),
    state([owner, ...rules, exclusive('sg-0a1b2c3d')]),
  ],
  ['an exclusive resource of another group', [], state([owner, ...rules, exclusive('sg-9')])],
]);

// Prefix lists, and what names them.
const entries = (cidrs: readonly string[]) =>
  cidrs.map((cidr) => ({
    address: `aws_ec2_managed_prefix_list_entry.s3["${cidr}"]`,
    values: { cidr, id: `pl-01,${cidr}`, prefix_list_id: 'pl-01' },
  }));
const withList = (cidrs: readonly string[], more: object = {}) =>
  securityGroup([egress(cidrs), egress([], { prefix_list_ids: ['pl-01'], ...more })]);
const notHeld = `rules: ${app}.egress[1].prefix_list_ids[0] names the prefix list pl-01, `;
const ofRest = prefixList(rest);
const ofAws: TestResource = {
  address: 'data.aws_prefix_list.s3',
  mode: 'data',
  values: { id: 'pl-01', cidr_blocks: rest },
};

testRows({}, [
  [
    'a list that shows more than its entries',
    undecided(`${list}.entry shows what there was at the last refresh`, rest),
    state([prefixList(five), ...entries(two)]),
  ],
  [
    'a list without ports beside a group',
    /lists without ports and rules with ports/,
    plan([withList([]), ofRest]),
    { address: [app, list] },
  ],
  ['entries without their list, by its id', [], state(entries(five)), { address: 'pl-01' }],
  [
    'a list that is named for another port',
    rest,
    state([withList(two, { from_port: 80, to_port: 80 }), ofRest]),
    { address: app },
  ],
  ["AWS's own list that a data source shows", [], state([withList(two), ofAws])],
  ['a list that the file does not hold', undecided(notHeld, rest), state([withList(two)])],
]);

// Prefix lists that a block names.
const lists = ['a', 'b'].map((name) => `aws_ec2_managed_prefix_list.${name}`);
const halves = [five.slice(0, 3), five.slice(3)].map((cidrs, index) =>
  created(prefixList(cidrs, { name: lists[index] }, lists[index])),
);
const whole = created(prefixList(five));
const open = egress([], { prefix_list_ids: undefined });
const isOpen = { prefix_list_ids: true };
/** A new group whose blocks leave open which list they name. */
const naming = (
  expression: unknown,
  resources: readonly TestResource[] = [whole],
  all: readonly object[] = [open],
  unknown: readonly object[] = [isOpen],
) => {
  const more = { unknown: { id: true, egress: unknown }, expressions: { egress: expression } };
  return plan([{ ...created(securityGroup(all)), ...more }, ...resources]);
};
const block = { prefix_list_ids: referring(list) };
const listIsOpen = openUntilApply('aws_security_group.app.egress[0].prefix_list_ids');
const both = [isOpen, isOpen];
const second = [{}, isOpen];
testRows({ address: app }, [
  ['a list that leaves out CIDRs', five.slice(3), naming(referring(lists[0] ?? ''), halves)],
  ['two lists are not both named by one unknown value', listIsOpen, naming(referring(...lists), halves)],
  ...['var.x', 'local.x', 'terraform.workspace', 'data.aws_region.r.name', 'random_id.r.hex'].map(
    (name): [string, ...Row] => {
      const references = [name, ...referring(list).references];
      return [`beside ${name} it may be another list`, listIsOpen, naming({ references }), exact];
    },
  ),
  ['without a configuration no list is named', listIsOpen, naming(undefined)],
  [
    'a list whose entries are unknown may hold anything',
    openUntilApply(`${list}.entry`),
    naming(referring(list), [created(prefixList([]), 'entry')]),
  ],
  [
    'a block whose description may be what names the list',
    listIsOpen,
    naming(referring(list), [whole], [open], [{ ...isOpen, description: true }]),
  ],
  [
    'a block beside one whose expression may be what names the list',
    openUntilApply('aws_security_group.app.egress[1].prefix_list_ids'),
    naming(referring(list), [whole], [egress(['10.0.0.0/8']), open], second),
  ],
  [
    'a dynamic block beside a static one may name any other list',
    listIsOpen,
    naming([block], [whole], [open, open], both),
    exact,
  ],
  [
    'a dynamic block beside a static one with a known list may name any other',
    openUntilApply('aws_security_group.app.egress[1].prefix_list_ids', []),
    naming([block], [prefixList(five)], [egress([], { prefix_list_ids: ['pl-01'] }), open], second),
    exact,
  ],
  [
    'two blocks with unknown lists stand in another order than in the configuration',
    listIsOpen,
    naming([block, block], [whole], [open, open], both),
    exact,
  ],
]);

const reader = withList([]);
const read = [listRead(five)];
const lessEntry = plan([reader, ...entries(five.slice(0, 1)).map(destroyed)], read);
const again = { ...listRead([]), before: null, ...leftOpen({ id: 'pl-01' }, ['entries']) };
testRows({ address: app }, [
  ['a list that a data source shows', [], plan([reader], read)],
  ['a list that a data source shows, while the plan takes an entry from it', five.slice(0, 1), lessEntry],
  [
    'a list before which a data source shows it',
    [],
    state([listRead(five), prefixList(five)]),
    { address: list },
  ],
  ['a data source of a list that loses an entry', five.slice(0, 1), lessEntry, { address: `data.${list}` }],
  ['a list that the apply reads again', openUntilApply('entries'), plan([reader, again], read)],
]);

// What the provider fills in where nobody sets it is unknown in a new rule, too.
const another = 'referenced_security_group_id';
const besideNew = (more: object) => {
  const rule = created(egressRule('10.0.0.0/8', { cidr_ipv4: null }), another);
  return plan([owner, ...rules, { ...rule, expressions: { security_group_id: {}, ...more } }]);
};
testRows(exact, [
  [
    'a new rule that names another new group',
    openUntilApply(another, []),
    besideNew({ [another]: referring('aws_security_group.b') }),
  ],
  ['a new rule that names no other group', [], besideNew({})],
]);

// Who has written what the file shows.
const dynamic = { ...owner, before: blocks.values, ...leftOpen(owner.values, ['egress']) };
testRows({ address: app }, [
  [
    'dynamic blocks that are unknown in an update are configured',
    openUntilApply('app.egress'),
    plan([dynamic, ...rules]),
  ],
  [
    'configured blocks and rule resources',
    undecided('app.egress is configured, and other such rules are resources'),
    plan([{ ...blocks, expressions: { egress: {} } }, ...rules]),
  ],
  [
    'a state whose group shows more than its rule resources',
    undecided('app.egress shows what there was at the last refresh', five.slice(0, 1)),
    state([blocks, ...rules.slice(1)]),
  ],
  ['the blocks of a tainted group', undecided('is tainted'), state([{ ...blocks, tainted: true }])],
  [
    'rules that are deposed may not be in effect',
    undecided('is deposed'),
    state(rules.map((rule) => ({ ...rule, deposed: 'abc' }))),
    byRule,
  ],
  [
    'an egress block with an attribute that nobody knows',
    undecided('app.egress[0].schedule'),
    state([securityGroup([egress(five, { schedule: 'night' })])]),
  ],
  [
    'a block that is unknown as a whole may allow anything',
    openUntilApply('app.egress[0]'),
    plan([{ ...securityGroup([null]), before: null, unknown: { egress: [true] } }]),
  ],
]);

// Network ACLs, where a deny that is only possible counts.
const empty = networkAcl([]);
const allows = five.map((cidr, index) => aclEntry(100 + index, 'allow', cidr));
const denyFirst = (more: object) => networkAcl([aclEntry(1, 'deny', '0.0.0.0/0', more), ...allows]);
const deny = aclRule(1, 'deny', '0.0.0.0/0');
const ofFive = five.map((cidr, index) => aclRule(100 + index, 'allow', cidr));
const openDeny = (references: readonly string[]) => ({
  ...created(deny, 'network_acl_id'),
  expressions: { network_acl_id: { references } },
});
const keptDeny = (input: string, source: object, references: readonly string[]) =>
  plan([
    networkAcl([aclEntry(100, 'allow', '0.0.0.0/0')]),
    networkAcl([], { id: 'acl-02' }, 'aws_network_acl.b'),
    created({ address: 'terraform_data.x', values: { input }, expressions: { input: source } }, 'output'),
    openDeny(references),
  ]);
const kept = ['terraform_data.x.output', 'terraform_data.x'];
const other = referring('aws_network_acl.b');
const aclIsOpen = undecided(
  `${aclRules}[1].network_acl_id is known only after apply, so this plan does not show whether that rule belongs to ${acl}: `,
);
const unseen = undecided('a network ACL that this file does not show, and rules before it decide first');
testRows({ address: acl }, [
  [
    'a deny of ingress among rule resources',
    [],
    plan([empty, ...ofFive, aclRule(1, 'deny', '0.0.0.0/0', { egress: false })]),
  ],
  ['rules of an ACL that the file does not hold', unseen, state(ofFive), { address: 'acl-01' }],
  [
    'two rules of one number',
    undecided('aws_network_acl.main has several rules of the number 102, '),
    state([networkAcl([aclEntry(102, 'deny', '108.175.48.0/24'), ...allows])]),
  ],
  ...['rule_action', 'rule_number', 'cidr_block', 'protocol', 'from_port', 'egress'].map(
    (key, index): [string, ...Row] => [
      `a deny elsewhere whose ${key} is unknown`,
      index < 3 ? openUntilApply(`${aclRules}[1].${key}`) : [],
      plan([
        empty,
        ...ofFive,
        { ...deny, before: null, ...leftOpen(aclRule(1, 'deny', '10.0.0.0/8').values, [key]) },
      ]),
    ],
  ),
  [
    'a rule that may turn out to deny in a new ACL',
    aclIsOpen,
    plan([created(empty, 'egress'), openDeny(['local.acl'])]),
  ],
  [
    'an ACL that shows a deny beside its rule resources',
    undecided('main.egress shows what there was at the last refresh'),
    state([networkAcl([aclEntry(1, 'deny', '0.0.0.0/0')]), aclRule(2, 'allow', '0.0.0.0/0')]),
  ],
  ['a deny of the protocol 0006 counts', five, state([denyFirst({ protocol: '0006' })])],
  [
    'a deny with an attribute that nobody knows',
    undecided('main.egress[0].only_if'),
    state([denyFirst({ only_if: 'x' })]),
  ],
  [
    'an entry whose action is unknown may deny',
    openUntilApply('main.egress[0].action'),
    plan([{ ...denyFirst({ action: undefined }), before: null, unknown: { egress: [{ action: true }] } }]),
  ],
  ['a deny of the ACL itself by a kept id', aclIsOpen, keptDeny('acl-01', referring(acl), kept)],
  ['a deny by a part of what is kept', aclIsOpen, keptDeny('acl-02,acl-01', other, kept)],
  [
    'a deny by one of two kept ids',
    aclIsOpen,
    keptDeny('acl-02', other, [...kept, 'terraform_data.xy.output', 'terraform_data.xy']),
  ],
]);

const same = (more: object = {}) => asg(five, more, 'cloudfoundry_asg.old');
testRows({ address: group.address }, [
  [
    'a Cloud Foundry group that another resource forgets',
    [],
    plan([group, { ...destroyed(same()), ...forgotten }]),
  ],
  [
    'a Cloud Foundry group that another resource destroys',
    undecided('cloudfoundry_asg.old is the same object'),
    plan([group, destroyed(same())]),
  ],
  ['a Cloud Foundry group that two resources write', twin, plan([group, same()])],
  [
    'a Cloud Foundry group while the plan destroys the one of its name',
    undecided('has the same name'),
    plan([created(group), destroyed(same({ id: 'old' }))]),
  ],
  [
    'a Cloud Foundry group while the plan destroys another',
    [],
    plan([created(group), destroyed(same({ id: 'old', name: 's3-b' }))]),
  ],
]);

test('a verdict says what was judged as of the last refresh, and that a network ACL keeps no state', async (t) => {
  const mirror = { ...securityGroup([egress(five)]), expressions: { name: {} } };
  for (const [judged, words] of [
    [mirror, ', as of the last refresh ('],
    [networkAcl(allows), 'a network ACL keeps no state: '],
  ] as const) {
    const { passed, text } = await judge(t, plan([judged]));
    t.true(passed && text.includes(words), text);
  }
});
