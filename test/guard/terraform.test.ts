// The guard on `terraform show -json`: Cloud Foundry's providers, prefix lists, and what plans and states have in common.
import test from 'ava';
import {
  five,
  goesBeyond,
  judge,
  leavesOpen,
  leavesOut,
  passes,
  refuses,
  six,
  two,
} from '../helpers/guard.ts';
import { egress, plan, prefixList, securityGroup, state, type TestResource } from '../helpers/terraform.ts';

const rule = (destination: string, overrides: object = {}) => ({
  code: null,
  description: null,
  destination,
  log: false,
  ports: '443',
  protocol: 'tcp',
  type: null,
  ...overrides,
});

/** The attributes of a cloudfoundry_security_group of the newer provider. */
const group = (cidrs: readonly string[], overrides: object = {}) => ({
  created_at: '2024-08-01T00:00:00Z',
  globally_enabled_running: false,
  globally_enabled_staging: false,
  id: '283f59d2-d660-45fb-9d96-b3e1aa92cfc7',
  name: 's3',
  rules: cidrs.map((cidr) => rule(cidr)),
  running_spaces: null,
  staging_spaces: null,
  updated_at: '2024-08-01T00:00:00Z',
  ...overrides,
});

/** The attributes of a cloudfoundry_asg. */
const asg = (cidrs: readonly string[]) => ({
  id: '9d3c',
  name: 's3',
  rule: [
    ...cidrs.map((cidr) => rule(cidr, { code: 0, description: '', type: 0 })),
    rule('0.0.0.0/0', { protocol: 'icmp', ports: '', code: 0, type: 8 }),
  ],
});

const s3 = 'cloudfoundry_security_group.s3';

test('a plan and a state with a cloudfoundry_security_group', async (t) => {
  for (const show of [(resources: TestResource[]) => plan({ resources }), state]) {
    await passes(t, show([{ address: s3, values: group(five) }]));
    await leavesOut(t, five.slice(2), show([{ address: s3, values: group(two) }]));
    await goesBeyond(t, ['10.0.0.0/8'], show([{ address: s3, values: group([...five, '10.0.0.0/8']) }]));
  }
  await leavesOut(t, five, state([{ address: s3, values: group([], { rules: null }) }]));
});

test('a plan and a state with a cloudfoundry_asg', async (t) => {
  const address = 'cloudfoundry_asg.s3';
  await passes(t, plan({ resources: [{ address, values: asg(five) }] }));
  await passes(t, state([{ address, values: asg(five) }]));
  await leavesOut(t, five.slice(2), state([{ address, values: asg(two) }]));
  await goesBeyond(t, ['10.0.0.0/8'], state([{ address, values: asg([...five, '10.0.0.0/8']) }]));
});

test('a plan counts as the resources will be, not as they are', async (t) => {
  const change = (before: readonly string[], after: readonly string[]) =>
    plan({ resources: [{ address: s3, values: group(after), before: group(before) }] });
  await leavesOut(t, five.slice(2), change(five, two));
  await passes(t, change(two, five));
  const destroyed = plan({ resources: [], destroyed: [{ address: s3, values: group(five) }] });
  const gone =
    /^rules: cloudfoundry_security_group\.s3: this plan destroys it, so nothing of it is left to judge$/;
  await refuses(t, gone, destroyed);
  await refuses(t, gone, destroyed, { address: s3 });
});

test('an object that waits for its destruction does not count', async (t) => {
  const current = { address: s3, values: group(two) };
  const deposed = { address: s3, values: group(five), deposed: '4ab5c6d7' };
  await leavesOut(t, five.slice(2), state([current, deposed]));
  const { rules: _, ...open } = group(five);
  const changing = { address: s3, values: open, before: group(five), unknown: { rules: true } };
  const because = /s3\.rules is known only after apply/;
  await leavesOpen(t, five, because, plan({ resources: [changing], destroyed: [deposed] }));
});

