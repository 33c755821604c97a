// What people read when rules fail, and what the build page shows when they pass.
import test from 'ava';
import { parseSource } from '../../src/config/source.ts';
import { compareCoverage } from '../../src/guard/coverage.ts';
import { allow, parseDestination } from '../../src/guard/rule.ts';
import { objection, type Subject, summarize } from '../../src/guard/verdict.ts';
import { selectionOf } from '../../src/selection/selection.ts';
import { parseSyncToken, type SyncToken } from '../../src/version.ts';
import { five, goesBeyond, judge, listedUnder, missingIn, two } from '../helpers/guard.ts';
import { plan, prefixList } from '../helpers/terraform.ts';

const traffic = { protocol: 'tcp', ports: [{ first: 443, last: 443 }] };

function syncToken(): SyncToken {
  const token = parseSyncToken('1724938990');
  if (token === undefined) throw new Error('no token');
  return token;
}

const subject: Subject = {
  file: 'plan.json',
  name: undefined,
  isWithoutPorts: false,
  isManagedByAws: false,
  direction: 'egress' as const,
  asOf: undefined,
  traffic,
  mode: 'covers',
  criteria: parseSource({ services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] }),
  syncToken: syncToken(),
  published: 0,
};

function verdictOn(published: readonly string[], rules: readonly string[], overrides: Partial<Subject> = {}) {
  const selection = selectionOf(
    published.flatMap((ip_prefix) =>
      ['AMAZON', 'S3'].map((service) => ({ ip_prefix, region: 'us-gov-west-1', service })),
    ),
  );
  const coverage = compareCoverage(
    selection,
    rules.map((text) => allow(parseDestination(text, 'rule'))),
    traffic,
    [4],
  );
  return { coverage, subject: { ...subject, published: selection.length, ...overrides } };
}

test('the first line alone says what happened', (t) => {
  const { coverage, subject: about } = verdictOn(five, ['10.0.0.0/8', '192.0.2.0/24'], {
    mode: 'exact',
    name: 'aws_security_group.app',
    traffic: {
      protocol: 'udp',
      ports: [
        { first: 53, last: 53 },
        { first: 1000, last: 2000 },
      ],
    },
  });
  t.is(
    objection(coverage, about)?.split('\n')[0],
    'plan.json (aws_security_group.app) leaves out 5 of 5 published CIDRs and allows 2 CIDRs beyond the published ones for udp 53,1000-2000 (S3, us-gov-west-1, IPv4, syncToken 1724938990)',
  );
});

test('the gap is closed by the fewest CIDRs', (t) => {
  const { coverage, subject: about } = verdictOn(
    ['10.0.0.0/24', '10.0.1.0/24', '10.0.0.0/25', '10.0.2.0/24'],
    ['10.0.0.0', '10.0.2.128/25'],
  );
  t.is(
    objection(coverage, about),
    [
      'plan.json leaves out 4 of 4 published CIDRs for tcp 443 (S3, us-gov-west-1, IPv4, syncToken 1724938990)',
      '  missing  10.0.0.0/24  us-gov-west-1  AMAZON, S3  only in part: without 10.0.0.1/32 10.0.0.2/31 10.0.0.4/30 10.0.0.8/29 ... and 4 more',
      '  missing  10.0.0.0/25  us-gov-west-1  AMAZON, S3  only in part: without 10.0.0.1/32 10.0.0.2/31 10.0.0.4/30 10.0.0.8/29 ... and 3 more',
      '  missing  10.0.1.0/24  us-gov-west-1  AMAZON, S3',
      '  missing  10.0.2.0/24  us-gov-west-1  AMAZON, S3  only in part: without 10.0.2.0/25',
      '  to close the gap, allow tcp 443 to:',
      '    10.0.0.1/32',
      '    10.0.0.2/31',
      '    10.0.0.4/30',
      '    10.0.0.8/29',
      '    10.0.0.16/28',
      '    10.0.0.32/27',
      '    10.0.0.64/26',
      '    10.0.0.128/25',
      '    10.0.1.0/24',
      '    10.0.2.0/25',
    ].join('\n'),
  );
});

