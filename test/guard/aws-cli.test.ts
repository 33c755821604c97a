// The guard on what the AWS CLI prints.
import test from 'ava';
import {
  five,
  goesBeyond,
  judge,
  leavesOpen,
  leavesOut,
  missingIn,
  passes,
  refuses,
  six,
  two,
} from '../helpers/guard.ts';

const permission = (cidrs: readonly string[], overrides: object = {}) => ({
  FromPort: 443,
  IpProtocol: 'tcp',
  IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp, Description: 'S3' })),
  Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
  PrefixListIds: [],
  ToPort: 443,
  UserIdGroupPairs: [],
  ...overrides,
});

const group = (name: string, permissions: readonly unknown[], overrides: object = {}) => ({
  Description: 'apps',
  GroupName: name,
  IpPermissions: [permission(['0.0.0.0/0'])],
  OwnerId: '123456789012',
  GroupId: `sg-${name}`,
  IpPermissionsEgress: permissions,
  VpcId: 'vpc-0123',
  ...overrides,
});
const output = (...groups: readonly unknown[]) => ({ SecurityGroups: groups });

test('describe-security-groups: egress counts, ingress does not', async (t) => {
  await passes(t, output(group('apps', [permission(two), permission(five.slice(2))])));
  await leavesOut(t, five.slice(2), output(group('apps', [permission(two)])));
  await leavesOut(t, five, output(group('apps', [])));
  await goesBeyond(t, ['10.0.0.0/8'], output(group('apps', [permission([...five, '10.0.0.0/8'])])));
});

test('describe-security-groups: protocol -1 allows everything, whatever its ports', async (t) => {
  const all = { FromPort: undefined, ToPort: undefined, IpProtocol: '-1' };
  await passes(t, output(group('apps', [permission(['0.0.0.0/0'], all)])));
  await passes(t, output(group('apps', [permission(five, { FromPort: 0, ToPort: 65535 })])));
  await leavesOut(t, five, output(group('apps', [permission(five, { FromPort: 8443, ToPort: 9443 })])));
  await leavesOut(t, five, output(group('apps', [permission(five, { IpProtocol: 'udp' })])));
  await leavesOut(
    t,
    five,
    output(group('apps', [permission(five, { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 })])),
  );
  await leavesOut(t, five, output(group('apps', [permission(five, { IpProtocol: '50' })])));
});

test('describe-security-groups: both families', async (t) => {
  const source = { services: ['S3'], regions: ['us-gov-west-1'] };
  const verdict = await judge(t, output(group('apps', [permission([...five, ...six])])), {}, source);
  t.true(verdict.passed, verdict.text);
  t.deepEqual(missingIn(await judge(t, output(group('apps', [permission(five)])), {}, source)), six);
});

test('describe-security-groups: several groups, by id or name', async (t) => {
  const two_groups = output(group('apps', [permission(five)]), group('db', [permission(two)]));
  await passes(t, two_groups, { address: 'apps' });
  await passes(t, two_groups, { address: 'sg-apps' });
  await leavesOut(t, five.slice(2), two_groups, { address: 'sg-db' });
  await refuses(
    t,
    /params\.address does not say which one to judge: apps \(sg-apps\), db \(sg-db\)$/,
    two_groups,
  );
  await refuses(
    t,
    'params.address is "apps", which names 2 sets of rules in rules: apps (sg-apps), apps (sg-apps2); use a name that only one of them has',
    output(group('apps', []), group('apps', [], { GroupId: 'sg-apps2' })),
    { address: 'apps' },
  );
});

test('describe-security-groups with --query', async (t) => {
  await passes(t, group('apps', [permission(five)]));
  await passes(t, [group('apps', [permission(five)])]);
});

