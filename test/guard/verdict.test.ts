// What people read when rules fail, and what the build page shows when they pass.
import test from 'ava';
import { entriesOf, renderDocument } from '../helpers/documents.ts';
import { five, judge, missingIn } from '../helpers/guard.ts';
import { listRead, plan } from '../helpers/terraform.ts';

const web = (cidrs: readonly string[], ports = '443', protocol = 'tcp') =>
  cidrs.map((destination) => ({ protocol, destination, ports }));
const entry = (RuleNumber: number, RuleAction: string, CidrBlock: string) => ({
  RuleNumber,
  RuleAction,
  CidrBlock,
  Egress: true,
  Protocol: '-1',
});
const about = '(S3, us-gov-west-1, IPv4, syncToken 1724938990)';
const group = (GroupName: string) => ({
  SecurityGroups: [{ GroupId: 'sg-1', GroupName, IpPermissionsEgress: [], IpPermissions: [] }],
});
/** Every second address of the first CIDR. */
const halves = Array.from({ length: 8 }, (_, index) => `15.200.28.${240 + 2 * index}`);
const others = five.slice(1);
const wrongPorts = { name: 's3', rules: web(['10.0.0.0/8', '192.0.2.0/24'], '1-2000', 'udp') };
const onlyInPart = [...web(halves), ...web(five.slice(2))];
const permission = (port: number, cidrs: readonly string[]) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
});
const beyond = ['15.200.28.224/27', '108.175.48.0-108.175.59.255', '192.0.2.128/25'];
const everything = web(['0.0.0.0/0'], '1-65535');
const exact = { mode: 'exact' };
const readBy = (owner_id: string) => plan([], [listRead([...others, ...halves], { owner_id })]);
const ofData = { address: listRead([]).address };

