// The guard on AWS security groups in Terraform: blocks within the group, and rules as resources of their own.
import test from 'ava';
import { five, goesBeyond, leavesOpen, leavesOut, passes, refuses, two } from '../helpers/guard.ts';
import {
  egress,
  egressRule,
  expressions,
  groupRule,
  plan,
  securityGroup,
  state,
} from '../helpers/terraform.ts';

const app = 'aws_security_group.app';
const inline = (cidrs: readonly string[], overrides: object = {}) => [
  { address: app, values: securityGroup([egress(cidrs, overrides)]) },
];

test('egress blocks of an aws_security_group', async (t) => {
  await passes(t, plan({ resources: inline(five) }));
  await passes(t, state(inline(five)));
  await passes(t, state([{ address: app, values: securityGroup([egress(two), egress(five.slice(2))]) }]));
  await leavesOut(t, five.slice(2), plan({ resources: inline(two) }));
  await leavesOut(t, five, plan({ resources: [{ address: app, values: securityGroup([]) }] }));
  await goesBeyond(t, ['10.0.0.0/8'], plan({ resources: inline([...five, '10.0.0.0/8']) }));
  const ingress = { address: app, values: securityGroup([], { ingress: [egress(five)] }) };
  await leavesOut(t, five, plan({ resources: [ingress] }));
});

test('protocols by name and number, and ports', async (t) => {
  const all = { from_port: 0, to_port: 0 };
  await passes(t, state(inline(['0.0.0.0/0'], { protocol: '-1', ...all })));
  await passes(t, state(inline(five, { protocol: '6' })));
  await passes(t, state(inline(five, { protocol: '17' })), { protocol: 'udp' });
  await passes(t, state(inline(five, { from_port: 0, to_port: 65535 })));
  await leavesOut(t, five, state(inline(five, { protocol: '17' })));
  await leavesOut(t, five, state(inline(five, all)));
  await leavesOut(t, five, state(inline(five, { protocol: 'icmp', from_port: -1, to_port: -1 })));
  await leavesOut(t, five, state(inline(five, { from_port: 444, to_port: 65535 })));
});

test('by address, id and name', async (t) => {
  const resources = [
    ...inline(five),
    { address: 'aws_security_group.db', values: securityGroup([], { id: 'sg-2', name: 'db' }) },
  ];
  for (const address of [app, 'sg-0a1b2c3d', 'apps']) await passes(t, plan({ resources }), { address });
  await refuses(
    t,
    /does not say which one to judge: aws_security_group\.app, aws_security_group\.db$/,
    plan({ resources }),
  );
  await refuses(
    t,
    /^params\.address is "aws_security_group\.apps", which names nothing in rules; did you mean aws_security_group\.app /,
    plan({ resources }),
    {
      address: 'aws_security_group.apps',
    },
  );
});

test('what is malformed in a security group of Terraform is an error that names the place', async (t) => {
  await refuses(
    t,
    /^rules: aws_security_group\.app\.egress\[0\]\.protocol is a string where tcp/,
    state(inline(five, { protocol: 'tpc' })),
  );
  await refuses(
    t,
    /app\.egress\[0\]\.from_port is null where a whole number/,
    state(inline(five, { from_port: null })),
  );
  await refuses(
    t,
    /app\.egress\[0\]\.cidr_blocks\[5\] is a string, which is no CIDR/,
    state(inline([...five, 'x'])),
  );
  await refuses(
    t,
    /app\.egress\[0\]\.cidr_blocks\[0\] is null where a string/,
    state(inline([], { cidr_blocks: [null] })),
  );
  await refuses(
    t,
    /app\.egress\[0\]\.ipv6_cidr_blocks is missing/,
    state(inline(five, { ipv6_cidr_blocks: undefined })),
  );
  await refuses(
    t,
    /app\.egress is missing where a list belongs/,
    state([{ address: app, values: { id: 'sg-1' } }]),
  );
});

test('unknown values in egress blocks leave open what they may decide, and nothing else', async (t) => {
  const of = (blocks: readonly object[], unknown: Readonly<Record<string, unknown>>) =>
    plan({ resources: [{ address: app, values: securityGroup(blocks), before: null, unknown }] });
  const without = egress(five, { cidr_blocks: undefined });
  const whole = { egress: [{ cidr_blocks: true }] };
  const because = /^rules: aws_security_group\.app\.egress\[0\]\.cidr_blocks is known only after apply: /;
  await leavesOpen(t, five, because, of([without], whole));
  // An unknown extra allow never costs a pass.
  await passes(t, of([without, egress(five)], whole));
  await leavesOpen(t, [], because, of([without, egress(five)], whole), { mode: 'exact' });
  const onAnotherPort = { ...without, from_port: 5432, to_port: 5432 };
  await passes(t, of([onAnotherPort, egress(five)], whole), { mode: 'exact' });
  await leavesOut(t, five, of([onAnotherPort], whole));
  const item = egress([], { cidr_blocks: [...two, null] });
  const inList = { egress: [{ cidr_blocks: [false, false, true] }] };
  await leavesOpen(t, five.slice(2), /cidr_blocks\[2\] is known only after apply/, of([item], inList));
  const openPort = egress(five, { from_port: undefined });
  await leavesOpen(
    t,
    five,
    /from_port is known only after apply/,
    of([openPort], { egress: [{ from_port: true }] }),
  );
  await leavesOpen(
    t,
    five,
    /app\.egress is known only after apply: /,
    plan({
      resources: [
        {
          address: app,
          values: securityGroup([], { egress: undefined }),
          before: null,
          unknown: { egress: true },
        },
      ],
    }),
  );
});

