// How a rules file is found, detected and refused, whatever its form.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { whatIsThere } from '../../src/guard/rules-file.ts';
import { five, judge, judgeRows, writeFiles, writeRanges } from '../helpers/guard.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('a file of no form is refused with the forms that there are', (t) => {
  const forms =
    'rules, an object with "hello", has none of the forms that the guard reads: lines of CIDRs, addresses and ranges; ' +
    'a JSON array of them; `terraform show -json` of a plan or a state; terraform output -json; ' +
    'aws ec2 describe-security-groups; aws ec2 describe-security-group-rules; ' +
    'aws ec2 describe-network-acls; aws ec2 get-managed-prefix-list-entries; aws ec2 describe-prefix-lists; ' +
    'Cloud Foundry rules, a /v3/security_groups object or list; an .auto.tfvars.json with lists of CIDRs';
  const others = [[7], [null], [[five]], [{}], { rules: 'x' }, { SecurityGroups: {} }, { Entries: null }];
  return judgeRows(t, [
    [forms, { hello: 'world' }],
    ...others.map((content) => [/^rules.* has none of the forms that the guard reads/, content] as const),
  ]);
});

test('JSON that is cut off, HTML, UTF-16 and binary files are named for what they are', (t) =>
  judgeRows(t, [
    [/^rules starts like JSON, but it is not complete/, JSON.stringify(five).slice(0, 20)],
    ['rules, line 2, column 1: a comma before ]; JSON allows none', '["10.0.0.0/8",\n]'],
    [/^rules, line 1, column 2: a comment; JSON has no comments$/, '[// all\n]'],
    [
      /^rules, line 2, column 1: the second of several JSON values; write one value, such as a list of them$/,
      '{"a": 1}\n{"a": 1}\n',
    ],
    [/^rules, line 2, column 1: the JSON ends before/, '[]\nApply complete!\n'],
    ['rules is a page of HTML or XML; see what the command that wrote it was answered', '<html> <body>'],
    [
      'rules is UTF-16 text, as PowerShell writes it; convert it to UTF-8',
      Buffer.from(`\u{feff}${five}`, 'utf16le'),
    ],
    [/^rules is not UTF-8 text/, Buffer.from([0x1f, 0x8b, 8, 0, 0xff])],
    // A byte order mark before JSON is no content.
    [[], `\u{feff}\r\n${JSON.stringify(five)}\r\n`],
  ]));

test('params.address names one of the sets of rules in a file: these are listed up to a limit', (t) => {
  const variables = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`variable_${index}`, five]));
  return judgeRows(t, [
    [
      /^params\.address is "apps", but rules holds a list without a name; leave params\.address out$/,
      five,
      { address: 'apps' },
    ],
    [/: variable_0, variable_1, .*, variable_39, and 10 more$/, variables],
    [
      /^params\.address is "x", which names nothing in rules; it holds variable_0, .* and 10 more$/,
      variables,
      { address: 'x' },
    ],
  ]);
});

test('a path that is no file of a bearable size is refused at once, with what is there', async (t) => {
  const missing =
    "there is no such file or directory; name a file below the build's sources (their directory holds ranges)";
  const ways: readonly (readonly [words: string, write: (rules: string) => unknown])[] = [
    [missing, () => undefined],
    ['it is a directory, not a file; name a file below', mkdirSync],
    ['it is a FIFO, not a file', (rules) => execFileSync('mkfifo', [rules])],
    ['it is a device, not a file', (rules) => symlinkSync('/dev/zero', rules)],
    [
      'it has 67108865 bytes, more than the 67108864 (64 MiB)',
      (rules) => {
        writeFileSync(rules, '');
        truncateSync(rules, 2 ** 26 + 1);
      },
    ],
  ];
  for (const [words, write] of ways) {
    const tamper = (_: string, rules: string) => {
      rmSync(rules);
      write(rules);
    };
    const { text } = await judge(t, '', {}, { tamper });
    t.true(text.startsWith(`params.rules is "rules", which cannot be read: ${words}`), text);
  }
});

test('JSON without end is refused with a sentence at once', (t) => {
  const rule = (destination: string) => ({ protocol: 'tcp', ports: '443', destination });
  const nested = /^rules nests values more than 256 levels deep/;
  return judgeRows(t, [
    [
      /^rules has more than 5000000 values, more than the guard reads; name a file of rules/,
      `[${'[],'.repeat(3_000_000)}{}]`,
    ],
    [
      /^rules has more than 100000 rules, destinations or ports in what is judged/,
      [rule(`${'10.0.0.1,'.repeat(200_000)}10.0.0.1`)],
    ],
    [
      /^rules is a list of 100001 items, more than the 100000 that the guard reads; name a file of rules/,
      Array(100_001).fill(rule('0.0.0.0/0')),
    ],
    [nested, '['.repeat(5_000_000) + ']'.repeat(5_000_000)],
    [nested, `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`],
  ]);
});

