// The guard on lists of CIDRs without ports: lines of text, JSON arrays, Terraform's variables and outputs.
import test from 'ava';
import { UserError } from '../../src/errors.ts';
import { explained } from '../../src/guard/what-it-is.ts';
import { five, judge, judgeRows, six, two } from '../helpers/guard.ts';

test('lines and JSON arrays of CIDRs, addresses and ranges', async (t) => {
  const lines = [
    '\u{feff}# S3 in us-gov-west-1',
    '; as of 2024-08-29',
    '// see the runbook',
    '',
    `"${five[0]}", '${five[1]}',`,
    '  108.175.48.0/23\t108.175.50.0/23 // two in a line',
    '108.175.56.0 - 108.175.58.200',
    '108.175.58.201 -108.175.59.255',
    '136.18.0.0-136.18.1.254 # and the last',
    '136.18.1.255',
  ];
  const [first] = five;
  await judgeRows(t, [
    [[], lines.join('\r\n')],
    [five.slice(4), lines.slice(0, -1).join('\n')],
    [five, '# none yet\n'],
    [five, []],
    ['rules has 16777217 bytes of text, more than the 16777216 (16 MiB)', ' '.repeat(2 ** 24 + 1)],
    ...['', '\n\n', '\u{feff}'].map((empty) => [/^rules is empty: .* written as \[\]$/, empty] as const),
    // What could be a separator or a slip is no comment.
    [/^rules, line 1 is a string, which is no CIDR/, `${first}; ${five[1]}`],
    [/^rules, line 1 is "15\.200\.28\.240\/\/28", which is no CIDR/, '15.200.28.240//28'],
    [
      'rules, line 2 is "108.175.56.0/33", which is no CIDR, address or range: an IPv4 network looks like 52.95.144.0/24',
      `${first}\n108.175.56.0/33\n`,
    ],
    [/^rules, line 1 is a string/, 'allow 10.0.0.0/8'],
    [/^rules, line 3 is a string/, '\n\ns3.us-gov-west-1.amazonaws.com'],
    [/^rules, line 1 is "10\.0\.0\.0-::1", a range from one address family to another$/, '10.0.0.0-::1'],
    [/line 1 is "10\.0\.0\.9-10\.0\.0\.1", a range that ends before it starts/, '10.0.0.9 -10.0.0.1'],
    [/"10\.0\.0\.1\/8", which is no CIDR, address or range: that is 10\.0\.0\.0\/8$/, '10.0.0.1/8'],
    ['rules[1] is 7 where a string belongs', [first, 7]],
    [/^rules\[1\] is a string, which is no CIDR, address or range/, [first, 'x']],
    [/^rules\[0\] is a string, which is no CIDR, address or range/, ['10.0.0.1-hunter2']],
    ['rules[1] is null where a string belongs', [first, null]],
  ]);
});

test('IPv6 in every notation', async (t) => {
  const source = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [6] };
  const rules = [
    '2600:1F68:2000:0::/40',
    '2600:1fa0:2000::-2600:1fa0:20ff:ffff:ffff:ffff:ffff:ffff',
    ...six.slice(2),
  ];
  t.regex((await judge(t, rules, {}, { source })).text, /^6 of 6 published CIDRs covered by rules/);
});

test('a character at which other programs start a line is refused wherever it stands', async (t) => {
  for (const character of ['\r', '\u2028', '\u2029', '\u0085', '\v', '\f', '\u0000', '\u001b']) {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = new RegExp(`^rules, line 2 has the control character U\\+${code} in it, [ -~]*$`);
    await judgeRows(t, [
      [message, `${five[0]}\n# none yet${character}${five[1]}\n`],
      [message, `${five[0]}\n${five[1]}${character}${five[2]}\n`],
    ]);
  }
  // White space that only looks like a separator.
  await judgeRows(t, [[/^rules, line 1 is a string/, `${five[0]}\u00a0${five[1]}`]]);
});

test('the text of other tools is named, with the command that writes what the guard reads', async (t) => {
  await judgeRows(t, [
    [
      /^rules is the text of cf security-group; .* cf curl/,
      'Getting info for security group a as b...\n\nname:    a\nrules:\n[]\n',
    ],
    [
      /^rules is the text of terraform show or plan; .* terraform show -json$/,
      '# aws_eip.e:\nresource "aws_eip" "e" {\n',
    ],
    [/^rules is the text output of the AWS CLI; .* --output json$/, 'SECURITYGROUPS\tegress\tsg-1\n'],
    [/^rules is a table, .* --output json$/, '-----------\n|  Describe  |\n+-----+\n'],
    [/^rules is YAML, .* --output json$/, 'SecurityGroups:\n- Description: x\n'],
    [/^rules is YAML; write it as JSON$/, 'cidrs:\n- 10.0.0.0/8\n'],
    [/^rules is HCL; /, 'cidrs = [\n  "10.0.0.0/8",\n]\n'],
    [/^rules is a list in YAML; /, '- 10.0.0.0/8\n'],
    [/^rules is JSON with /, 'Setting up...\n{"format_version":"1.2"}\n'],
    [/^rules is JSON with a comment before it; JSON has no comments/, '// all of them\n["10.0.0.0/8"]\n'],
    [/an address with a netmask or wildcard mask/, '10.0.0.0 255.0.0.0\n'],
    [/an address with a netmask or wildcard mask/, '10.0.0.0 0.255.255.255\n'],
    [/^rules is null, so the query that wrote it found nothing/, 'null\n'],
  ]);
});