test('other groups and the group itself are no addresses, so that they may allow anything', async (t) => {
  for (const [overrides, unknown] of [
    [{ security_groups: ['sg-2'] }, {}],
    [{ security_groups: [null] }, { security_groups: [true] }],
    [{ security_groups: undefined }, { security_groups: true }],
    [{ self: true }, {}],
  ] as const) {
    const resource = {
      address: app,
      values: securityGroup([egress([], overrides), egress(five)]),
      before: null,
      unknown: { egress: [unknown, {}] },
    };
    await passes(t, plan({ resources: [resource] }));
    const because =
      /egress\[0\]\.(?:self|security_groups(?:\[0\])?) (?:names (?:the|another security) group|is known only after)/;
    await leavesOpen(t, [], because, plan({ resources: [resource] }), { mode: 'exact' });
  }
});

const rules = (cidrs: readonly string[], overrides: object = {}) =>
  cidrs.map((cidr) => ({
    address: `aws_security_group_rule.s3["${cidr}"]`,
    values: groupRule([cidr], overrides),
  }));
const egressRules = (cidrs: readonly string[], overrides: object = {}) =>
  cidrs.map((cidr) => ({
    address: `aws_vpc_security_group_egress_rule.s3["${cidr}"]`,
    values: egressRule(cidr, overrides),
  }));

test('rules as resources of their own belong to the group that they name', async (t) => {
  for (const make of [rules, egressRules]) {
    await passes(t, plan({ resources: make(five) }));
    await passes(t, state(make(five)), { address: 'sg-0a1b2c3d' });
    await leavesOut(t, five.slice(2), plan({ resources: make(two) }));
    await goesBeyond(t, ['10.0.0.0/8'], plan({ resources: make([...five, '10.0.0.0/8']) }));
    const [first] = make(five).map(({ address }) => address);
    await passes(t, plan({ resources: make(five) }), { address: first });
    const elsewhere = make(five.slice(2), { security_group_id: 'sg-2' });
    await leavesOut(t, five.slice(2), plan({ resources: [...make(two), ...elsewhere] }), {
      address: 'sg-0a1b2c3d',
    });
    await refuses(
      t,
      /does not say which one to judge: .*sg-0a1b2c3d.*, .*sg-2/,
      plan({ resources: [...make(two), ...elsewhere] }),
    );
  }
  await passes(t, plan({ resources: [...rules(two), ...egressRules(five.slice(2))] }));
});

test('ingress rules are none of the guard’s business', async (t) => {
  await leavesOut(t, five.slice(2), state([...rules(two), ...rules(five.slice(2), { type: 'ingress' })]));
  await refuses(
    t,
    /^rules holds nothing that the guard could judge/,
    state(rules(five, { type: 'ingress' })),
  );
  // An ingress rule beside the group leaves its egress blocks in force.
  await passes(t, state([...inline(five), ...rules(five, { type: 'ingress' })]));
});

test('rule resources: what is malformed or unknown is an error that names the place', async (t) => {
  const one = (values: object, unknown: Readonly<Record<string, unknown>> = {}) =>
    plan({
      resources: [
        { address: 'aws_security_group_rule.s3', values: { ...groupRule(five), ...values }, unknown },
      ],
    });
  await refuses(
    t,
    /^rules: aws_security_group_rule\.s3\.type is a string where "egress" or "ingress" belongs/,
    one({ type: 'out' }),
  );
  await leavesOpen(
    t,
    five,
    /aws_security_group_rule\.s3\.type is known only after apply/,
    one({ type: undefined }, { type: true }),
  );
  await leavesOpen(
    t,
    five,
    /s3\.cidr_blocks is known only after apply/,
    one({ cidr_blocks: undefined }, { cidr_blocks: true }),
  );
  await leavesOpen(
    t,
    [],
    /s3\.prefix_list_ids is known only after apply, and the configuration does not decide which prefix lists it names/,
    one({ prefix_list_ids: [null] }, { prefix_list_ids: [true] }),
    { mode: 'exact' },
  );
  await refuses(t, /s3\.protocol is 6 where a string belongs/, one({ protocol: 6 }));
  const two_ = (values: object, unknown: Readonly<Record<string, unknown>> = {}) =>
    plan({
      resources: [
        {
          address: 'aws_vpc_security_group_egress_rule.s3',
          values: { ...egressRule('10.0.0.0/8'), ...values },
          unknown,
        },
      ],
    });
  await refuses(t, /s3\.cidr_ipv4 is a string, which is no CIDR/, two_({ cidr_ipv4: 'x' }));
  await leavesOpen(
    t,
    five,
    /s3\.cidr_ipv4 is known only after apply/,
    two_({ cidr_ipv4: undefined }, { cidr_ipv4: true }),
  );
  await refuses(t, /s3\.cidr_ipv6 is missing/, two_({ cidr_ipv6: undefined }));
  await refuses(t, /s3\.ip_protocol is null where tcp/, two_({ ip_protocol: null }));
});

