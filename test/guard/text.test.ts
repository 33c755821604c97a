// The guard on lines of text and on JSON arrays.

import test from 'ava';
import { UserError } from '../../src/errors.ts';
import { explained } from '../../src/guard/what-it-is.ts';
import {
  five,
  goesBeyond,
  judge,
  leavesOut,
  missingIn,
  passes,
  refuses,
  six,
  two,
} from '../helpers/guard.ts';

test('lines that hold every published CIDR pass', async (t) => {
  await passes(t, `${five.join('\n')}\n`);
});

test('lines that leave some out fail by name', async (t) => {
  await leavesOut(t, five.slice(2), two.join('\n'));
});

test('lines that hold more pass, unless the mode is exact', async (t) => {
  await goesBeyond(t, ['10.0.0.0/8'], [...five, '10.0.0.0/8'].join('\n'));
});

test('CIDRs, addresses and ranges count by their addresses', async (t) => {
  const lines = [
    '15.200.28.240-15.200.28.255',
    '15.200.176.128 - 15.200.176.200',
    '15.200.176.201 -15.200.176.143',
    '108.175.48.0/23',
    '108.175.50.0/23',
    '108.175.56.0/22',
    '136.18.0.0-136.18.1.254',
    '136.18.1.255',
  ];
  await refuses(
    t,
    /line 3 is "15\.200\.176\.201-15\.200\.176\.143", a range that ends before it starts/,
    lines.join('\n'),
  );
  await passes(t, lines.join('\n').replace('201 -15.200.176.143', '130 -15.200.176.143'));
});

test('a range that is covered except for one address is missing that address', async (t) => {
  const verdict = await judge(t, [...five.slice(0, 4), '136.18.0.0-136.18.1.254'].join('\n'));
  t.deepEqual(missingIn(verdict), ['136.18.0.0/23']);
  t.regex(
    verdict.text,
    /136\.18\.0\.0\/23 {2}us-gov-west-1 {2}S3 {2}only in part: without 136\.18\.1\.255\/32$/m,
  );
});

test('comments, blank lines, quotes, commas, a byte order mark and CRLF are no content', async (t) => {
  const text = [
    '\u{feff}# S3 in us-gov-west-1',
    '; as of 2024-08-29',
    '// see the runbook',
    '',
    `"${five[0]}", '${five[1]}',`,
    `  ${five[2]}\t${five[3]} // two in a line`,
    `${five[4]} # and the last`,
  ];
  await passes(t, text.join('\r\n'));
});

test('what could be a separator or a slip is no comment', async (t) => {
  await refuses(t, /^rules, line 1 is a string, which is no CIDR/, `${five[0]}; ${five[1]}`);
  await refuses(t, /^rules, line 1 is "15\.200\.28\.240\/\/28", which is no CIDR/, '15.200.28.240//28');
});

test('a line that is none of them is an error that names the line', async (t) => {
  await refuses(
    t,
    'rules, line 2 is "108.175.56.0/33", which is no CIDR, address or range: an IPv4 network looks like 52.95.144.0/24',
    `${five[0]}\n108.175.56.0/33\n`,
  );
  await refuses(t, /^rules, line 1 is a string/, 'allow 10.0.0.0/8');
  await refuses(t, /^rules, line 3 is a string/, `\n\ns3.us-gov-west-1.amazonaws.com`);
  await refuses(
    t,
    /^rules, line 1 is "10\.0\.0\.0-::1", a range from one address family to another$/,
    '10.0.0.0-::1',
  );
});

test('a network with host bits is an error that names the network', async (t) => {
  await refuses(
    t,
    /"10\.0\.0\.1\/8", which is no CIDR, address or range: that is 10\.0\.0\.0\/8$/,
    '10.0.0.1/8',
  );
});

test('a list without rules is valid and covers nothing, but an empty file is an error', async (t) => {
  await leavesOut(t, five, '# none yet\n');
  await leavesOut(t, five, []);
  for (const empty of ['', '\n\n', '\u{feff}'])
    await refuses(t, /^rules is empty: .* written as \[\]$/, empty);
});

test('a JSON array of CIDRs, addresses and ranges', async (t) => {
  await passes(t, five);
  await leavesOut(
    t,
    ['108.175.56.0/22'],
    five.filter((cidr) => cidr !== '108.175.56.0/22'),
  );
  await goesBeyond(t, ['192.0.2.7'], [...five, '192.0.2.7']);
  await refuses(t, 'rules[1] is 7 where a string belongs', [five[0], 7]);
  await refuses(t, /^rules\[1\] is a string, which is no CIDR, address or range/, [five[0], 'x']);
  await refuses(t, 'rules[1] is null where a string belongs', [five[0], null]);
});

test('IPv6 in every notation', async (t) => {
  const source = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [6] };
  const rules = [
    '2600:1F68:2000:0::/40',
    '2600:1fa0:2000::-2600:1fa0:20ff:ffff:ffff:ffff:ffff:ffff',
    ...six.slice(2),
  ];
  const passed = await judge(t, rules, {}, source);
  t.is(
    passed.text,
    '6 of 6 published CIDRs covered by rules, ports not judged (S3, us-gov-west-1, IPv6, syncToken 1724938990)',
  );
  const failed = await judge(t, rules.slice(1), {}, source);
  t.deepEqual(missingIn(failed), ['2600:1f68:2000::/40']);
});

test('a character at which other programs start a line is refused wherever it stands', async (t) => {
  for (const character of ['\r', '\u2028', '\u2029', '\u0085', '\v', '\f', '\u0000']) {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = new RegExp(`^rules, line 2 has the control character U\\+${code} in it`);
    await refuses(t, message, `${five[0]}\n# none yet${character}${five[1]}\n`);
    await refuses(t, message, `${five[0]}\n${five[1]}${character}${five[2]}\n`);
  }
  // White space that only looks like a separator.
  await refuses(t, /^rules, line 1 is a string/, `${five[0]}\u00a0${five[1]}`);
});