/** The rules, the params, and what the verdict says, line by line or as a whole; of the last pattern nothing. */
const rows: readonly (readonly [string, unknown, object, readonly (string | RegExp)[], RegExp?])[] = [
  [
    'the first line alone says what happened',
    wrongPorts,
    { ...exact, protocol: 'udp', ports: '53,1000-2000' },
    [
      `rules (s3) leaves out 5 of 5 published CIDRs and allows 2 CIDRs beyond the published ones for udp 53,1000-2000 ${about}`,
    ],
  ],
  [
    'the gap is closed by the fewest CIDRs',
    onlyInPart,
    {},
    [
      [
        `rules leaves out 2 of 5 published CIDRs for tcp 443 ${about}`,
        '  missing  15.200.28.240/28   us-gov-west-1  S3  only in part: without 15.200.28.241/32 15.200.28.243/32 15.200.28.245/32 15.200.28.247/32 ... and 4 more',
        '  missing  15.200.176.128/28  us-gov-west-1  S3',
        '  to close the gap, allow tcp 443 to:',
        ...[241, 243, 245, 247, 249, 251, 253, 255].map((last) => `    15.200.28.${last}/32`),
        '    15.200.176.128/28',
      ].join('\n'),
    ],
  ],
  [
    'what is extra is no reason to fail in mode covers, and noted',
    [...five, '10.0.0.0/8'],
    {},
    [/^5 of 5/, 'also allows 1 CIDR beyond the published ones: rules[5] has 10.0.0.0/8'],
  ],
  [
    'what is extra is listed as the rules that allow it, as they are written',
    [...beyond, '15.200.176.128/28', '136.18.0.0/23'],
    exact,
    [
      `rules allows 3 CIDRs beyond the published ones, ports not judged ${about}`,
      [
        '  beyond the published CIDRs:',
        ...beyond.map((written, index) => `    rules[${index}] has ${written}`),
      ].join('\n'),
    ],
  ],
  [
    'with several ports the verdict says which leave something out, and which are covered',
    web(five),
    { ports: '80,443,8000-8002' },
    [`rules leaves out 5 of 5 published CIDRs for tcp 80,8000-8002 (tcp 443: all covered) ${about}`],
    /443 |allow/,
  ],
  [
    'with several ports a line of what is missing names those that it is missing for, where it is not all',
    [...web(five), ...web(five.slice(0, 1), '80')],
    { ports: '80,443,22' },
    [
      `rules leaves out 5 of 5 published CIDRs for tcp 80,22 (tcp 443: all covered) ${about}`,
      '  missing  15.200.28.240/28   us-gov-west-1  S3  tcp 22',
      '  missing  136.18.0.0/23      us-gov-west-1  S3',
    ],
  ],
  [
    // It would say what the line above it says.
    'there is no advice where the lines say it all',
    [...web([...others, '15.200.28.240/29']), ...web(five, '80')],
    { ports: '80,443' },
    [`rules leaves out 1 of 5 published CIDRs for tcp 443 (tcp 80: all covered) ${about}`],
    /allow/,
  ],
  [
    'the advice is about the ports that lack something, and for ingress says from',
    [permission(443, [...others, ...halves]), permission(80, five)],
    { direction: 'ingress', ports: '80,443' },
    ['  to close the gap, allow tcp 443 from:'],
  ],
  [
    'mode: exact says on which traffic it passed',
    web(five),
    exact,
    ['mode: exact looks at tcp 443 over IPv4 alone, and not at what the rules allow for other traffic'],
  ],
  [
    'a list of AWS, which no one else can change, gets no advice',
    { Cidrs: halves, PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.us-gov-west-1.s3' },
    {},
    [/^rules \(com\.amazonaws\.us-gov-west-1\.s3 \(pl-1\)\) leaves out 5 of 5/],
    /allow/,
  ],
  ['a list that a data source shows, of AWS', readBy('AWS'), ofData, [/leaves out 1 of 5/], /allow/],
  [
    'a list that a data source shows, of another owner',
    readBy('123456789012'),
    ofData,
    ['  to close the gap, allow:\n    15.200.28.241/32'],
  ],
  [
    'where a deny makes the gap, it is named with its place, and no allow is advised for it',
    [
      entry(1, 'deny', '15.200.0.0/16'),
      entry(2, 'deny', '192.0.2.0/24'),
      ...five.slice(0, 4).map((cidr, index) => entry(100 + index, 'allow', cidr)),
      entry(200, 'deny', '0.0.0.0/0'),
    ],
    {},
    [
      /leaves out 3 of 5/,
      '  denied by:\n    rules[0].CidrBlock has 15.200.0.0/16\n  to close the gap, allow tcp 443 to:\n    136.18.0.0/23',
    ],
  ],
  [
    'names from outside cannot rewrite the terminal',
    group('a\u001b[2Jb'),
    {},
    [/^rules \(a name with other characters\) leaves out/],
  ],
  ['long names are cut', group('a'.repeat(10_000)), {}, [/^rules .{1,400}$/m]],
  [
    'what allows everything is named by its place',
    everything,
    exact,
    ['  allows everything: rules[0].destination has 0.0.0.0/0'],
  ],
  [
    'what allows everything for other ports is not named',
    [...web([...five, '10.0.0.0/8']), ...web(['0.0.0.0/0'], '80')],
    exact,
    [/allows 1 CIDR beyond/],
    /everything/,
  ],
];
for (const [title, rules, params, wanted, unwanted] of rows) {
  test(title, async (t) => {
    const { text } = await judge(t, rules, params);
    for (const words of wanted) {
      if (typeof words === 'string') t.true(`\n${text}\n`.includes(`\n${words}\n`), text);
      else t.regex(text, words);
    }
    if (unwanted !== undefined) t.notRegex(text, unwanted);
  });
}

test('long lists are cut, with a count', async (t) => {
  const published = Array.from({ length: 250 }, (_, index) => `10.0.${index}.0/28`);
  const extra = Array.from({ length: 100 }, (_, index) => `11.0.${index}.0/28`);
  const document = renderDocument({ prefixes: entriesOf('S3', 'us-gov-west-1', ...published) });
  const verdict = await judge(t, extra, exact, { document });
  t.regex(
    verdict.text,
    /^rules leaves out 250 of 250 published CIDRs and allows 100 CIDRs beyond the published ones/,
  );
  t.is(missingIn(verdict).length, 40);
  const cut = verdict.text.split('\n').filter((line) => line.includes('more'));
  t.deepEqual(cut, ['  ... and 210 more', '    ... and 210 more', '    ... and 60 more']);
});