/** A new group and its rules: no id is known. */
function newGroup({ withGroup = true, module = '' } = {}) {
  const { id: _, egress: __, ...values } = securityGroup([]);
  return [
    ...(withGroup
      ? [{ address: `${module}${app}`, values, before: null, unknown: { id: true, egress: true, arn: true } }]
      : []),
    ...five.map((cidr) => {
      const { security_group_id: ___, id: ____, ...known } = egressRule(cidr);
      return {
        address: `${module}aws_vpc_security_group_egress_rule.s3["${cidr}"]`,
        values: known,
        before: null,
        unknown: { security_group_id: true, id: true, security_group_rule_id: true },
      };
    }),
  ];
}
const linked = (references: readonly string[]) => ({
  [app]: { name: { constant_value: 'apps' } },
  'aws_vpc_security_group_egress_rule.s3': {
    cidr_ipv4: { references: ['each.value'] },
    security_group_id: { references },
  },
});
const byId = [`${app}.id`, app];

test('a new group and its rules belong together by reference', async (t) => {
  await passes(t, plan({ resources: newGroup(), configuration: linked(byId) }));
  await passes(t, plan({ resources: newGroup(), configuration: linked(byId) }), { address: app });
  const four = newGroup().slice(0, -1);
  await leavesOut(t, ['136.18.0.0/23'], plan({ resources: four, configuration: linked(byId) }));
});

test('a new group and its rules belong together within their module', async (t) => {
  const moduleCalls = { net: { source: './net', module: { resources: expressions(linked(byId)) } } };
  const resources = newGroup({ module: 'module.net["a"].' });
  await passes(t, plan({ resources, configuration: {}, moduleCalls }));
  // The reference is to a group of the same module, and the group of the same name in another one is not meant.
  const elsewhere = [...newGroup().slice(0, 1), ...resources.slice(1)];
  await leavesOpen(
    t,
    five,
    /security_group_id is known only after apply, so this plan does not show whether that rule belongs to aws_security_group\.app: /,
    plan({ resources: elsewhere, configuration: {}, moduleCalls }),
    { address: app },
  );
});

test('rules of a group that nothing names are judged by their block', async (t) => {
  const references = ['local.group_id'];
  const resources = newGroup({ withGroup: false });
  const address = 'aws_vpc_security_group_egress_rule.s3';
  await passes(t, plan({ resources, configuration: linked(references) }), { address });
  await passes(t, plan({ resources, configuration: linked(references) }));
});

test('what belongs together is not guessed', async (t) => {
  const references = ['each.value.group', 'each.value', 'local.groups'];
  const rules = plan({ resources: newGroup(), configuration: linked(references) });
  await refuses(t, /^rules holds 6 sets of rules/, rules);
  const [own = '', ...others] = five;
  await leavesOut(t, others, rules, { address: `aws_vpc_security_group_egress_rule.s3["${own}"]` });
  // Without the configuration nothing says.
  await refuses(t, /^rules holds 6 sets of rules/, plan({ resources: newGroup() }));
});

test('a rule that names a new prefix list is evaluated by reference', async (t) => {
  const list = 'aws_ec2_managed_prefix_list.s3';
  const entries = five.map((cidr) => ({ cidr, description: '' }));
  const resources = [
    {
      address: list,
      values: { name: 's3', entry: entries },
      before: null,
      unknown: { id: true, arn: true },
    },
    {
      address: 'aws_vpc_security_group_egress_rule.s3',
      values: { ...egressRule('10.0.0.0/8'), cidr_ipv4: null, prefix_list_id: undefined },
      before: null,
      unknown: { prefix_list_id: true, id: true },
    },
  ];
  const configuration = {
    'aws_vpc_security_group_egress_rule.s3': { prefix_list_id: { references: [`${list}.id`, list] } },
  };
  await passes(t, plan({ resources, configuration }), { address: 'sg-0a1b2c3d' });
  await leavesOpen(t, five, /s3\.prefix_list_id is known only after apply/, plan({ resources }), {
    address: 'sg-0a1b2c3d',
  });
});
