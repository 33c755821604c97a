// Plans that passed once and must not: each by itself, built small, named by what the plan hides. A rule that passes without it stands first.
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

const app = 'aws_security_group.app';
const id = 'sg-0a1b2c3d';
const mirrored = { [app]: { name: { constant_value: 'apps' } } };
const owner = { address: app, values: securityGroup([]) };
const rules = (name: string, over: object = {}) =>
  five.map((cidr) => ({
    address: `aws_vpc_security_group_egress_rule.${name}["${cidr}"]`,
    values: egressRule(cidr, { id: `sgr-${name}-${cidr}`, ...over }),
  }));

type Entry = { address: string; change: Record<string, unknown> };

/** A plan whose change of an address is altered. */
function altered(
  content: Record<string, unknown>,
  start: string,
  change: Record<string, unknown>,
  entry: object = {},
) {
  for (const item of content['resource_changes'] as Entry[]) {
    if (!item.address.startsWith(start)) continue;
    Object.assign(item.change, change);
    Object.assign(item, entry);
  }
  return content;
}

function expect(title: string, isPass: boolean, content: unknown, params: object = { address: app }): void {
  test(title, async (t) => {
    const { passed, text } = await judge(t, content, params);
    t.is(passed, isPass, text);
    if (!isPass) t.true(text.length > 40);
  });
}

const settled = () => plan({ resources: [owner, ...rules('a')], configuration: mirrored });
expect('rules of a group that stay as they are', true, settled());

expect(
  'rules of which the plan does what nobody knows',
  false,
  altered(settled(), 'aws_vpc_security_group_egress_rule.a', { actions: ['dissolve'] }),
);

const destroyed = (over: object = {}) =>
  plan({ resources: [owner, ...rules('a')], destroyed: rules('old', over), configuration: mirrored });
expect('rules that another resource takes away', false, destroyed());
expect(
  'rules that another resource takes from another group',
  true,
  destroyed({ security_group_id: 'sg-9' }),
);
expect(
  'rules that are imported while the old address destroys them',
  false,
  altered(
    plan({
      resources: [owner, ...rules('a')],
      destroyed: rules('old', {}).map((item, index) => ({
        ...item,
        values: { ...item.values, id: `sgr-a-${five[index]}` },
      })),
    }),
    'aws_vpc_security_group_egress_rule.a',
    { importing: { id: 'sgr' } },
  ),
);
expect(
  'rules of which a former object waits for its destruction',
  false,
  plan({
    resources: [owner, ...rules('a')],
    destroyed: rules('a').map((item) => ({ ...item, deposed: 'ab12' })),
    configuration: mirrored,
  }),
);
expect(
  'rules that are replaced, and created first',
  false,
  altered(settled(), 'aws_vpc_security_group_egress_rule', { actions: ['create', 'delete'] }),
);
expect(
  'rules that are replaced, and destroyed first',
  true,
  altered(settled(), 'aws_vpc_security_group_egress_rule', { actions: ['delete', 'create'] }),
);
expect(
  'blocks that the configuration sets, while rule resources of the same are destroyed',
  false,
  plan({
    resources: [{ address: app, values: securityGroup([egress(five)]) }],
    destroyed: rules('old'),
    configuration: { [app]: { egress: { constant_value: [{}] } } },
  }),
);

expect(
  'a group that is imported while the old address destroys it',
  false,
  plan({
    resources: [{ address: app, values: securityGroup([egress(five)]) }],
    destroyed: [{ address: 'aws_security_group.old', values: securityGroup([egress(five)]) }],
  }),
);
expect(
  'rules of a group that the plan destroys',
  false,
  plan({ resources: rules('a'), destroyed: [owner] }),
  { address: id },
);
expect(
  'rules that keep the id of a group that is replaced',
  false,
  altered(plan({ resources: [owner, ...rules('a')], configuration: mirrored }), app, {
    actions: ['create', 'delete'],
    after_unknown: { id: true },
  }),
  { address: 'aws_vpc_security_group_egress_rule.a' },
);
expect(
  'the name of a group that is gone is no name of a list',
  false,
  plan({
    resources: [{ address: 'aws_ec2_managed_prefix_list.l', values: prefixList(five) }],
    destroyed: [{ address: app, values: securityGroup([], { name: 's3' }) }],
  }),
  { address: 's3' },
);
expect(
  'an exclusive resource of a group that the file does not manage',
  false,
  plan({
    resources: [
      ...rules('a'),
      {
        address: 'aws_vpc_security_group_rules_exclusive.e',
        values: { security_group_id: id, egress_rule_ids: [], ingress_rule_ids: [] },
      },
    ],
  }),
  { address: id },
);
expect(
  'two resources that are one group',
  false,
  plan({
    resources: [owner, { ...owner, address: 'aws_security_group.twin' }, ...rules('a')],
    configuration: mirrored,
  }),
);
expect(
  'rules of a group that the file does not show, while the default group is taken over and emptied',
  false,
  plan({
    resources: [
      ...rules('a'),
      {
        address: 'aws_default_security_group.d',
        values: {},
        before: null,
        unknown: { id: true, egress: true },
      },
    ],
  }),
  { address: id },
);