test('long lists are cut, with a count', (t) => {
  const published = Array.from({ length: 250 }, (_, index) => `10.0.${index}.0/28`);
  const extra = Array.from({ length: 100 }, (_, index) => `11.0.${index}.0/28`);
  const { coverage, subject: about } = verdictOn(published, extra, { mode: 'exact' });
  const lines = objection(coverage, about)?.split('\n') ?? [];
  t.regex(
    lines[0] ?? '',
    /leaves out 250 of 250 published CIDRs and allows 100 CIDRs beyond the published ones/,
  );
  t.is(lines.filter((line) => line.startsWith('  missing')).length, 40);
  t.deepEqual(
    lines.filter((line) => line.includes('more')),
    ['  ... and 210 more', '    ... and 210 more', '    ... and 60 more'],
  );
});

test('what is extra is reported but no reason to fail in mode covers', async (t) => {
  const failed = await judge(t, [...five.slice(1), '10.0.0.0/8']);
  t.is(
    failed.text.split('\n').at(-1),
    '  note: also allows 1 CIDR beyond the published ones: rules[4] has 10.0.0.0/8',
  );
  const passed = await judge(t, [...five, '10.0.0.0/8']);
  t.true(passed.passed);
  t.regex(passed.text, /^also allows 1 CIDR beyond the published ones: rules\[5\] has 10\.0\.0\.0\/8$/m);
});

test('what is extra is listed as the rules that allow it, as they are written', async (t) => {
  await goesBeyond(
    t,
    ['15.200.28.224/27', '108.175.48.0-108.175.59.255', '192.0.2.0/25', '192.0.2.128/25'],
    [
      '15.200.28.224/27',
      '15.200.176.128/28',
      '108.175.48.0-108.175.59.255',
      '136.18.0.0/23',
      '192.0.2.0/25',
      '192.0.2.128/25',
    ],
  );
  // Another address family is none of the selection's business.
  const exact = await judge(t, [...five, '::/0'], { mode: 'exact' });
  t.true(exact.passed, exact.text);
});

test('a success is one line', (t) => {
  const { coverage, subject: about } = verdictOn(five, [...five, '10.0.0.0/8'], { mode: 'covers' });
  t.is(objection(coverage, about), undefined);
  t.is(
    summarize(coverage, about),
    '5 of 5 published CIDRs covered by plan.json for tcp 443 (S3, us-gov-west-1, IPv4, syncToken 1724938990)',
  );
});

const web = (destination: string, ports: string) => ({ protocol: 'tcp', destination, ports });