test('child modules are read, however deep', async (t) => {
  const deep = 'module.net["a.b"].module.rules[0].cloudfoundry_security_group.s3[0]';
  const resources = [
    { address: s3, values: group(two) },
    { address: deep, values: group(five, { name: 'deep', id: 'd' }) },
  ];
  for (const rules of [plan({ resources }), state(resources)]) {
    await passes(t, rules, { address: deep });
    await passes(t, rules, { address: deep.slice(0, -3) });
    await passes(t, rules, { address: 'deep' });
    await leavesOut(t, five.slice(2), rules, { address: s3 });
    await refuses(
      t,
      `rules holds 2 sets of rules, and params.address does not say which one to judge: ${s3}, ${deep}`,
      rules,
    );
  }
});

test('instances of one block are told apart by their index', async (t) => {
  const resources = [
    { address: `${s3}["dev"]`, values: group(two, { name: 'dev', id: 'd' }) },
    { address: `${s3}["prod"]`, values: group(five, { name: 'prod' }) },
  ];
  await passes(t, plan({ resources }), { address: `${s3}["prod"]` });
  await refuses(
    t,
    `params.address is "${s3}", which names 2 sets of rules in rules: ${s3}["dev"], ${s3}["prod"]; use a name that only one of them has`,
    plan({ resources }),
    { address: s3 },
  );
  await refuses(t, /which names nothing in rules; did you mean prod\?$/, plan({ resources }), {
    address: 'prd',
  });
});

test('values that are unknown until apply leave the verdict undecided, never a pass', async (t) => {
  const resource = { address: s3, values: group(five), before: null };
  const { rules: _, ...without } = group(five);
  const message = /cloudfoundry_security_group\.s3\.rules is known only after apply: /;
  await leavesOpen(
    t,
    five,
    message,
    plan({ resources: [{ ...resource, values: without, unknown: { rules: true, id: true } }] }),
  );
  const { destination: __, ...open } = rule('');
  // The API takes the rules of a group all together or not at all.
  await leavesOpen(
    t,
    five,
    /^rules: cloudfoundry_security_group\.s3\.rules\[5\]\.destination is known only after apply, and Cloud Foundry takes/,
    plan({
      resources: [
        {
          ...resource,
          values: group(five, { rules: [...five.map((cidr) => rule(cidr)), open] }),
          unknown: { rules: [{}, {}, {}, {}, {}, { destination: true }] },
        },
      ],
    }),
  );
  // What is unknown elsewhere is no obstacle.
  await passes(
    t,
    plan({
      resources: [{ ...resource, unknown: { id: true, updated_at: true, rules: [{}, {}, {}, {}, {}] } }],
    }),
  );
});

test('what is unknown in resources that are not judged is no obstacle', async (t) => {
  const other = {
    address: 'cloudfoundry_security_group.other',
    values: { name: 'other' },
    unknown: { rules: true },
  };
  await passes(t, plan({ resources: [{ address: s3, values: group(five) }, other] }), { address: s3 });
});

test('a plan whose marks of the unknown were cut off is no pass either', async (t) => {
  const { rules: _, ...without } = group(five);
  const { planned_values, format_version } = plan({ resources: [{ address: s3, values: without }] });
  await refuses(t, /^rules is a plan without resource_changes/, { format_version, planned_values });
});

test('a plan that failed, another format version, and a state without resources', async (t) => {
  const good = plan({ resources: [{ address: s3, values: group(five) }] });
  await refuses(t, /^rules is a plan that failed/, { ...good, errored: true });
  await refuses(t, /^rules is a part of a plan, as -target makes it/, { ...good, complete: false });
  await refuses(t, /^rules: deferred_changes is there, .*; apply it, and plan again$/, {
    ...good,
    complete: false,
    deferred_changes: [{ reason: 'instance_count_unknown' }],
  });
  await refuses(t, /^rules has format_version 2\.0, which this release does not know/, {
    ...good,
    format_version: '2.0',
  });
  await passes(t, { ...good, format_version: '0.2' });
  await refuses(t, /^rules holds nothing that the guard could judge/, { format_version: '1.0' });
  await refuses(
    t,
    /^rules holds nothing that the guard could judge/,
    state([{ address: 'aws_vpc.main', values: {} }]),
  );
});

