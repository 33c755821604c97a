// The guard on what the AWS CLI prints. Traffic, directions and families are judged in forms.test.ts.
import test from 'ava';
import { five, judge, judgeRows, type Row, six, two, undecided } from '../helpers/guard.ts';

const web = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const permission = (cidrs: readonly string[], more: object = {}) => ({
  ...web,
  IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
  ...more,
});
const group = (name: string, permissions: readonly unknown[], more: object = {}) => ({
  GroupName: name,
  GroupId: `sg-${name}`,
  IpPermissions: [],
  IpPermissionsEgress: permissions,
  ...more,
});
const output = (...groups: readonly unknown[]) => ({ SecurityGroups: groups });
const toGroup = permission([], { UserIdGroupPairs: [{ GroupId: 'sg-9', UserId: '1' }] });
const toList = permission([], { PrefixListIds: [{ PrefixListId: 'pl-6aa54003' }] });
const groupRule = (more: object) => ({ ...web, GroupId: 'sg-1', IsEgress: true, ...more });
const entry = (RuleNumber: number, RuleAction: string, CidrBlock = '0.0.0.0/0', more: object = {}) => ({
  RuleNumber,
  RuleAction,
  CidrBlock,
  Egress: true,
  Protocol: '-1',
  ...more,
});
const acl = (entries: readonly unknown[], NetworkAclId = 'acl-1') => ({
  Associations: [],
  Entries: entries,
  IsDefault: false,
  NetworkAclId,
  OwnerId: '1',
});
const entries = (cidrs: readonly string[]) => ({ Entries: cidrs.map((Cidr) => ({ Cidr })) });
const list = { Cidrs: five, PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.us-gov-west-1.s3' };

test('security groups: whole, by --query, by names', async (t) => {
  const groups = output(group('apps', [permission(five)]), group('db', [permission(two)]));
  const several = [[permission(five)], []];
  const rules = five.map((CidrIpv4) => groupRule({ CidrIpv4 }));
  await judgeRows(t, [
    [[], output(group('a', [permission(two, { IpProtocol: '6' }), permission(five.slice(2))]))],
    [five, output(group('a', [permission(five, { IpProtocol: '50' })]))],
    [[], [permission(five, { IpProtocol: '17' })], { protocol: 'udp' }],
    [five.slice(2), groups, { address: 'sg-db' }],
    [/params\.address does not say which one to judge: apps \(sg-apps\), db \(sg-db\)$/, groups],
    [
      'params.address is "apps", which names 2 sets of rules in rules: apps (sg-apps), apps (sg-apps2); use a name that only one of them has',
      output(group('apps', []), group('apps', [], { GroupId: 'sg-apps2' })),
      { address: 'apps' },
    ],
    // As it is, or as a message prints it.
    [[], group('\u00e4pps', [permission(five)]), { address: '\u00e4pps' }],
    [[], group('\u00e4pps', [permission(five)]), { address: '\\u00e4pps' }],
    [/^params\.address is "apps", which names nothing/, group('\u00e4pps', []), { address: 'apps' }],
    [[], group('apps', [permission(five)])],
    [[], [group('apps', [permission(five)])]],
    // Permissions alone, of one group or several: those of the direction that is judged.
    [[], [permission(five)], { direction: 'ingress' }],
    [five.slice(2), [permission(two)]],
    [[], several, { address: '[0]' }],
    [five, several, { address: '[1]' }],
    [/holds 2 sets of rules/, several],
    [/joined the permissions of several groups/, [permission(two), permission(five.slice(2))]],
    [
      [],
      { SecurityGroupRules: [...rules, groupRule({ CidrIpv4: '10.0.0.0/8', GroupId: 'sg-2' })] },
      { address: 'sg-1' },
    ],
    [[], rules],
    [five.slice(1), rules[0], { address: 'sg-1' }],
    [five, groupRule({ CidrIpv4: five[0], IsEgress: false })],
  ]);
});

test('several groups are judged as their union: by names, or by a glob', async (t) => {
  const groups = output(
    group('s3-a', [permission(two)]),
    group('s3-b', [permission(five.slice(2))]),
    group('db', [permission(['0.0.0.0/0'])]),
    group('open', [toGroup]),
  );
  await judgeRows(t, [
    [[], groups, { address: ['s3-a', 'sg-s3-b', 's3-a'] }],
    [[], groups, { address: ['s3-?', 'open'] }],
    [five.slice(2), groups, { address: ['s3-a'] }],
    [undecided('sg-9', five.slice(2)), groups, { address: ['s3-a', 'open'] }],
    [/^params\.address is "s3-c", which names nothing/, groups, { address: ['s3-a', 's3-c'] }],
    [/^params\.address is "x\*", which names nothing/, groups, { address: ['s3-a', 'x*'] }],
  ]);
});

test('other groups and prefix lists may allow anything', async (t) => {
  const because =
    'SecurityGroups[0].IpPermissionsEgress[1] names the prefix list pl-6aa54003, whose entries this file does not hold: ' +
    'check them with aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-6aa54003';
  const all = output(group('apps', [permission(five), toList]));
  const into = output(group('a', [], { IpPermissions: [toGroup] }));
  await judgeRows(t, [
    [undecided(because, five.slice(2)), output(group('apps', [permission(two), toList]))],
    [[], all],
    [undecided(because, []), all, { mode: 'exact' }],
    [undecided('allows traffic to the members of the security group sg-9'), [toGroup]],
    [undecided('allows traffic from the members'), into, { direction: 'ingress' }],
    [[], [permission(five), { ...toGroup, FromPort: 80 }]],
    [
      undecided('the members of the security group sg-9'),
      groupRule({ ReferencedGroupInfo: { GroupId: 'sg-9' } }),
    ],
    [undecided('names the prefix list pl-1'), groupRule({ PrefixListId: 'pl-1' })],
  ]);
});

test('of a network ACL the lowest number decides, and a pass says that replies are not judged', async (t) => {
  const allows = five.map((cidr, index) =>
    entry(100 + index, 'allow', cidr, { Protocol: '6', PortRange: { From: 443, To: 443 } }),
  );
  const last = entry(32766, 'deny');
  const first = entry(1, 'deny', five[0]);
  await judgeRows(t, [
    [[], { NetworkAcls: [acl([last, ...allows.toReversed()])] }, { address: 'acl-1' }],
    [[], [last, ...allows]],
    [five.slice(0, 1), acl([...allows, first, last])],
    [[], acl([...allows, { ...first, RuleNumber: 200 }, last])],
    [[], acl([...allows, { ...first, Egress: false }, last])],
    [/RuleAction is a string where "allow" or "deny"/, acl([{ ...first, RuleAction: 'DENY' }])],
    [/RuleNumber is 100 where a number that no other egress entry has/, acl([...allows, allows[0]])],
    [/where an entry with one of CidrBlock, Ipv6CidrBlock/, acl([{ ...first, Ipv6CidrBlock: '::/0' }])],
    [five.slice(0, 1), [allows, [first, ...allows.slice(1)]], { address: '[1]' }],
    // One entry says nothing without those before it.
    [/^rules, an object with "RuleNumber", .* has none of the forms/, allows[0]],
    [/network ACLs cannot be judged together/, [acl(allows), acl(allows, 'acl-2')], { address: 'acl-*' }],
  ]);
  t.regex((await judge(t, [acl(allows), acl([], 'acl-2')], { address: 'acl-1*' })).text, /keeps no state/);
});

test('prefix lists, whole or by --query', async (t) => {
  const managed = { PrefixListId: 'pl-2', PrefixListName: 'mine', PrefixListArn: 'arn:aws' };
  await judgeRows(t, [
    [[], { ...entries(five), NextToken: null }],
    [five, entries([])],
    [five.slice(1), { Cidr: five[0], Description: '' }],
    [[], { Cidr: five }, { address: 'Cidr' }],
    [[], { PrefixLists: [list, { ...list, PrefixListId: 'pl-2', PrefixListName: 'b' }] }, { address: 'b' }],
    [[], list, { address: 'pl-1' }],
    [/^rules is a prefix list without its entries; use .* --prefix-list-id pl-2$/, managed],
  ]);
});

test('what is malformed or cut is refused by its place', async (t) => {
  const of = (more: object) => output(group('apps', [permission(five, more)]));
  const cut = 'rules: NextToken is there, so this is not the whole output';
  const parts =
    "rules holds a part of a security group's permissions, without protocol and ports; print them whole, such as --query " +
    "'SecurityGroups[0].IpPermissionsEgress'";
  const { IpRanges } = permission(five);
  const malformed = [
    ['FromPort is missing where a whole number from 0 to 65535 belongs', { FromPort: undefined }],
    ['ToPort is 443.5 where a whole number from 0 to 65535 belongs', { ToPort: 443.5 }],
    ['ToPort is 80 where a port that is not below 443', { ToPort: 80 }],
    ['FromPort is 443 where nothing (every protocol has all ports)', { IpProtocol: '-1' }],
    ['IpProtocol is a string where tcp, udp', { IpProtocol: 'constructor' }],
    ['IpProtocol is missing', { IpProtocol: undefined }],
    ['IpRanges[0].CidrIp is a string, which is no CIDR', { IpRanges: [{ CidrIp: 'x' }] }],
    ['IpRanges is a string where a list belongs', { IpRanges: 'x' }],
  ] as const;
  await judgeRows(t, [
    ...malformed.map(
      ([words, more]): Row => [`rules: SecurityGroups[0].IpPermissionsEgress[0].${words}`, of(more)],
    ),
    [cut, { ...of({}), NextToken: 'eyJ' }],
    [cut, { ...entries(five), NextToken: 'eyJ' }],
    ['rules: Entries[0].Cidr is missing where a string belongs', { Entries: [{ Description: 's3' }] }],
    [/IsEgress is a string where true or false belongs/, groupRule({ IsEgress: 'true', CidrIpv4: five[0] })],
    [/where a rule with one of CidrIpv4/, groupRule({})],
    [/where a rule with one of CidrIpv4/, groupRule({ CidrIpv4: five[0], CidrIpv6: '::/0' })],
    ...[
      [IpRanges],
      IpRanges[0],
      six.map((CidrIpv6) => ({ CidrIpv6 })),
      [{ PrefixListId: 'pl-1' }],
      [{ GroupId: 'sg-1', UserId: '123456789012' }],
    ].map((part): Row => [parts, part]),
  ]);
});
