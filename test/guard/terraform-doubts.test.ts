// What a plan or a state leaves open is never taken for certain. A row is a small plan, its verdict, and a text that the verdict must have:
// the place of the doubt. Beside a plan that must not pass stands one that passes without the doubt. What may happen to rules in
// the course of an apply is drawn at random in terraform-simulation.test.ts.
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
  type TestResource,
} from '../helpers/terraform.ts';

const app = 'aws_security_group.app';
const rule = 'aws_vpc_security_group_egress_rule';
const list = 'aws_ec2_managed_prefix_list.l';
const acl = 'aws_network_acl.main';

function table(params: object, rows: readonly [string, string, unknown, object?][]): void {
  for (const [title, expected, content, own] of rows) {
    test(title, async (t) => {
      const { passed, text } = await judge(t, content, { ...params, ...own });
      const first = text.split('\n')[0] ?? '';
      const ending = passed ? 'pass' : first.startsWith('undecided') ? 'undecided' : 'fail';
      const [verdict = '', place = ''] = expected.split(': ');
      t.is(ending, verdict, text);
      t.true(text.includes(place), text);
    });
  }
}

const without = (values: Record<string, unknown>, ...keys: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));

/** The resource as the plan creates it: its id, and whatever else is named, are known only after apply. */
const created = ({ address, values }: TestResource, ...unknown: readonly string[]): TestResource => ({
  address,
  values: without(values, 'id', ...unknown),
  before: null,
  unknown: Object.fromEntries(['id', ...unknown].map((key) => [key, true])),
});
const referring = (...names: readonly string[]) => ({
  references: names.flatMap((name) => [`${name}.id`, name]),
});
const owner = { address: app, values: securityGroup([]) };
const blocks = { address: app, values: securityGroup([egress(five)]) };
const newGroup = (address = app) => created({ ...owner, address }, 'egress');
const rules = (name: string, over: object = {}) =>
  five.map((cidr) => ({
    address: `${rule}.${name}["${cidr}"]`,
    values: egressRule(cidr, { id: `sgr-a-${cidr}`, ...over }),
  }));
