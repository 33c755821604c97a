// The direction of the traffic, and several sets of rules that are judged as one.
import test from 'ava';
import { five, judge, leavesOpen, leavesOut, listedUnder, passes, refuses, two } from '../helpers/guard.ts';
import { plan, prefixList } from '../helpers/terraform.ts';

const permission = (cidrs: readonly string[]) => ({
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
});
const other = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: 'sg-9' }] };
const group = (name: string, out: readonly object[], into: readonly object[]) => ({
  GroupId: `sg-${name}`,
  GroupName: name,
  IpPermissionsEgress: out,
  IpPermissions: into,
});
const entry = (CidrBlock: string, RuleNumber: number, Egress: boolean, RuleAction = 'allow') => ({
  CidrBlock,
  RuleNumber,
  Egress,
  RuleAction,
  Protocol: '-1',
});
for (const direction of ['egress', 'ingress'] as const) {
  test(`a group that is named keeps ${direction} open, in the words of the direction`, async (t) => {
    const groups = direction === 'egress' ? group('a', [other], []) : group('a', [], [other]);
    const way = direction === 'egress' ? /allows traffic to the members/ : /allows traffic from the members/;
    await leavesOpen(t, five, way, { SecurityGroups: [groups] }, { direction });
  });

  test(`permissions that --query left are judged as given: ${direction}`, async (t) => {
    await passes(t, [permission(five)], { direction });
    await leavesOut(t, five.slice(2), [permission(two)], { direction });
  });
}

test('the way to close a gap of ingress says from', async (t) => {
  const { text } = await judge(
    t,
    { SecurityGroups: [group('a', [], [])] },
    { direction: 'ingress' },
    {
      services: ['S3'],
      regions: ['us-gov-*'],
      ip_versions: [4],
    },
  );
  t.regex(text, /leaves out/);
  t.notRegex(text, / to:$/m);
});

test('several groups are judged as their union: by names, or by a glob', async (t) => {
  const groups = {
    SecurityGroups: [
      group('s3-a', [permission(two)], []),
      group('s3-b', [permission(five.slice(2))], []),
      group('db', [permission(['0.0.0.0/0'])], []),
      group('open', [other], []),
    ],
  };
  await passes(t, groups, { address: ['s3-a', 'sg-s3-b', 's3-a'] });
  await passes(t, groups, { address: 's3-*' });
  await passes(t, groups, { address: ['s3-?', 'open'], mode: 'covers' });
  await leavesOut(t, five.slice(2), groups, { address: ['s3-a'] });
  await leavesOpen(t, five.slice(2), /sg-9/, groups, { address: ['s3-a', 'open'] });
  await refuses(t, /^params\.address is "s3-c", which names nothing/, groups, { address: ['s3-a', 's3-c'] });
  await refuses(t, /^params\.address is "x\*", which names nothing/, groups, { address: ['s3-a', 'x*'] });
});

const asg = (name: string, destinations: readonly string[]) => ({
  name,
  rule: destinations.map((destination) => ({ protocol: 'tcp', destination, ports: '443' })),
});

test('groups of Cloud Foundry in a plan are judged as their union', async (t) => {
  const resources = [two, five.slice(2)].map((cidrs, index) => ({
    address: `cloudfoundry_asg.s3_${index}`,
    values: asg(`s3-${index}`, cidrs),
  }));
  await passes(t, plan({ resources }), { address: 'cloudfoundry_asg.s3_*' });
});

test('a group of Cloud Foundry cannot be made before the plan destroys the one of its name', async (t) => {
  const former = { address: 'cloudfoundry_asg.old', values: { ...asg('s3', five), id: 'old' } };
  const made = { address: 'cloudfoundry_asg.new', values: asg('s3', five), before: null };
  const address = made.address;
  await leavesOpen(t, five, /has the same name/, plan({ resources: [made], destroyed: [former] }), {
    address,
  });
  await passes(t, plan({ resources: [{ ...made, values: asg('s3-b', five) }], destroyed: [former] }), {
    address,
  });
});

test('a list that only AWS can change gets no advice, one of another owner does', async (t) => {
  const every = Array.from({ length: 8 }, (_, index) => `15.200.28.${240 + 2 * index}/32`);
  const address = 'data.aws_ec2_managed_prefix_list.s3';
  for (const [owner_id, count] of [
    ['AWS', 0],
    ['123456789012', 8],
  ] as const) {
    const { entry: entries, ...values } = prefixList([...five.slice(1), ...every], { owner_id });
    const dataSources = [{ address, mode: 'data' as const, values: { ...values, entries } }];
    const verdict = await judge(t, plan({ resources: [], dataSources }), { address });
    t.is(listedUnder(verdict, 'to close the gap').length, count, verdict.text);
  }
});

test('network ACLs are not judged together, and a pass on one says that replies are not judged', async (t) => {
  const acl = (NetworkAclId: string) => ({ NetworkAclId, Entries: [entry('0.0.0.0/0', 1, true)] });
  const acls = { NetworkAcls: [acl('acl-1'), acl('acl-2')] };
  await refuses(t, /network ACLs cannot be judged together/, acls, { address: 'acl-*' });
  const { text, passed } = await judge(t, acls, { address: 'acl-1*' });
  t.true(passed);
  t.regex(text, /keeps no state/);
});

test('permissions in which a protocol and ports stand twice are those of several groups', async (t) => {
  await refuses(t, /joined the permissions of several groups/, [permission(two), permission(five.slice(2))]);
});

test('what allows everything is named by its place, unless it is about other ports', async (t) => {
  const all = { ...permission(['0.0.0.0/0']), FromPort: 1, ToPort: 65535 };
  const exact = await judge(t, [all], { mode: 'exact' });
  t.regex(exact.text, /^ {2}allows everything: rules\[0\]\.IpRanges\[0\]\.CidrIp has 0\.0\.0\.0\/0$/m);
  const web = { ...permission(['0.0.0.0/0']), FromPort: 80, ToPort: 80 };
  const other = await judge(t, [permission([...five, '10.0.0.0/8']), web], { mode: 'exact' });
  t.false(other.passed);
  t.notRegex(other.text, /everything/);
});