test('other files of Terraform are named', async (t) => {
  await refuses(t, /^rules is a raw Terraform state; write it with terraform show -json/, {
    version: 4,
    terraform_version: '1.9.8',
    serial: 3,
    lineage: 'a-b',
    outputs: {},
    resources: [],
    check_results: null,
  });
  await refuses(t, /^rules is the log of terraform plan -json/, '{"@level":"info"}\n{"@level":"info"}\n');
  await refuses(t, /^rules is a ZIP archive; if it is a saved plan/, Buffer.from('PK\x03\x04\x00\x00'));
});

test('what is malformed in a plan is an error that names the place', async (t) => {
  const of = (rules: unknown) => state([{ address: s3, values: group([], { rules }) }]);
  await refuses(
    t,
    /^rules: cloudfoundry_security_group\.s3\.rules is a string where a list belongs/,
    of('x'),
  );
  await refuses(
    t,
    /s3\.rules\[0\]\.destination is null where a string belongs/,
    of([rule('', { destination: null })]),
  );
  await refuses(
    t,
    /s3\.rules\[0\]\.ports is null where a string belongs/,
    of([rule('10.0.0.0/8', { ports: null })]),
  );
  await refuses(t, /^rules: values\.root_module\.resources\[0\]\.address is missing/, {
    format_version: '1.0',
    values: { root_module: { resources: [{ type: 'x', values: {} }] } },
  });
  const odd = plan({ resources: [{ address: s3, values: group([], {}) }] });
  const [entry] = odd['resource_changes'] as { change: object }[];
  Object.assign(entry?.change ?? {}, { actions: ['dissolve'] });
  await refuses(
    t,
    /^rules: resource_changes\[0\]\.change\.actions\[0\] is a string where one of no-op, create/,
    odd,
  );
  await refuses(t, /^rules: values\.root_module\.resources is 7 where a list belongs/, {
    format_version: '1.0',
    values: { root_module: { resources: 7 } },
  });
});

test('a managed prefix list with its entries in it', async (t) => {
  const address = 'aws_ec2_managed_prefix_list.s3';
  await passes(t, plan({ resources: [{ address, values: prefixList(five) }] }));
  await passes(t, state([{ address, values: prefixList(five) }]), { address: 'pl-01' });
  await leavesOut(t, five.slice(2), plan({ resources: [{ address, values: prefixList(two) }] }));
  await goesBeyond(
    t,
    ['10.0.0.0/8'],
    plan({ resources: [{ address, values: prefixList([...five, '10.0.0.0/8']) }] }),
  );
  await refuses(
    t,
    /aws_ec2_managed_prefix_list\.s3\.entry\[0\]\.cidr is a string, which is no CIDR/,
    state([{ address, values: prefixList(['x']) }]),
  );
});

const listEntry = (cidr: string, prefix_list_id: unknown = 'pl-01') => ({
  cidr,
  description: null,
  id: `pl-01,${cidr}`,
  prefix_list_id,
});