test('white space in a line takes no more time than its length: a signal is heard', async (t) => {
  for (const space of [' ', '\t']) {
    const long = space.repeat(4 * 2 ** 20);
    await judgeRows(t, [[[], `${long}\n${five[0]}${long}${five[1]}\n${five.slice(2).join('\n')}`]]);
  }
});

test('what a text is instead is seen in no more time than its length: a signal is heard', (t) => {
  const most = 65_536;
  const error = new UserError('rules, line 1 is "x"');
  for (const [start = '', rest = ''] of [
    ...['', '----', '---', 'name', 'resource {', 'x'].map((start) => [start, '\n']),
    ...['-', '-+'].map((rest) => ['', rest]),
    ['# ', 'x:'],
    ['resource', '{ '],
  ]) {
    const text = `${(start + rest.repeat(most)).slice(0, most)}x`;
    // Throws when that takes longer.
    t.is(explained(error, text, 'rules').name, 'UserError', start);
  }
});

test('a hundred thousand lines are read, and more are too many', async (t) => {
  const lines = Array.from(
    { length: 99_995 },
    (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
  );
  lines.splice(70_000, 0, ...five);
  await judgeRows(t, [
    [[], `${lines.join('\n')}\n`],
    [
      /^rules has more than 100000 rules, .* name a file of rules that a firewall takes$/,
      [...lines, '10.0.0.0'].join('\n'),
    ],
  ]);
});

test('Terraform variables: the pair that in writes, or one by its name, whatever else the file sets', async (t) => {
  const variables = { region: 'us-gov-west-1', zones: ['a'], s3: five, old: two, tags: { a: 'b' } };
  await judgeRows(t, [
    [[], { cidr_blocks: five, ipv6_cidr_blocks: six, sync_token: '1' }],
    [five, { cidr_blocks: [] }],
    [five.slice(2), variables, { address: 'old' }],
    ['params.address is "s4", which names nothing in rules; did you mean s3?', variables, { address: 's4' }],
    [/does not say which one to judge: a, b$/, { a: five, b: two, c: 'text' }],
    [
      /of other names than those that in writes.*\(lists of CIDRs in it: forbidden_cidrs\)$/,
      { forbidden_cidrs: five },
    ],
    // A list in which anything is a CIDR is a list of CIDRs.
    [
      /^rules: cidr_blocks\[5\] is "108\.175\.56\.0\.22", which is no CIDR/,
      { cidr_blocks: [...five, '108.175.56.0.22'] },
    ],
    ['rules: cidr_blocks[0] is 1 where a string belongs', { cidr_blocks: [1, ...five] }],
    [/^rules, an object with "region", has none of the forms/, { region: 'us-gov-west-1' }],
    [/^rules, an object with "region", "old", has none of the forms/, { region: 'us-gov-west-1', old: [] }],
    [/^rules has none of the forms/, {}],
  ]);
});

test('a firewall rule of another cloud is not taken for variables because a list of CIDRs is in it', async (t) => {
  const other = /^rules holds variables of other names/;
  const egress = { name: 'a', direction: 'EGRESS', destinationRanges: five };
  const turned = { cidrs: five, rule: [{ is: 'Deny' }] };
  await judgeRows(t, [
    [other, egress],
    [other, { type: 'x', cidrs: five }],
    [other, { toCIDR: five, toPorts: [{ ports: [{ port: '443' }] }] }],
    [/^rules: direction says that this is a rule of a form/, egress, { address: 'destinationRanges' }],
    [/^rules: rule\[0\]\.is says that this is a rule of a form/, turned, { address: 'cidrs' }],
    [/^rules holds 2 sets of rules/, { denied_cidrs: [], cidrs: five }],
    [[], { denied_cidrs: [], cidrs: five }, { address: 'cidrs' }],
  ]);
});

test('terraform output -json: the outputs that are lists of CIDRs', async (t) => {
  const output = (value: unknown) => ({ sensitive: false, type: 'x', value });
  const several = { a: output(five), b: output(five.slice(1)) };
  await judgeRows(t, [
    [[], { cidrs: output(five), id: output('sg-1'), map: output({ a: five }) }],
    [/holds 2 sets of rules/, several],
    [five.slice(0, 1), several, { address: 'b' }],
    ...['forbidden_cidrs', 'revokedCidrs', 'non-s3'].map(
      (name) =>
        [
          new RegExp(`the name of the list ${name} says that it is not what is allowed`),
          { [name]: output(five) },
        ] as const,
    ),
    [/holds no output of terraform output -json that is a list of CIDRs$/, { id: output('sg-1') }],
  ]);
});