test('the text of other tools is named, with the command that writes what the guard reads', async (t) => {
  const texts: readonly [text: string, message: RegExp][] = [
    [
      'Getting info for security group a as b...\n\nname:    a\nrules:\n[]\n',
      /^rules is the text of cf security-group; .* cf curl/,
    ],
    [
      '# aws_eip.e:\nresource "aws_eip" "e" {\n',
      /^rules is the text of terraform show or plan; .* terraform show -json$/,
    ],
    ['SECURITYGROUPS\tegress\tsg-1\n', /^rules is the text output of the AWS CLI; .* --output json$/],
    ['-----------\n|  Describe  |\n+-----+\n', /^rules is a table, .* --output json$/],
    ['SecurityGroups:\n- Description: x\n', /^rules is YAML, .* --output json$/],
    ['cidrs:\n- 10.0.0.0/8\n', /^rules is YAML; write it as JSON$/],
    ['cidrs = [\n  "10.0.0.0/8",\n]\n', /^rules is HCL; /],
    ['- 10.0.0.0/8\n', /^rules is a list in YAML; /],
    ['Setting up...\n{"format_version":"1.2"}\n', /^rules is JSON with /],
    ['// all of them\n["10.0.0.0/8"]\n', /^rules is JSON with a comment before it; JSON has no comments/],
    ['10.0.0.0 255.0.0.0\n', /an address with a netmask or wildcard mask/],
    ['10.0.0.0 0.255.255.255\n', /an address with a netmask or wildcard mask/],
    ['null\n', /^rules is null, so the query that wrote it found nothing/],
  ];
  for (const [text, message] of texts) await refuses(t, message, text);
});

test('white space in a line takes no more time than its length: a signal is heard', async (t) => {
  for (const space of [' ', '\t']) {
    const long = space.repeat(4 * 2 ** 20);
    await passes(t, `${long}\n${five[0]}${long}${five[1]}\n${five.slice(2).join('\n')}`);
  }
});

test('what a text is instead is seen in no more time than its length: a signal is heard', (t) => {
  const most = 65_536;
  const error = new UserError('rules, line 1 is "x"');
  for (const [start, rest] of [
    ['', '\n'],
    ['', '-'],
    ['', '-+'],
    ['----', '\n'],
    ['---', '\n'],
    ['name', '\n'],
    ['# ', 'x:'],
    ['resource', '{ '],
    ['resource {', '\n'],
    ['x', '\n'],
  ] as const) {
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
  await passes(t, `${lines.join('\n')}\n`);
  lines.push('10.0.0.0');
  await refuses(
    t,
    /^rules has more than 100000 rules, .* name a file of rules that a firewall takes$/,
    lines.join('\n'),
  );
});

// The guard on an .auto.tfvars.json.

const both = { services: ['S3'], regions: ['us-gov-west-1'] };

test('the pair of variables that in writes is judged without ceremony', async (t) => {
  const pair = { aws_ip_ranges_cidr_blocks: five, aws_ip_ranges_ipv6_cidr_blocks: six };
  const passed = await judge(t, pair, {}, both);
  t.is(
    passed.text,
    '11 of 11 published CIDRs covered by rules (aws_ip_ranges_cidr_blocks and aws_ip_ranges_ipv6_cidr_blocks), ports not judged (S3, us-gov-west-1, syncToken 1724938990)',
  );
  const failed = await judge(t, { ...pair, aws_ip_ranges_ipv6_cidr_blocks: [] }, {}, both);
  t.regex(failed.text, /leaves out 6 of 11 published CIDRs/);
});

test('a variable by its name, whatever else the file sets', async (t) => {
  const variables = {
    region: 'us-gov-west-1',
    zones: ['us-gov-west-1a'],
    s3: five,
    old: two,
    tags: { a: 'b' },
  };
  await passes(t, variables, { address: 's3' });
  await leavesOut(t, five.slice(2), variables, { address: 'old' });
  await goesBeyond(t, ['10.0.0.0/8'], { ...variables, s3: [...five, '10.0.0.0/8'] }, { address: 's3' });
  await refuses(t, 'params.address is "s4", which names nothing in rules; did you mean s3?', variables, {
    address: 's4',
  });
});

test('several variables of one address family are ambiguous', async (t) => {
  await refuses(t, 'rules holds 2 sets of rules, and params.address does not say which one to judge: a, b', {
    a: five,
    b: two,
    c: 'text',
  });
  await refuses(t, /of other names than those that in writes.*\(lists of CIDRs in it: forbidden_cidrs\)$/, {
    forbidden_cidrs: five,
  });
  await passes(t, { cidr_blocks: five, ipv6_cidr_blocks: six, sync_token: '1' });
});

test('a list in which anything is a CIDR is a list of CIDRs, with an error for what is none', async (t) => {
  await refuses(t, /^rules: cidr_blocks\[5\] is "108\.175\.56\.0\.22", which is no CIDR/, {
    cidr_blocks: [...five, '108.175.56.0.22'],
  });
  await refuses(t, 'rules: cidr_blocks[0] is 1 where a string belongs', { cidr_blocks: [1, ...five] });
});

test('an object without a list of CIDRs has no form', async (t) => {
  await refuses(
    t,
    /^rules, an object with "region", has none of the forms that the guard reads: lines of CIDRs/,
    {
      region: 'us-gov-west-1',
    },
  );
  await refuses(t, /^rules has none of the forms/, {});
  await leavesOut(t, five, { cidr_blocks: [] });
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