test('the entries of a managed prefix list as resources of their own', async (t) => {
  const list = { address: 'aws_ec2_managed_prefix_list.s3', values: prefixList(five) };
  const entries = (cidrs: readonly string[]) =>
    cidrs.map((cidr) => ({
      address: `aws_ec2_managed_prefix_list_entry.s3["${cidr}"]`,
      values: listEntry(cidr),
    }));
  await passes(t, state([list, ...entries(five)]));
  // The list itself still shows what was there at the last refresh.
  const because = /s3\.entry shows what there was at the last refresh/;
  await leavesOpen(t, five.slice(2), because, state([list, ...entries(two)]));
  await leavesOut(
    t,
    five.slice(2),
    plan({ resources: [list, ...entries(two)], destroyed: entries(five.slice(2)) }),
  );
  await leavesOut(t, five, plan({ resources: [list], destroyed: entries(five) }));
  // Without the list itself.
  await passes(t, state(entries(five)), { address: 'pl-01' });
  await passes(t, state(entries(five)), { address: 'aws_ec2_managed_prefix_list_entry.s3' });
});

test('a new managed prefix list and its entries belong together by reference', async (t) => {
  const { entry: _, id: __, ...values } = prefixList([]);
  const resources = [
    { address: 'aws_ec2_managed_prefix_list.s3', values, before: null, unknown: { entry: true, id: true } },
    ...five.map((cidr) => {
      const { prefix_list_id: ___, id: ____, ...known } = listEntry(cidr);
      return {
        address: `aws_ec2_managed_prefix_list_entry.s3["${cidr}"]`,
        values: known,
        before: null,
        unknown: { prefix_list_id: true, id: true },
      };
    }),
  ];
  const configuration = {
    'aws_ec2_managed_prefix_list.s3': { name: { constant_value: 's3' } },
    'aws_ec2_managed_prefix_list_entry.s3': {
      cidr: { references: ['each.value'] },
      prefix_list_id: { references: ['aws_ec2_managed_prefix_list.s3.id', 'aws_ec2_managed_prefix_list.s3'] },
    },
  };
  await passes(t, plan({ resources, configuration }));
});

test('a security group that names a prefix list is evaluated where the file holds it', async (t) => {
  const app = {
    address: 'aws_security_group.app',
    values: securityGroup([egress(two), egress([], { prefix_list_ids: ['pl-01'] })]),
  };
  const list = { address: 'aws_ec2_managed_prefix_list.s3', values: prefixList(five.slice(2)) };
  const address = { address: app.address };
  await passes(t, plan({ resources: [app, list] }), address);
  const data = (type: string, values: object) => ({
    address: `data.${type}.s3`,
    mode: 'data' as const,
    values: { id: 'pl-01', ...values },
  });
  const managed = data('aws_ec2_managed_prefix_list', {
    entries: five.slice(2).map((cidr) => ({ cidr, description: '' })),
  });
  await passes(t, plan({ resources: [app], dataSources: [managed] }));
  await passes(t, state([app, managed]));
  await passes(t, state([app, data('aws_prefix_list', { cidr_blocks: five.slice(2) })]));
  const because = /aws_security_group\.app\.egress\[1\]\.prefix_list_ids\[0\] names the prefix list pl-01, /;
  await leavesOpen(t, five.slice(2), because, state([app]));
  // Nobody can say that a list which is not there holds nothing beyond.
  const values = securityGroup([egress(five), egress([], { prefix_list_ids: ['pl-01'] })]);
  const all = state([{ address: app.address, values }]);
  await passes(t, all);
  await leavesOpen(t, [], because, all, { mode: 'exact' });
  await passes(t, plan({ resources: [{ ...app, values }, list] }), { ...address, mode: 'exact' });
  // The ports of the rule count, not only the list.
  const onAnotherPort = {
    ...app,
    values: securityGroup([egress([], { prefix_list_ids: ['pl-01'], from_port: 80, to_port: 80 })]),
  };
  await leavesOut(t, five, state([onAnotherPort, list]), address);
});

test('both families of a group count', async (t) => {
  const source = { services: ['S3'], regions: ['us-gov-west-1'] };
  const resources = [
    { address: 'aws_security_group.app', values: securityGroup([egress([...five, ...six])]) },
  ];
  const verdict = await judge(t, plan({ resources }), {}, source);
  t.true(verdict.passed, verdict.text);
});
