// No form is a guess: what an attack changed in an output that passes must not pass as if nothing had changed.
import test from 'ava';
import { five, leavesOpen, leavesOut, passes, refuses } from '../helpers/guard.ts';

const rule = (destination: string) => ({ protocol: 'tcp', destination, ports: '443' });
const permission = {
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: five.map((CidrIp) => ({ CidrIp })),
};
const groupRule = (CidrIpv4: string) => ({
  SecurityGroupRuleId: 'sgr-1',
  GroupId: 'sg-1',
  IsEgress: true,
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  CidrIpv4,
});
const aclEntry = (RuleNumber: number, CidrBlock: string, more: object = {}) => ({
  CidrBlock,
  Egress: true,
  PortRange: { From: 443, To: 443 },
  Protocol: '6',
  RuleAction: 'allow',
  RuleNumber,
  ...more,
});

test('a member that a form does not know is refused by its name, wherever it is', async (t) => {
  const cases: readonly [content: unknown, message: RegExp][] = [
    [five.map((cidr) => ({ ...rule(cidr), action: 'deny' })), /^rules\[0\] has the member "action"/],
    [five.map((cidr) => ({ ...rule(cidr), direction: 'ingress' })), /^rules\[0\] has the member "direction"/],
    [
      five.map((cidr) => ({ ...rule(cidr), destinations: [] })),
      /"destinations".*did you mean destination\?$/,
    ],
    [{ name: 's3', rules: five.map(rule), action: 'deny' }, /^rules has the member "action"/],
    [{ pagination: { next: null }, resources: [], deny: 1 }, /^rules has the member "deny"/],
    [
      { Entries: five.map((Cidr) => ({ Cidr, RuleAction: 'deny' })) },
      /Entries\[0\] has the member "RuleAction"/,
    ],
    [{ Entries: five.map((Cidr) => ({ Cidr })), Action: 'deny' }, /^rules has the member "Action"/],
    [[{ ...permission, Action: 'deny' }], /^rules\[0\] has the member "Action"/],
    [
      [{ ...permission, IpRanges: five.map((CidrIp) => ({ CidrIp, Negated: true })) }],
      /IpRanges\[0\] has the member "Negated"/,
    ],
    [{ IpPermissionsEgress: [permission], Effect: 'Deny' }, /^rules has the member "Effect"/],
    [
      { SecurityGroupRules: five.map((cidr) => ({ ...groupRule(cidr), Action: 'deny' })) },
      /has the member "Action"/,
    ],
    [five.map((cidr, index) => aclEntry(index + 1, cidr, { Direction: 'x' })), /has the member "Direction"/],
  ];
  for (const [content, message] of cases) await refuses(t, message, content);
});

test('a firewall rule of another cloud is not taken for variables because a list of CIDRs is in it', async (t) => {
  const rules = [
    { name: 'a', direction: 'EGRESS', denied: [{ IPProtocol: 'all' }], destinationRanges: five },
    { name: 'a', direction: 'INGRESS', allowed: [{ IPProtocol: 'tcp' }], sourceRanges: five },
    { access: 'Deny', direction: 'Outbound', destinationAddressPrefixes: five },
    { type: 'x', cidrs: five },
    { toCIDR: five, toPorts: [{ ports: [{ port: '443' }] }] },
    { id: 7, list: five, tags: ['x'] },
  ];
  for (const content of rules) {
    await refuses(t, /^rules holds variables of other names|^rules: .* so this is a rule of a form/, content);
  }
  await refuses(
    t,
    /^rules: direction says that this is a rule of a form that the guard does not know/,
    rules[0],
    { address: 'destinationRanges' },
  );
  await refuses(t, /^rules holds variables of other names/, { denied_cidrs: five });
  await refuses(t, /^rules holds 2 sets of rules/, { denied_cidrs: [], cidrs: five });
  await passes(t, { denied_cidrs: [], cidrs: five }, { address: 'cidrs' });
});