const adopted = (now: readonly object[], then: readonly object[]) =>
  altered(
    plan({ resources: [owner, ...now] as never, destroyed: then as never, configuration: mirrored }),
    '',
    {
      importing: {},
    },
  );
const left = rules('a').map((item) => ({ ...item, address: item.address.replace('.a[', '.old[') }));
const forgotten = (content: Record<string, unknown>) =>
  altered(content, 'aws_vpc_security_group_egress_rule.old', { actions: ['forget'] });
expect('rules that one address forgets and another one imports', true, forgotten(adopted(rules('a'), left)));
expect(
  'rules that one address forgets and another one imports and changes',
  false,
  forgotten(
    adopted(
      rules('a').map((item) => ({
        ...item,
        before: item.values,
        values: { ...item.values, cidr_ipv4: '10.0.0.0/8' },
      })),
      left,
    ),
  ),
);
expect(
  'a group that one address forgets and another one imports',
  true,
  altered(
    plan({
      resources: [{ address: app, values: securityGroup([egress(five)]) }],
      destroyed: [{ address: 'aws_security_group.old', values: securityGroup([egress(five)]) }],
    }),
    'aws_security_group.old',
    { actions: ['forget'] },
  ),
);

const { id: _, ...known } = egressRule('10.0.0.0/8');
const chosen = (references: readonly string[]) =>
  plan({
    resources: [
      { address: app, values: { name: 'apps' }, before: null, unknown: { id: true, egress: true } },
      ...five.map((cidr) => ({
        address: `aws_vpc_security_group_egress_rule.s3["${cidr}"]`,
        values: { ...known, cidr_ipv4: cidr, security_group_id: undefined },
        before: null,
        unknown: { id: true, security_group_id: true },
      })),
    ],
    configuration: {
      ...mirrored,
      'aws_vpc_security_group_egress_rule.s3': { security_group_id: { references } },
    },
  });
expect('a new group that its rules name', true, chosen([`${app}.id`, app]));
for (const other of [
  'terraform.workspace',
  'local.x',
  'each.value',
  'count.index',
  'var.x',
  'path.module',
  'module.m.id',
  'data.aws_vpc.v.id',
  'aws_vpc.v.id',
]) {
  expect(`a new group that its rules name beside ${other}`, false, chosen([other, `${app}.id`, app]));
}
expect('a new group that its rules pick from a block', false, chosen([app, 'each.key']));
expect('a new group of which its rules name another attribute', false, chosen([`${app}.arn`, app]));

const block = { ...egress([]), prefix_list_ids: undefined };
const list = 'aws_ec2_managed_prefix_list.l';
const described = (references: readonly string[], description: boolean) =>
  plan({
    resources: [
      {
        address: app,
        values: { name: 'apps', egress: [block] },
        before: null,
        unknown: { id: true, egress: [{ prefix_list_ids: true, description }] },
      },
      { address: list, values: { ...prefixList(five), id: undefined }, before: null, unknown: { id: true } },
    ],
    configuration: { [app]: { egress: { references } } },
  });
expect('a block that names a new list', true, described([`${list}.id`, list], false));
expect('a block whose description may be what names the list', false, described([`${list}.id`, list], true));
expect(
  'a block that names a list beside a workspace',
  false,
  described(['terraform.workspace', `${list}.id`, list], false),
);

const besideDynamic = described([`${list}.id`, list], false);
altered(besideDynamic, app, {
  after: { name: 'apps', egress: [egress(['10.0.0.0/8'], { from_port: 8443, to_port: 8443 }), block] },
  after_unknown: { id: true, egress: [{}, { prefix_list_ids: true }] },
});
expect(
  'a block with an unknown list beside one whose expression may be what names the list',
  false,
  besideDynamic,
);