test('what in writes passes as rules: its lines, its JSON, its variables, its security group', async (t) => {
  const both = { services: ['S3'], regions: ['us-gov-west-1'] };
  for (const [file, source, words] of [
    ['cidrs.txt', both, ', ports not judged'],
    ['cidrs.json', both, ' (cidr_blocks and ipv6_cidr_blocks)'],
    ['ip_ranges.auto.tfvars.json', both, ' (aws_ip_ranges_cidr_blocks and '],
    ['security-group.json', { ...both, ip_versions: [4] }, ' for tcp 443'],
  ] as const) {
    const tamper = (ranges: string) => writeRanges(join(ranges, '..', 'deployed'), source);
    const params = { rules: `deployed/${file}`, mode: 'exact' };
    const { passed, text } = await judge(t, '', params, { source, tamper });
    t.true(passed && text.includes(` published CIDRs covered by deployed/${file}${words}`), text);
  }
});

test('rules that the get of the ranges wrote are refused however they are named, since a list covers itself', async (t) => {
  const tamper = (ranges: string, rules: string) => {
    writeFiles(ranges, { 'copy/rules': five.join('\n') });
    symlinkSync(join('..', 'ranges', 'cidrs.txt'), join(ranges, 'link'));
    symlinkSync('ranges', join(ranges, '..', 'same'));
    rmSync(rules);
    symlinkSync(join('ranges', 'cidrs.txt'), rules);
  };
  for (const [rules, ranges] of [
    ['./ranges/security-group.json', 'ranges'],
    ['ranges/link', 'ranges'],
    ['ranges/copy/rules', 'ranges'],
    ['same/cidrs.txt', 'ranges'],
    ['rules', 'same'],
    ['rules', '.'],
  ]) {
    const { text } = await judge(t, '', { rules, ranges }, { tamper });
    t.regex(text, /a file in the directory of params\.ranges, "[\w.]+": a list always covers itself/, rules);
  }
});

test('whatIsThere() names what the nearest directory holds, with paths as they were given', (t) => {
  const root = temporaryDirectory(t);
  writeFiles(root, { 'plan/b.json': '', 'plan/a.json': '', 'plan/deep/c.json': '', 'odd/x\u001b[2J': '' });
  mkdirSync(join(root, 'empty'));
  mkdirSync(join(root, 'full'));
  for (let index = 10; index < 25; index++) writeFiles(root, { [`full/${index}`]: '' });
  symlinkSync('loop', join(root, 'loop'));
  for (const [name, expected] of [
    ['plan/rules.json', 'plan holds a.json, b.json, deep'],
    ['plan/a.json/below', 'plan holds a.json, b.json, deep'],
    ['plan/deep', 'plan/deep holds c.json'],
    ['empty/rules.json', 'empty holds nothing'],
    ['full/rules.json', 'full holds 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, and 5 more'],
    ['odd/y', 'odd holds x\u{fffd}[2J'],
    ['loop', 'the sources holds empty, full, loop, odd, plan'],
    ['.', 'the sources holds empty, full, loop, odd, plan'],
  ] as const) {
    t.is(whatIsThere(join(root, name), name, 'the sources'), expected, name);
  }
  t.is(whatIsThere('/nowhere/at/all', 'at/all', 'the sources'), undefined);
});

test('a member that a form does not know is refused by its name, wherever it is: it could turn the meaning around', async (t) => {
  const rules = (more: object) => five.map((destination) => ({ protocol: 'all', destination, ...more }));
  const permission = { IpProtocol: '-1', IpRanges: five.map((CidrIp) => ({ CidrIp })) };
  const groupRules = five.map((CidrIpv4) => ({ GroupId: 'sg-1', IsEgress: true, CidrIpv4, Action: 'deny' }));
  const entries = five.map((CidrBlock, index) => ({
    RuleNumber: index + 1,
    CidrBlock,
    Egress: true,
    Direction: 'x',
  }));
  const prefixes = five.map((Cidr) => ({ Cidr }));
  await judgeRows(t, [
    [/^rules\[0\] has the member "action"/, rules({ action: 'deny' })],
    [/"destinations".*did you mean destination\?$/, rules({ destinations: [] })],
    [/^rules has the member "action"/, { name: 's3', rules: rules({}), action: 'deny' }],
    [/^rules has the member "deny"/, { pagination: { next: null }, resources: [], deny: 1 }],
    [/Entries\[0\] has the member "RuleAction"/, { Entries: [{ Cidr: five[0], RuleAction: 'deny' }] }],
    [/^rules has the member "Action"/, { Entries: prefixes, Action: 'deny' }],
    [/^rules\[0\] has the member "Action"/, [{ ...permission, Action: 'deny' }]],
    [
      /IpRanges\[0\] has the member "Negated"/,
      [{ ...permission, IpRanges: [{ CidrIp: five[0], Negated: true }] }],
    ],
    [/^rules has the member "Effect"/, { IpPermissionsEgress: [permission], Effect: 'Deny' }],
    [/has the member "Action"/, { SecurityGroupRules: groupRules }],
    [/has the member "Direction"/, entries],
  ]);
});