test('describe-security-group-rules: one group by its id, egress alone, what is no address may allow anything', async (t) => {
  const rules = five.map(groupRule);
  const output = (list: readonly unknown[]) => ({ SecurityGroupRules: list });
  await passes(t, output(rules));
  await passes(t, rules);
  await passes(t, output([...rules, { ...groupRule('0.0.0.0/0'), GroupId: 'sg-2' }]), { address: 'sg-1' });
  await leavesOut(t, five, output(rules.map((item) => ({ ...item, IsEgress: false }))));
  await refuses(
    t,
    /IsEgress is a string where true or false belongs/,
    output([{ ...rules[0], IsEgress: 'true' }]),
  );
  await refuses(t, /where a rule with one of CidrIpv4/, output([{ ...rules[0], CidrIpv4: undefined }]));
  await refuses(t, /where a rule with one of CidrIpv4/, output([{ ...rules[0], CidrIpv6: '::/0' }]));
  const { CidrIpv4: _, ...bare } = groupRule('');
  await leavesOpen(
    t,
    five,
    /the members of the security group sg-9/,
    output([{ ...bare, ReferencedGroupInfo: { GroupId: 'sg-9', UserId: '1' } }]),
  );
  await leavesOpen(t, five, /names the prefix list pl-1/, output([{ ...bare, PrefixListId: 'pl-1' }]));
});

test('a group that a permission names may allow anything', async (t) => {
  const open = { ...permission, IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-9', UserId: '1' }] };
  await leavesOpen(t, five, /the members of the security group sg-9/, [open]);
  await passes(t, [permission, { ...open, FromPort: 80 }]);
});

test('the permissions of several groups are called by their places', async (t) => {
  await passes(t, [[permission]]);
  await passes(t, [[permission], []], { address: '[0]' });
  await leavesOut(t, five, [[permission], []], { address: '[1]' });
  await refuses(t, /holds 2 sets of rules/, [[permission], []]);
  await refuses(t, /FromPort is 443 where nothing \(every protocol has all ports\)/, [
    { ...permission, IpProtocol: '-1' },
  ]);
});

test('describe-network-acls: the lowest number decides', async (t) => {
  const allows = five.map((cidr, index) => aclEntry(100 + index, cidr));
  const last = {
    CidrBlock: '0.0.0.0/0',
    Egress: true,
    Protocol: '-1',
    RuleAction: 'deny',
    RuleNumber: 32767,
  };
  const acl = (entries: readonly unknown[]) => ({
    NetworkAcls: [
      { Associations: [], Entries: entries, IsDefault: false, NetworkAclId: 'acl-1', Tags: [], VpcId: 'v' },
    ],
  });
  await passes(t, acl([last, ...allows.toReversed()]));
  await passes(t, [last, ...allows]);
  const deny = { ...last, CidrBlock: five[0], RuleNumber: 1 };
  await leavesOut(t, five.slice(0, 1), acl([...allows, deny, last]));
  await passes(t, acl([...allows, { ...deny, RuleNumber: 200 }, last]));
  await passes(t, acl([...allows, { ...deny, Egress: false }, last]));
  await refuses(t, /RuleAction is a string where "allow" or "deny"/, acl([{ ...deny, RuleAction: 'DENY' }]));
  await refuses(
    t,
    /RuleNumber is 100 where a number that no other egress entry has/,
    acl([...allows, allows[0]]),
  );
});

test('describe-prefix-lists has entries, describe-managed-prefix-lists has none', async (t) => {
  const list = { Cidrs: five, PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.us-gov-west-1.s3' };
  await passes(t, { PrefixLists: [list] });
  await passes(
    t,
    { PrefixLists: [list, { ...list, PrefixListId: 'pl-2', PrefixListName: 'b' }] },
    { address: 'b' },
  );
  await refuses(t, /without its entries; .* get-managed-prefix-list-entries --prefix-list-id pl-1$/, {
    PrefixLists: [
      { PrefixListId: 'pl-1', PrefixListName: 'a', PrefixListArn: 'arn', MaxEntries: 10, Version: 1 },
    ],
  });
});

test('terraform output -json: the outputs that are lists of CIDRs', async (t) => {
  const output = (value: unknown) => ({ sensitive: false, type: 'x', value });
  await passes(t, { cidrs: output(five), id: output('sg-1'), map: output({ a: five }) });
  await refuses(t, /holds 2 sets of rules/, { a: output(five), b: output(five.slice(1)) });
  await leavesOut(t, five.slice(0, 1), { a: output(five), b: output(five.slice(1)) }, { address: 'b' });
  for (const name of ['forbidden_cidrs', 'revokedCidrs', 'non-s3']) {
    const says = new RegExp(`the name of the list ${name} says that it is not what is allowed`);
    await refuses(t, says, { [name]: output(five) });
  }
  await refuses(t, /holds no output of terraform output -json that is a list of CIDRs$/, {
    id: output('sg-1'),
  });
});