test('with several ports the verdict says which port leaves what out, and which is covered', async (t) => {
  const rules = five.map((cidr) => web(cidr, '443'));
  const all = await judge(t, rules, { ports: '80,443,8000-8002' });
  t.regex(
    all.text,
    /^rules leaves out 5 of 5 published CIDRs for tcp 80,8000-8002 \(tcp 443: all covered\) \(S3/,
  );
  t.notRegex(all.text, /443 |allow/);
  const some = await judge(t, [...rules, web(five[0] ?? '', '80')], { ports: '80,443,22' });
  t.regex(some.text, /^rules leaves out 5 of 5 published CIDRs for tcp 80,22 \(tcp 443: all covered\) \(S3/);
  t.regex(some.text, /^ {2}missing {2}15\.200\.28\.240\/28 {3}us-gov-west-1 {2}S3 {2}tcp 22$/m);
  t.regex(some.text, /^ {2}missing {2}136\.18\.0\.0\/23 {6}us-gov-west-1 {2}S3$/m);
});

test('the ports of the advice are those that lack something', async (t) => {
  const half = [...five.slice(1), '15.200.28.240/29'].map((cidr) => web(cidr, '443'));
  const { text } = await judge(t, [...half, ...five.map((cidr) => web(cidr, '80'))], { ports: '80,443' });
  t.regex(text, /^rules leaves out 1 of 5 published CIDRs for tcp 443 \(tcp 80: all covered\) \(S3/);
  // It would say what the line above it says.
  t.notRegex(text, /allow/);
  const halves = Array.from({ length: 16 }, (_, index) => `15.200.28.${240 + index}`);
  const odd = [...five.slice(2), ...halves.filter((_, index) => index % 2 === 1)];
  const cut = await judge(
    t,
    odd.map((cidr) => web(cidr, '443')),
    { ports: '443' },
  );
  t.deepEqual(listedUnder(cut, 'to close the gap, allow tcp 443 to'), [
    ...halves.filter((_, index) => index % 2 === 0).map((address) => `${address}/32`),
    five[1],
  ]);
});

const entry = (RuleNumber: number, RuleAction: string, CidrBlock: string) => ({
  RuleNumber,
  RuleAction,
  CidrBlock,
  Egress: true,
  Protocol: '-1',
});

test('where a deny makes the gap, it is named with its place, and no allow is advised for it', async (t) => {
  const allows = five.slice(0, 4).map((cidr, index) => entry(100 + index, 'allow', cidr));
  const verdict = await judge(t, [
    entry(1, 'deny', '15.200.0.0/16'),
    entry(2, 'deny', '192.0.2.0/24'),
    ...allows,
    entry(200, 'deny', '0.0.0.0/0'),
  ]);
  t.deepEqual(missingIn(verdict), [...two, '136.18.0.0/23']);
  t.deepEqual(listedUnder(verdict, 'denied by'), ['rules[0].CidrBlock has 15.200.0.0/16']);
  t.deepEqual(listedUnder(verdict, 'to close the gap, allow tcp 443 to'), ['136.18.0.0/23']);
});

test('mode: exact says on which traffic it passed, and lists that no one but AWS can change get no advice', async (t) => {
  const exact = await judge(
    t,
    five.map((cidr) => web(cidr, '443')),
    { mode: 'exact' },
  );
  t.regex(
    exact.text,
    /^mode: exact looks at tcp 443 over IPv4 alone, and not at what the rules allow for other traffic$/m,
  );
  const Cidrs = ['15.200.28.240/29', '15.200.28.249/32'];
  const list = { Cidrs, PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.us-gov-west-1.s3' };
  const { text } = await judge(t, { PrefixLists: [list] });
  t.regex(text, /^rules \(com\.amazonaws\.us-gov-west-1\.s3 \(pl-1\)\) leaves out 5 of 5/);
  t.notRegex(text, /allow/);
});

test('names from outside cannot rewrite the terminal, and long ones are cut', async (t) => {
  const group = (GroupName: string) => ({
    SecurityGroups: [{ GroupId: 'sg-1', GroupName, IpPermissionsEgress: [] }],
  });
  const odd = await judge(t, group('a\u001b[2Jb'));
  t.regex(odd.text, /^rules \(a name with other characters\) leaves out/);
  const long = await judge(t, group('a'.repeat(10_000)));
  t.true((long.text.split('\n')[0]?.length ?? 0) < 500);
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

test('what allows everything is named by its place, unless it is about other ports', async (t) => {
  const exact = await judge(t, [web('0.0.0.0/0', '1-65535')], { mode: 'exact' });
  t.regex(exact.text, /^ {2}allows everything: rules\[0\]\.destination has 0\.0\.0\.0\/0$/m);
  const rules = [...five, '10.0.0.0/8'].map((cidr) => web(cidr, '443'));
  const other = await judge(t, [...rules, web('0.0.0.0/0', '80')], { mode: 'exact' });
  t.false(other.passed);
  t.notRegex(other.text, /everything/);
});

test('the way to close a gap of ingress says from', (t) => {
  const { coverage, subject: about } = verdictOn(['10.0.0.0/24', '10.0.1.0/24'], [], {
    direction: 'ingress',
  });
  t.regex(
    objection(coverage, about) ?? '',
    /^ {2}to close the gap, allow tcp 443 from:\n {4}10\.0\.0\.0\/23$/m,
  );
});