const data = {
  address: 'data.aws_ec2_managed_prefix_list.d',
  mode: 'data' as const,
  values: { id: 'pl-01', entries: five.map((cidr) => ({ cidr, description: '' })) },
};
const entry = {
  address: 'aws_ec2_managed_prefix_list_entry.e',
  values: { cidr: five[0], description: '', id: `pl-01,${five[0]}`, prefix_list_id: 'pl-01' },
};
const named = { address: app, values: securityGroup([egress([], { prefix_list_ids: ['pl-01'] })]) };
expect('a list that a data source shows', true, plan({ resources: [named], dataSources: [data] }));
expect(
  'a list that a data source shows, while the plan takes an entry from it',
  false,
  plan({ resources: [named], dataSources: [data], destroyed: [entry] }),
);
expect(
  'a list that the apply reads again',
  false,
  plan({
    resources: [named, { ...data, values: { id: 'pl-01' }, before: null, unknown: { entries: true } }],
    dataSources: [data],
  }),
);
expect(
  'a data source of a list that loses an entry',
  false,
  plan({ resources: [named], dataSources: [data], destroyed: [entry] }),
  { address: data.address },
);

const acl = 'aws_network_acl.main';
const allows = five.map((cidr, index) => aclEntry(100 + index, 'allow', cidr));
const aclRule = (rule_number: number, rule_action: string) => ({
  address: `aws_network_acl_rule.r[${rule_number}]`,
  values: {
    cidr_block: '0.0.0.0/0',
    ipv6_cidr_block: null,
    egress: true,
    from_port: 443,
    to_port: 443,
    protocol: 'tcp',
    id: `nacl-${rule_number}`,
    network_acl_id: 'acl-01',
    rule_action,
    rule_number,
  },
  before: null,
});
expect(
  'a created entry does not explain a deny that was there',
  false,
  plan({
    resources: [
      { address: acl, values: networkAcl([aclEntry(1, 'deny', '0.0.0.0/0'), ...allows]) },
      aclRule(1, 'allow'),
    ],
    configuration: { [acl]: { vpc_id: {} } },
  }),
  { address: acl },
);
expect(
  'dynamic blocks that are unknown in an update are configured',
  false,
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
);
expect('a plan whose resource_changes say nothing of what it plans', false, {
  ...settled(),
  resource_changes: [],
});
const denied = plan({
  resources: [
    { address: acl, values: networkAcl([aclEntry(100, 'allow', '0.0.0.0/0')]) },
    aclRule(1, 'deny'),
  ],
  configuration: { [acl]: { vpc_id: {} } },
});
const { resources: plannedToo } = (denied['planned_values'] as { root_module: { resources: object[] } })
  .root_module;
expect(
  'a deny of which only resource_changes speak',
  false,
  { ...denied, planned_values: { root_module: { resources: plannedToo.slice(0, 1) } } },
  { address: acl },
);
const odd = aclRule(1, 'deny');
expect(
  'a deny whose egress is no truth value',
  false,
  plan({
    resources: [
      { address: acl, values: networkAcl([aclEntry(100, 'allow', '0.0.0.0/0')]) },
      { ...odd, values: { ...odd.values, egress: 'true' } },
    ],
    configuration: { [acl]: { vpc_id: {} } },
  }),
  { address: acl },
);
expect('a plan that failed', false, { ...settled(), errored: true });
expect('a plan that leaves changes to a later one', false, { ...settled(), deferred_changes: [{}] });
const { resource_changes: __, ...cut } = settled();
expect('a plan without resource_changes', false, cut);
const copied = { address: app, values: securityGroup([egress(five)]) };
expect('a state whose group has no rule resources', true, state([copied]));
expect(
  'a state whose group shows more than its rule resources',
  false,
  state([copied, ...rules('a').slice(1)]),
);

const incoming = { ...securityGroup([]), ingress: [egress(five)] };
expect('ingress blocks', true, plan({ resources: [{ address: app, values: incoming }] }), {
  address: app,
  direction: 'ingress',
});
expect(
  'ingress blocks say nothing of egress',
  false,
  plan({ resources: [{ address: app, values: incoming }] }),
);
const incomingRules = five.map((cidr) => ({
  address: `aws_vpc_security_group_ingress_rule.in["${cidr}"]`,
  values: egressRule(cidr),
}));
expect(
  'ingress rule resources',
  true,
  plan({ resources: [owner, ...incomingRules], configuration: mirrored }),
  { address: app, direction: 'ingress' },
);
expect(
  'ingress rule resources that another resource takes away',
  false,
  plan({
    resources: [owner, ...incomingRules],
    destroyed: incomingRules.map((item) => ({ ...item, address: item.address.replace('.in[', '.old[') })),
    configuration: mirrored,
  }),
  { address: app, direction: 'ingress' },
);

