// The guard on AWS network ACLs in Terraform, where the rule with the lower number decides.
import test from 'ava';
import {
  five,
  goesBeyond,
  judge,
  leavesOpen,
  leavesOut,
  listedUnder,
  passes,
  refuses,
  two,
} from '../helpers/guard.ts';
import { aclEntry, networkAcl, plan, state } from '../helpers/terraform.ts';

const main = 'aws_network_acl.main';
const acl = (...entries: readonly unknown[]) => ({ address: main, values: networkAcl(entries) });
const allows = (cidrs: readonly string[], from = 100) =>
  cidrs.map((cidr, index) => aclEntry(from + index, 'allow', cidr));

test('egress blocks of an aws_network_acl', async (t) => {
  await passes(t, plan({ resources: [acl(...allows(five))] }));
  await passes(t, state([acl(...allows(five))]));
  await leavesOut(t, five.slice(2), state([acl(...allows(two))]));
  await goesBeyond(t, ['10.0.0.0/8'], state([acl(...allows([...five, '10.0.0.0/8']))]));
  const ingress = { address: main, values: networkAcl([], { ingress: allows(five) }) };
  await leavesOut(t, five, state([ingress]));
});

test('a deny with a lower number counts, one with a higher number does not', async (t) => {
  const deny = (number: number) => aclEntry(number, 'deny', '108.175.56.0/24');
  const verdict = await judge(t, state([acl(...allows(five), deny(50))]));
  t.regex(
    verdict.text,
    /108\.175\.56\.0\/22 {2}us-gov-west-1 {2}S3 {2}only in part: without 108\.175\.56\.0\/24$/m,
  );
  await passes(t, state([acl(deny(200), ...allows(five))]));
  await leavesOut(t, ['108.175.56.0/22'], state([acl(deny(99), ...allows(five))]));
  // What is allowed once is not denied by what comes after.
  await passes(t, state([acl(aclEntry(1, 'allow', '108.175.56.0/22'), deny(2), ...allows(five))]));
});

test('a deny counts for its protocol and ports only', async (t) => {
  const deny = (overrides: object) =>
    state([acl(aclEntry(1, 'deny', '0.0.0.0/0', overrides), ...allows(five))]);
  await passes(t, deny({ protocol: '17' }));
  await passes(t, deny({ from_port: 80, to_port: 442 }));
  await passes(t, deny({ protocol: 'icmp' }));
  await leavesOut(t, five, deny({ protocol: '-1', from_port: 0, to_port: 0 }));
  await leavesOut(t, five, deny({ from_port: 1, to_port: 65535 }));
});

test('mode: exact takes off what is denied before', async (t) => {
  const entries = [aclEntry(1, 'deny', '10.0.0.0/9'), ...allows([...five, '10.0.0.0/8'])];
  const verdict = await judge(t, state([acl(...entries)]), { mode: 'exact' });
  t.deepEqual(listedUnder(verdict, 'beyond the published CIDRs'), [
    'rules: aws_network_acl.main.egress[6].cidr_block has 10.0.0.0/8',
  ]);
});

const rule = (rule_number: number, rule_action: string, cidr: string, overrides: object = {}) => ({
  address: `aws_network_acl_rule.s3[${rule_number}]`,
  values: {
    cidr_block: cidr,
    egress: true,
    from_port: 443,
    icmp_code: null,
    icmp_type: null,
    id: `nacl-${rule_number}`,
    ipv6_cidr_block: null,
    network_acl_id: 'acl-01',
    protocol: 'tcp',
    rule_action,
    rule_number,
    to_port: 443,
    ...overrides,
  },
});
const rules = (cidrs: readonly string[]) => cidrs.map((cidr, index) => rule(100 + index, 'allow', cidr));

