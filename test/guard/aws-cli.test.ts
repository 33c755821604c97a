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
  await refuses(t, /params\.address does not say which one to judge: sg-apps, sg-db$/, two_groups);
  await refuses(
    t,
    'params.address is "apps", which names 2 sets of rules in rules: sg-apps, sg-apps2; use a name that only one of them has',
    output(group('apps', []), group('apps', [], { GroupId: 'sg-apps2' })),
    { address: 'apps' },
  );
});

test('describe-security-groups with --query', async (t) => {
  await passes(t, group('apps', [permission(five)]));
  await passes(t, [group('apps', [permission(five)])]);
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
  await refuses(t, new RegExp(`^${at}\\.IpProtocol is "tpc" where tcp, udp`), of({ IpProtocol: 'tpc' }));
  await refuses(t, new RegExp(`^${at}\\.IpProtocol is missing`), of({ IpProtocol: undefined }));
  await refuses(t, new RegExp(`^${at}\\.IpProtocol is "constructor"`), of({ IpProtocol: 'constructor' }));
  await refuses(
    t,
    new RegExp(`^${at}\\.IpRanges\\[0\\]\\.CidrIp is "x", which is no CIDR`),
    of({ IpRanges: [{ CidrIp: 'x' }] }),
  );
  await refuses(t, new RegExp(`^${at}\\.IpRanges\\[0\\]\\.CidrIp is missing`), of({ IpRanges: [{}] }));
  await refuses(t, new RegExp(`^${at}\\.IpRanges is "x" where a list belongs`), of({ IpRanges: 'x' }));
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