const keptDeny = (input: string, source: readonly string[], references: readonly string[]) => {
  const { network_acl_id: _, ...values } = aclRule(1, 'deny').values;
  return plan({
    resources: [
      { address: acl, values: networkAcl([aclEntry(100, 'allow', '0.0.0.0/0')]) },
      { address: 'aws_network_acl.b', values: networkAcl([], { id: 'acl-02' }) },
      { address: 'terraform_data.x', values: { input }, before: null, unknown: { id: true, output: true } },
      {
        address: 'aws_network_acl_rule.deny',
        values,
        before: null,
        unknown: { id: true, network_acl_id: true },
      },
    ],
    configuration: {
      'terraform_data.x': { input: { references: source } },
      'aws_network_acl_rule.deny': { network_acl_id: { references } },
    },
  });
};
const other = ['aws_network_acl.b.id', 'aws_network_acl.b'];
const output = ['terraform_data.x.output', 'terraform_data.x'];
const about = { address: acl };
expect('a deny of the ACL whose id a terraform_data keeps', true, keptDeny('acl-02', other, output), about);
expect('a deny of the ACL itself by a kept id', false, keptDeny('acl-01', [`${acl}.id`, acl], output), about);
expect('a deny by a part of what is kept', false, keptDeny('acl-02,acl-01', other, output), about);
expect(
  'a deny by one of two kept ids',
  false,
  keptDeny('acl-02', other, [...output, 'terraform_data.xy.output', 'terraform_data.xy']),
  about,
);

const rulesOut = five.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));
const asg = { id: 'a1', name: 's3', rules: rulesOut };
const moved = (actions: readonly string[]) =>
  altered(
    plan({
      resources: [{ address: 'cloudfoundry_security_group.s3', values: asg }],
      destroyed: [{ address: 'cloudfoundry_asg.old', values: asg }],
    }),
    'cloudfoundry_asg',
    { actions },
  );
const bound = { address: 'cloudfoundry_security_group.s3' };
expect('a Cloud Foundry group that another resource forgets', true, moved(['forget']), bound);
expect('a Cloud Foundry group that another resource destroys', false, moved(['delete']), bound);
expect(
  'a Cloud Foundry group that two resources write',
  false,
  plan({
    resources: [
      { address: 'cloudfoundry_security_group.s3', values: asg },
      { address: 'cloudfoundry_asg.twin', values: asg },
    ],
  }),
  bound,
);

const readList = 'data.aws_ec2_managed_prefix_list.s3';
const naming = { id: 'sgr-list', cidr_ipv4: null, prefix_list_id: 'pl-01' };
const entries = five.map((cidr) => ({ cidr, description: '' }));
const readBefore = () =>
  plan({
    resources: [
      owner,
      { address: 'aws_vpc_security_group_egress_rule.list', values: egressRule('10.0.0.0/8', naming) },
    ],
    dataSources: [{ address: readList, mode: 'data', values: { id: 'pl-01', entries } }],
    configuration: mirrored,
  });
const readAgain = () => {
  const content = readBefore();
  const type = 'aws_ec2_managed_prefix_list';
  const after_unknown = { id: true, entries: true };
  const change = { actions: ['read'], before: null, after: { name: 's3' }, after_unknown };
  (content['resource_changes'] as object[]).push({
    address: readList,
    mode: 'data',
    type,
    name: 's3',
    change,
  });
  return content;
};
expect('a list that was read while planning', true, readBefore());
expect('a list that is read once more at the apply', false, readAgain());

test('rules that name a long list are too many before they are made', async (t) => {
  const cidrs = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}/32`);
  const list = { address: 'aws_ec2_managed_prefix_list.s3', values: prefixList(cidrs) };
  // All of them together fill the memory.
  const many = Array.from({ length: 20_000 }, (_, index) => ({
    address: `aws_vpc_security_group_egress_rule.list[${index}]`,
    values: egressRule('10.0.0.0/8', { ...naming, id: `sgr-${index}`, from_port: index, to_port: index }),
  }));
  const { passed, text } = await judge(t, state([list, ...many]), { address: id });
  t.false(passed);
  t.regex(text, /has more than 100000 rules, destinations or ports in what is judged/);
});