test('one item of an output, as --query prints it, is judged like the list of it alone', async (t) => {
  await passes(t, permission(five));
  await leavesOut(t, five.slice(2), permission(two));
  await leavesOut(t, five, permission(five, { FromPort: 80, ToPort: 80 }));
  await goesBeyond(t, ['198.51.100.0/24'], permission([...five, '198.51.100.0/24']));
  await refuses(t, /^rules has the member "IpRange", which the guard does not know in a permission/, {
    ...permission(five),
    IpRange: [],
  });
  await refuses(t, 'rules: FromPort is missing where a whole number from 0 to 65535 belongs', {
    ...permission(five),
    FromPort: undefined,
  });

  const rule = {
    SecurityGroupRuleId: 'sgr-1',
    GroupId: 'sg-apps',
    IsEgress: true,
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
    CidrIpv4: five[0],
  };
  await leavesOut(t, five.slice(1), rule, { address: 'sg-apps' });
  await leavesOut(t, five, { ...rule, IsEgress: false });
  await leavesOut(t, five.slice(1), { Cidr: five[0], Description: 's3' });
  await passes(t, { Cidr: five }, { address: 'Cidr' });

  const list = { Cidrs: five, PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.us-gov-west-1.s3' };
  await passes(t, list, { address: 'pl-1' });
  await refuses(t, /^rules is a prefix list without its entries; use .* --prefix-list-id pl-2$/, {
    PrefixListId: 'pl-2',
    PrefixListName: 'mine',
    PrefixListArn: 'arn:aws-us-gov:ec2:us-gov-west-1:123456789012:prefix-list/pl-2',
    State: 'create-complete',
  });
});

test('one network ACL is judged, and one entry of it is not: those before it may deny', async (t) => {
  const entry = (RuleNumber: number, RuleAction: string, CidrBlock: string) => ({
    CidrBlock,
    Egress: true,
    Protocol: '-1',
    RuleAction,
    RuleNumber,
  });
  const allow = entry(100, 'allow', '0.0.0.0/0');
  const acl = { NetworkAclId: 'acl-1', IsDefault: false, OwnerId: '1', Entries: [allow], Associations: [] };
  await passes(t, acl, { address: 'acl-1' });
  await passes(t, { NetworkAcls: [acl] });
  const denied = { ...acl, Entries: [allow, entry(90, 'deny', two[0] ?? '')] };
  await leavesOut(t, two.slice(0, 1), denied);
  await refuses(
    t,
    'rules is one entry of a network ACL, and an entry with a lower number may deny what it allows; use all of them, such as ' +
      "--query 'NetworkAcls[0].Entries'",
    allow,
  );
});

test('a part of a permission is refused, with what to print instead', async (t) => {
  const { IpRanges, Ipv6Ranges } = permission([...five, ...six]);
  const pairs = [{ GroupId: 'sg-1', UserId: '123456789012' }];
  for (const part of [IpRanges, [IpRanges], IpRanges[0], Ipv6Ranges, [{ PrefixListId: 'pl-1' }], pairs]) {
    await refuses(
      t,
      "rules holds a part of a security group's permissions, without protocol and ports; print them whole, such as --query " +
        "'SecurityGroups[0].IpPermissionsEgress'",
      part,
    );
  }
});

test('describe-security-groups: a prefix list may allow anything', async (t) => {
  const permissions = [permission(two), permission([], { PrefixListIds: [{ PrefixListId: 'pl-6aa54003' }] })];
  const because =
    /SecurityGroups\[0\]\.IpPermissionsEgress\[\d\] names the prefix list pl-6aa54003, .* get-managed-prefix-list-entries --prefix-list-id pl-6aa54003$/;
  await leavesOpen(t, five.slice(2), because, output(group('apps', permissions)));
  const all = output(group('apps', [permission(five), ...permissions]));
  await passes(t, all);
  await leavesOpen(t, [], because, all, { mode: 'exact' });
});

test('describe-security-groups: what is malformed or cut is an error that names the place', async (t) => {
  const at = 'rules: SecurityGroups\\[0\\]\\.IpPermissionsEgress\\[0\\]';
  const of = (overrides: object) => output(group('apps', [permission(five, overrides)]));
  await refuses(
    t,
    new RegExp(`^${at}\\.FromPort is missing where a whole number`),
    of({ FromPort: undefined }),
  );
  await refuses(t, new RegExp(`^${at}\\.FromPort is "443" where a whole number`), of({ FromPort: '443' }));
  await refuses(
    t,
    new RegExp(`^${at}\\.ToPort is 80 where a port that is not below 443`),
    of({ ToPort: 80 }),
  );
  await refuses(t, new RegExp(`^${at}\\.IpProtocol is a string where tcp, udp`), of({ IpProtocol: 'tpc' }));
  await refuses(t, new RegExp(`^${at}\\.IpProtocol is missing`), of({ IpProtocol: undefined }));
  await refuses(t, new RegExp(`^${at}\\.IpProtocol is a string`), of({ IpProtocol: 'constructor' }));
  await refuses(
    t,
    new RegExp(`^${at}\\.IpRanges\\[0\\]\\.CidrIp is a string, which is no CIDR`),
    of({ IpRanges: [{ CidrIp: 'x' }] }),
  );
  await refuses(t, new RegExp(`^${at}\\.IpRanges\\[0\\]\\.CidrIp is missing`), of({ IpRanges: [{}] }));
  await refuses(t, new RegExp(`^${at}\\.IpRanges is a string where a list belongs`), of({ IpRanges: 'x' }));
  await refuses(t, /^rules: NextToken is there, so this is not the whole output/, {
    ...output(group('apps', [permission(five)])),
    NextToken: 'eyJ',
  });
});

test('get-managed-prefix-list-entries', async (t) => {
  const entries = (cidrs: readonly string[]) => ({
    Entries: cidrs.map((Cidr) => ({ Cidr, Description: 's3' })),
  });
  await passes(t, entries(five));
  await passes(t, { ...entries(five), NextToken: null });
  await leavesOut(t, five.slice(2), entries(two));
  await leavesOut(t, five, entries([]));
  await goesBeyond(t, ['198.51.100.0/24'], entries([...five, '198.51.100.0/24']));
  await refuses(t, /^rules: NextToken is there, so this is not the whole output/, {
    ...entries(five),
    NextToken: 'eyJ',
  });
  await refuses(t, 'rules: Entries[0].Cidr is missing where a string belongs', {
    Entries: [{ Description: 's3' }],
  });
  await refuses(
    t,
    'params.address is "pl-01", but rules holds a list without a name; leave params.address out',
    entries(five),
    {
      address: 'pl-01',
    },
  );
});