test('aws_network_acl_rule resources of one network ACL', async (t) => {
  const created = acl();
  await passes(t, plan({ resources: [created, ...rules(five)] }));
  await passes(t, state([created, ...rules(five)]), { address: 'acl-01' });
  await leavesOut(t, five.slice(2), plan({ resources: [created, ...rules(two)] }));
  await leavesOut(
    t,
    ['108.175.56.0/22'],
    plan({ resources: [created, ...rules(five), rule(1, 'deny', '108.175.56.7/32')] }),
  );
  await goesBeyond(t, ['10.0.0.0/8'], plan({ resources: [created, ...rules([...five, '10.0.0.0/8'])] }));
  await leavesOut(
    t,
    five.slice(2),
    state([
      created,
      ...rules(two),
      ...rules(five).map((item) => ({ ...item, values: { ...item.values, egress: false } })),
    ]),
  );
});

test('rules of an ACL that the file does not hold are undecided: denies before them cannot be seen', async (t) => {
  const because = /belongs to a network ACL that this file does not show, and rules before it decide first/;
  await leavesOpen(t, five, because, plan({ resources: rules(five) }));
  await leavesOpen(t, five, because, state(rules(five)), { address: 'acl-01' });
});

test('two rules of one number are possible, since only one of them can be in effect', async (t) => {
  const deny = aclEntry(102, 'deny', '108.175.48.0/24');
  const because = /^aws_network_acl\.main has several rules of the number 102, /;
  await leavesOpen(t, five, because, state([acl(deny, ...allows(five))]));
});

test('what is malformed or unknown is an error that names the place', async (t) => {
  await refuses(
    t,
    /^rules: aws_network_acl\.main\.egress\[0\]\.action is a string where "allow" or "deny" belongs/,
    state([acl(aclEntry(1, 'pass', '10.0.0.0/8'))]),
  );
  await refuses(
    t,
    /main\.egress\[0\] has neither cidr_block nor ipv6_cidr_block/,
    state([acl(aclEntry(1, 'allow', ''))]),
  );
  await refuses(
    t,
    /main\.egress\[0\]\.rule_no is "1" where a whole number from 1 to 32767/,
    state([acl(aclEntry(1, 'allow', '10.0.0.0/8', { rule_no: '1' }))]),
  );
  await refuses(
    t,
    /main\.egress\[0\]\.protocol is a string where/,
    state([acl(aclEntry(1, 'allow', '10.0.0.0/8', { protocol: 'tpc' }))]),
  );
  const unknown = (key: string) => {
    const { address, values } = rule(1, 'deny', '10.0.0.0/8');
    return plan({
      resources: [
        acl(),
        ...rules(five),
        { address, values: { ...values, [key]: undefined }, before: null, unknown: { [key]: true } },
      ],
    });
  };
  for (const key of ['rule_action', 'rule_number', 'cidr_block', 'protocol', 'from_port', 'egress']) {
    const because = new RegExp(`^rules: aws_network_acl_rule\\.s3\\[1\\]\\.${key} is known only after apply`);
    const touched = ['cidr_block', 'rule_action', 'rule_number'].includes(key) ? five : [];
    if (touched.length > 0) await leavesOpen(t, touched, because, unknown(key));
    else await passes(t, unknown(key));
  }
});

test('a rule that may turn out to deny in a new ACL leaves it undecided', async (t) => {
  const { id: _, egress: __, ...values } = networkAcl([]);
  const created = { address: main, values, before: null, unknown: { id: true, egress: true } };
  const open = {
    ...rule(1, 'deny', '0.0.0.0/0', { network_acl_id: undefined }),
    unknown: { network_acl_id: true },
  };
  const configuration = { 'aws_network_acl_rule.s3': { network_acl_id: { references: ['local.acl'] } } };
  await leavesOpen(
    t,
    five,
    /s3\[1\]\.network_acl_id is known only after apply, so this plan does not show whether that rule belongs to aws_network_acl\.main: /,
    plan({ resources: [created, open], configuration }),
    { address: main },
  );
});