const newRules = () => rules('a').map((item) => created(item, 'security_group_id'));
const mirrored = { [app]: { name: {} } };
const before = (resources: readonly TestResource[]): TestResource[] =>
  resources.map((item) => ({ ...item, address: item.address.replace(/\.\w+(?=\[|$)/, '.old') }));

/** A file whose entries of addresses that start so are changed, in resource_changes and in the values of a state. */
function altered(content: Record<string, unknown>, start: string, change: object, entry: object = {}) {
  const { resource_changes, values } = content as {
    resource_changes?: { address: string; change: object }[];
    values?: { root_module: { resources: { address: string }[] } };
  };
  for (const item of [...(resource_changes ?? []), ...(values?.root_module.resources ?? [])]) {
    if (!item.address.startsWith(start)) continue;
    if ('change' in item) Object.assign(item.change as object, change);
    Object.assign(item, entry);
  }
  return content;
}
const output = (file: string) => JSON.parse(readFileSync(`test/guard/tool-outputs/${file}`, 'utf8'));

const settled = (destroyed: readonly TestResource[] = []) =>
  plan({ resources: [owner, ...rules('a')], destroyed, configuration: mirrored });
const named = (references: readonly string[], groups = [newGroup()]) =>
  plan({
    resources: [...groups, ...newRules()],
    configuration: { ...mirrored, [`${rule}.a`]: { security_group_id: { references } } },
  });
const two = ['x', 'y'].map((key) => newGroup(`${app}["${key}"]`));

table({ address: app }, [
  ['a new group that its rules name', 'pass', named([`${app}.id`, app])],
  ...[
    ...['terraform.workspace', 'local.x', 'each.value', 'count.index', 'var.x', 'path.module', 'self.id'],
    ...['module.m.id', 'data.aws_vpc.v.id', 'aws_vpc.v.id'],
  ].map((other): [string, string, unknown] => [
    `a new group that its rules name beside ${other}`,
    `undecided: ${rule}.a["108.175.56.0/22"].security_group_id is known only after apply`,
    named([other, `${app}.id`, app]),
  ]),
  ['a new group that its rules pick from a block', 'undecided: security_group_id', named([app, 'each.key'])],
  [
    'a new group of which its rules name another attribute',
    'undecided: security_group_id',
    named([`${app}.arn`, app]),
  ],
  [
    'group[each.key] is no group of another key',
    'undecided: security_group_id',
    named([app, 'each.key'], two),
    { address: `${app}["x"]` },
  ],
  [
    'group[each.value] of a local is any of them',
    'undecided: security_group_id',
    named([app, 'each.value.group', 'each.value'], two),
    { address: `${app}["x"]` },
  ],
]);

// What takes rules away, beside what the simulation draws.
table({ address: app }, [
  ['rules of a group that stay as they are', 'pass', settled()],
  [
    'rules that another resource takes away',
    `undecided: ${rule}.old["108.175.56.0/22"] takes away such a rule`,
    settled(before(rules('a', { id: 'sgr-old' }))),
  ],
  [
    'rules that another resource takes from another group',
    'pass',
    settled(before(rules('b', { security_group_id: 'sg-9', id: 'sgr' }))),
  ],
  [
    'rules of which the plan does what nobody knows',
    'fail: where one of no-op, create',
    altered(settled(), rule, { actions: ['dissolve'] }),
  ],
  [
    'rules that one address forgets and another one imports',
    'pass',
    altered(settled(before(rules('a'))), `${rule}.old`, { actions: ['forget'] }),
  ],
  [
    'a rule that the plan forgets stays in effect',
    'pass',
    forgetting(output('aws-plan-rules-minus1.json')),
    { address: 'aws_security_group.a' },
  ],
  [
    'a group that is imported while the old address destroys it',
    'fail: leaves out',
    plan({ resources: [blocks], destroyed: before([blocks]) }),
  ],
  [
    'a group that one address forgets and another one imports',
    'pass',
    forgetting(plan({ resources: [blocks], destroyed: before([blocks]) })),
  ],
  [
    'a group that is forgotten while another is created in its place: the new one covers',
    'pass',
    replaced(five.slice(1), five),
    { mode: 'exact' },
  ],
  [
    'a group that is forgotten while another is created in its place: the new one leaves out',
    'fail: leaves out',
    replaced(five, five.slice(1)),
  ],
  [
    'rules of a group that the plan destroys',
    'fail: this plan destroys it',
    plan({ resources: rules('a'), destroyed: [owner] }),
  ],
  [
    'rules of a group that the plan destroys, by its id',
    'undecided: aws_security_group.app is the same object',
    plan({ resources: rules('a'), destroyed: [owner] }),
    { address: `${rule}.a` },
  ],
  [
    'rules that keep the id of a group that is replaced',
    'undecided: aws_security_group.app',
    altered(plan({ resources: [owner, ...rules('a')], configuration: mirrored }), app, {
      actions: ['create', 'delete'],
      after_unknown: { id: true },
    }),
    { address: `${rule}.a` },
  ],
  [
    'two resources that are one group',
    'undecided: is the same object as another resource',
    plan({ resources: [owner, ...before([owner]), ...rules('a')], configuration: mirrored }),
  ],
  [
    'rules of another group, while the default group is taken over and emptied',
    'undecided: aws_default_security_group.d',
    plan({
      resources: [...rules('a'), created({ address: 'aws_default_security_group.d', values: {} }, 'egress')],
    }),
    { address: `${rule}.a` },
  ],
  [
    'the name of a group that is gone is no name of a list',
    'fail: names 2 sets of rules',
    plan({
      resources: [{ address: list, values: prefixList(five) }],
      destroyed: [{ address: app, values: securityGroup([], { name: 's3' }) }],
    }),
    { address: 's3' },
  ],
]);

function forgetting(content: Record<string, unknown>) {
  for (const { change } of content['resource_changes'] as { change: { actions: string[] } }[]) {
    if (change.actions[0] === 'delete') change.actions = ['forget'];
  }
  return content;
}

/** A plan that forgets the group as it was, and creates another at its address. */
function replaced(then: readonly string[], now: readonly string[]) {
  const group = { address: app, values: without(securityGroup([egress(now)]), 'id'), unknown: { id: true } };
  const content = plan({ resources: [group], configuration: { [app]: { egress: [{}] } as never } });
  return altered(content, app, { actions: ['forget', 'create'], before: securityGroup([egress(then)]) });
}

const exclusive = (security_group_id: string, ids: readonly string[]) => ({
  address: 'aws_vpc_security_group_rules_exclusive.e',
  values: { security_group_id, egress_rule_ids: ids, ingress_rule_ids: [] },
});
const removes =
  'undecided: aws_vpc_security_group_rules_exclusive.e removes every rule that it does not list';
const ids = five.map((cidr) => `sgr-a-${cidr}`);
table({ address: app }, [
  [
    'rules that an exclusive resource lists are possible, too: two write the same',
    removes,
    state([owner, ...rules('a'), exclusive('sg-0a1b2c3d', ids)]),
  ],
  [
    'a rule that an exclusive resource does not list may be removed',
    removes,
    state([owner, ...rules('a'), exclusive('sg-0a1b2c3d', ids.slice(1))]),
  ],
  [
    'an exclusive resource of another group removes nothing here',
    'pass',
    state([owner, ...rules('a'), exclusive('sg-9', [])]),
  ],
  [
    'an exclusive resource of a group that the file does not manage',
    removes,
    plan({ resources: [...rules('a'), exclusive('sg-0a1b2c3d', [])] }),
    { address: 'sg-0a1b2c3d' },
  ],
]);

// Prefix lists that a block names.
const lists = ['a', 'b'].map((name) => `aws_ec2_managed_prefix_list.${name}`);
const halves = [five.slice(0, 3), five.slice(3)].map((cidrs, index) =>
  created({ address: lists[index] ?? '', values: prefixList(cidrs, { name: lists[index] }) }),
);
const whole = created({ address: list, values: prefixList(five) });
const open = without(egress([]), 'prefix_list_ids');
/** A new group whose blocks leave open which list they name. */
const naming = (
  expression: unknown,
  resources: readonly TestResource[] = [whole],
  all: readonly object[] = [open],
  unknown: readonly object[] = [{ prefix_list_ids: true }],
) =>
  plan({
    resources: [
      {
        address: app,
        values: without(securityGroup(all), 'id'),
        before: null,
        unknown: { id: true, egress: unknown },
      },
      ...resources,
    ],
    configuration: { [app]: { egress: expression } as never },
  });
const beside = (...names: readonly string[]) => ({ references: [...names, ...referring(list).references] });
const block = { prefix_list_ids: referring(list) };
const unknownList = 'undecided: aws_security_group.app.egress[0].prefix_list_ids is known only after apply';
const secondList = unknownList.replace('[0]', '[1]');
const both = [{ prefix_list_ids: true }, { prefix_list_ids: true }];
table({ address: app }, [
  ['a block that names a new list', 'pass', naming(referring(list)), { mode: 'exact' }],
  [
    'a list that leaves out CIDRs fails where it is named',
    'fail: leaves out',
    naming(referring(lists[0] ?? ''), halves),
  ],
  ['two lists are not both named by one unknown value', unknownList, naming(referring(...lists), halves)],
  ...['var.x', 'local.x', 'terraform.workspace', 'data.aws_region.r.name', 'random_id.r.hex'].map(
    (name): [string, string, unknown, object] => [
      `beside ${name} a list may be left out, or another added`,
      unknownList,
      naming(beside(name)),
      { mode: 'exact' },
    ],
  ),
  ['without a configuration no list is named', unknownList, naming(undefined)],
  [
    'a list whose entries are unknown may hold anything',
    `undecided: ${list}.entry is known only after apply`,
    naming(referring(list), [created({ address: list, values: prefixList([]) }, 'entry')]),
  ],
  [
    'a block whose description may be what names the list',
    unknownList,
    naming(referring(list), [whole], [open], [{ prefix_list_ids: true, description: true }]),
  ],
  [
    'a block beside one whose expression may be what names the list',
    secondList,
    naming(referring(list), [whole], [egress(['10.0.0.0/8']), open], [{}, { prefix_list_ids: true }]),
  ],
  [
    'a dynamic block beside a static one may name any other list',
    unknownList,
    naming([block], [whole], [open, open], both),
    { mode: 'exact' },
  ],
  [
    'a dynamic block beside a static one with a known list may name any other',
    secondList,
    naming(
      [block],
      [{ address: list, values: prefixList(five) }],
      [egress([], { prefix_list_ids: ['pl-01'] }), open],
      [{}, { prefix_list_ids: true }],
    ),
    { mode: 'exact' },
  ],
  [
    'two blocks with unknown lists stand in another order than in the configuration',
    unknownList,
    naming([block, block], [whole], [open, open], both),
    { mode: 'exact' },
  ],
]);

const data = {
  address: 'data.aws_ec2_managed_prefix_list.d',
  mode: 'data' as const,
  values: { id: 'pl-01', entries: five.map((cidr) => ({ cidr, description: '' })) },
};
const entry = {
  address: 'aws_ec2_managed_prefix_list_entry.e',
  values: { cidr: five[0], description: '', id: `pl-01,${five[0]}`, prefix_list_id: 'pl-01' },
};
const reader = { address: app, values: securityGroup([egress([], { prefix_list_ids: ['pl-01'] })]) };
const reread = { ...data, values: { id: 'pl-01' }, before: null, unknown: { entries: true } };
const lessEntry = plan({ resources: [reader], dataSources: [data], destroyed: [entry] });
table({ address: app }, [
  ['a list that a data source shows', 'pass', plan({ resources: [reader], dataSources: [data] })],
  ['a list that a data source shows, while the plan takes an entry from it', 'fail: leaves out', lessEntry],
  ['a data source of a list that loses an entry', 'fail: leaves out', lessEntry, { address: data.address }],
  [
    'a list that the apply reads again',
    'undecided: entries is known only after apply',
    plan({ resources: [reader, reread], dataSources: [data] }),
  ],
]);

// Who has written what the file shows.
const tainted = (file: string, start: string, mark: object) => altered(output(file), start, {}, mark);
table({ address: app }, [
  [
    'dynamic blocks that are unknown in an update are configured',
    'undecided: app.egress is known only after apply',
    plan({
      resources: [
        {
          address: app,
          values: securityGroup([], { egress: undefined }),
          before: securityGroup([egress(five)]),
          unknown: { egress: true },
        },
        ...rules('a'),
      ],
      configuration: mirrored,
    }),
  ],
  [
    'a group whose rules are managed elsewhere',
    'pass: , as of the last refresh (',
    plan({ resources: [blocks], configuration: mirrored }),
  ],
  [
    'configured blocks and rule resources',
    'undecided: app.egress is configured, and other such rules are resources',
    plan({ resources: [blocks, ...rules('a')], configuration: { [app]: { egress: {} } } }),
  ],
  ['a state whose group has no rule resources', 'pass', state([blocks])],
  [
    'a state whose group shows more than its rule resources',
    'undecided: app.egress shows what there was at the last refresh',
    state([blocks, ...rules('a').slice(1)]),
  ],
  [
    'the blocks of a tainted group may not be in effect',
    'undecided: is tainted',
    tainted('aws-state-inline.json', 'aws_security_group.list', { tainted: true }),
    { address: 'aws_security_group.list' },
  ],
  [
    'tainted rules may not be in effect',
    'undecided: is tainted',
    tainted('aws-state-rules.json', `${rule}.a`, { tainted: true }),
    { address: 'aws_security_group.a' },
  ],
  [
    'deposed rules wait for their destruction',
    'undecided: is deposed',
    tainted('aws-state-rules.json', `${rule}.a`, { deposed_key: 'abc' }),
    { address: 'aws_security_group.a' },
  ],
  [
    'an egress block with an attribute that nobody knows',
    'undecided: app.egress[0].schedule',
    state([{ address: app, values: securityGroup([egress(five, { schedule: 'night' })]) }]),
  ],
  [
    'a block that is unknown as a whole may allow anything',
    'undecided: app.egress[0] is known only after apply',
    plan({
      resources: [{ address: app, values: securityGroup([null]), before: null, unknown: { egress: [true] } }],
    }),
  ],
]);

// What is no whole plan.
// Nothing to do shows no resource_changes either; a plan with modules has something to do.
const { resource_changes: _, planned_values: __, ...cut } = settled();
const child_modules = [{ address: 'module.m', resources: [] }];
const part = output('tofu-plan-rulesonly.json');
const isNoGroup = ({ address }: { address: string }) => !/^aws_security_group\.[ab]$/.test(address);
part.resource_changes = part.resource_changes.filter(isNoGroup);
part.planned_values.root_module.resources = part.planned_values.root_module.resources.filter(isNoGroup);
const deny = {
  address: 'aws_network_acl_rule.r',
  values: {
    ...aclEntry(1, 'deny', '0.0.0.0/0'),
    egress: true,
    rule_action: 'deny',
    rule_number: 1,
    network_acl_id: 'acl-01',
    id: 'nacl-1',
  },
};
const denied = plan({
  resources: [{ address: acl, values: networkAcl([aclEntry(100, 'allow', '0.0.0.0/0')]) }, deny],
});
(denied['planned_values'] as { root_module: { resources: unknown[] } }).root_module.resources.pop();
table({ address: app }, [
  [
    'a plan of modules without resource_changes',
    'fail: is a plan without resource_changes',
    { ...cut, planned_values: { root_module: { child_modules } } },
  ],
  [
    'a plan whose resource_changes say nothing of what it plans',
    'fail: in its planned_values and not in its resource_changes',
    { ...settled(), resource_changes: [] },
  ],
  [
    'a deny of which only resource_changes speak',
    'fail: in its resource_changes and not in its planned_values',
    denied,
    { address: acl },
  ],
  [
    'a plan of OpenTofu that leaves a resource out',
    'fail: is a part of a plan',
    part,
    { address: 'aws_security_group.a' },
  ],
]);

// Network ACLs, where a deny that is only possible counts.
const aclOf = (entries: readonly unknown[], over: object = {}) => ({
  address: acl,
  values: networkAcl(entries),
  ...over,
});
const allows = (over: object = {}) => five.map((cidr, index) => aclEntry(100 + index, 'allow', cidr, over));
const first = (action: string, over: object) => [aclEntry(1, action, '0.0.0.0/0', over), ...allows()];
const keptDeny = (input: string, source: object, references: readonly string[]) =>
  plan({
    resources: [
      aclOf([aclEntry(100, 'allow', '0.0.0.0/0')]),
      { address: 'aws_network_acl.b', values: networkAcl([], { id: 'acl-02' }) },
      { address: 'terraform_data.x', values: { input }, before: null, unknown: { id: true, output: true } },
      created(deny, 'network_acl_id'),
    ],
    configuration: {
      'terraform_data.x': { input: source },
      'aws_network_acl_rule.r': { network_acl_id: { references } },
    },
  });
const kept = ['terraform_data.x.output', 'terraform_data.x'];
const unknownAcl = 'undecided: aws_network_acl_rule.r.network_acl_id is known only after apply';
const aclAsOf = 'undecided: main.egress shows what there was at the last refresh';
table({ address: acl }, [
  [
    'an ACL that shows a deny beside its rule resources',
    aclAsOf,
    state([
      aclOf([aclEntry(1, 'deny', '0.0.0.0/0')]),
      { ...deny, values: { ...deny.values, rule_action: 'allow', rule_number: 2 } },
    ]),
  ],
  ['the protocol 006 is tcp', 'pass', state([aclOf(allows({ protocol: '006' }))])],
  [
    'a deny of the protocol 0006 counts',
    'fail: leaves out',
    state([aclOf(first('deny', { protocol: '0006' }))]),
  ],
  [
    'a deny with an attribute that nobody knows is possible',
    'undecided: main.egress[0].only_if',
    state([aclOf(first('deny', { only_if: 'x' }))]),
  ],
  [
    'an allow with an attribute that nobody knows is possible',
    'undecided: main.egress[0].only_if',
    state([aclOf(allows({ only_if: 'x' }))]),
  ],
  [
    'an entry whose action is unknown may deny',
    'undecided: main.egress[0].action is known only after apply',
    plan({
      resources: [
        aclOf(first('x', { action: undefined }), { before: null, unknown: { egress: [{ action: true }] } }),
      ],
    }),
  ],
  [
    'a deny whose egress is no truth value',
    'fail: r.egress is a string where true or false',
    plan({ resources: [aclOf(allows()), { ...deny, values: { ...deny.values, egress: 'true' } }] }),
  ],
  ['a deny of the ACL itself by a kept id', unknownAcl, keptDeny('acl-01', referring(acl), kept)],
  [
    'a deny by a part of what is kept',
    unknownAcl,
    keptDeny('acl-02,acl-01', referring('aws_network_acl.b'), kept),
  ],
  [
    'a deny by one of two kept ids',
    unknownAcl,
    keptDeny('acl-02', referring('aws_network_acl.b'), [
      ...kept,
      'terraform_data.xy.output',
      'terraform_data.xy',
    ]),
  ],
]);

const asg = {
  id: 'a1',
  name: 's3',
  rules: five.map((destination) => ({ protocol: 'tcp', destination, ports: '443' })),
};
const bound = { address: 'cloudfoundry_security_group.s3', values: asg };
const twin = { address: 'cloudfoundry_asg.old', values: asg };
table({ address: bound.address }, [
  [
    'a Cloud Foundry group that another resource forgets',
    'pass',
    forgetting(plan({ resources: [bound], destroyed: [twin] })),
  ],
  [
    'a Cloud Foundry group that another resource destroys',
    'undecided: cloudfoundry_asg.old is the same object',
    plan({ resources: [bound], destroyed: [twin] }),
  ],
  [
    'a Cloud Foundry group that two resources write',
    'undecided: is the same object as another resource',
    plan({ resources: [bound, twin] }),
  ],
]);
