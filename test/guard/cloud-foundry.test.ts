// The guard on Cloud Foundry's application security groups. Protocols, ports and destinations are judged in forms.test.ts.
import test from 'ava';
import { five, judge, judgeRows, two } from '../helpers/guard.ts';

const rule = (destination: string, more: object = {}) => ({
  protocol: 'tcp',
  destination,
  ports: '443',
  description: 'S3',
  log: false,
  ...more,
});
const icmp = { protocol: 'icmp', destination: '0.0.0.0/0', type: 8, code: 0 };
const rules = (cidrs: readonly string[], more: object = {}) => cidrs.map((cidr) => rule(cidr, more));

const group = (name: string, cidrs: readonly string[]) => ({
  guid: `guid-of-${name}`,
  created_at: '2020-02-20T17:42:08Z',
  updated_at: '2024-08-29T14:00:00Z',
  name,
  globally_enabled: { running: true, staging: false },
  rules: [...rules(cidrs), icmp],
  relationships: { staging_spaces: { data: [] }, running_spaces: { data: [{ guid: 'space-1' }] } },
  links: { self: { href: 'https://api.example.org/v3/security_groups/guid' } },
});
const page = (resources: readonly unknown[], next: unknown = null) => ({
  pagination: { total_results: resources.length, total_pages: 1, next, previous: null },
  resources,
});

test('rules as cf create-security-group takes them, and what the API returns of groups', async (t) => {
  const list = page([group('public_networks', two), group('s3', five)]);
  const next = { href: 'https://api.example.org/v3/security_groups?page=2&per_page=50' };
  await judgeRows(t, [
    [[], [rule(five.join(','))]],
    // Host bits are masked, as Cloud Foundry masks them.
    [five.slice(1), [rule('15.200.28.241/28')]],
    [[], [...rules(five.slice(1)), rule('15.200.28.255/28')]],
    [/no rules for ingress; leave params\.direction out/, rules(five), { direction: 'ingress' }],
    [[], group('s3', five), { address: 'guid-of-s3' }],
    [five, { ...group('s3', []), rules: [] }],
    [[], list, { address: 's3' }],
    [five.slice(2), list, { address: 'guid-of-public_networks' }],
    [/does not say which one to judge: public_networks, s3$/, list],
    [[], [group('s3', five), group('dns', [])], { address: 's3' }],
    [/^rules: pagination\.next names a further page, .*per_page=5000/, page([group('s3', five)], next)],
    [/^rules: pagination\.next is missing where null/, { ...page([]), pagination: { total_results: 1 } }],
    [/^rules holds nothing that the guard could judge/, page([])],
    [/^rules holds nothing that the guard could judge/, page([]), { address: 's3' }],
  ]);
});

test('what is malformed in a security group of Cloud Foundry is an error that names the place', async (t) => {
  const spaced = /^rules\[0\]\.destination is (a string|".*") where a destination without white space/;
  const odd = Array.from({ length: 1200 }, (_, index) => 2 * index + 3).join();
  const ports = /^rules\[0\]\.ports is "443.*" where one port, a list of ports or one range/;
  await judgeRows(t, [
    ['rules[1].destination is missing where a string belongs', [rule('10.0.0.1'), { protocol: 'all' }]],
    ['rules[0].destination is 7 where a string belongs', [rule('', { destination: 7 })]],
    ...['', `${five[0]},,${five[1]}`, `${five[0]},`].map(
      (written) => [/^rules\[0\]\.destination is "", which is no CIDR/, [rule(written)]] as const,
    ),
    [/^rules\[0\]\.destination is a string, which is no CIDR/, [rule('10.0.0.0/8,x')]],
    ...[', ', ',\n'].map((comma) => [spaced, [rule(five.join(comma))]] as const),
    [spaced, [rule('10.0.0.0 - 10.0.0.9')]],
    [
      'rules[0].protocol is a string where one of tcp, udp, icmp, icmpv6 and all belongs',
      [rule('10.0.0.0/8', { protocol: 'tpc' })],
    ],
    ...['443-80', '443,8000-9000', '443-443', '443,'].map(
      (written) => [ports, [rule('10.0.0.0/8', { ports: written })]] as const,
    ),
    [
      'the rules tell apart 2401 parts of the ports that params.ports demands',
      [rule('::/0', { ports: odd })],
      { ports: '1-9999' },
    ],
    ['rules[0].ports is 443 where a string belongs', [rule('10.0.0.0/8', { ports: 443 })]],
    ['rules[0].ports is missing where a string belongs', [rule('10.0.0.0/8', { ports: undefined })]],
    [/^rules\[0\]\.ports is "443" where nothing \(the protocol all/, rules(two, { protocol: 'all' })],
    ['rules[1] is "10.0.0.0/8" where an object belongs', [rule('10.0.0.0/8'), '10.0.0.0/8']],
    [/^rules: rules\[0\]\.destination is a string/, { ...group('s3', []), rules: [rule('x')] }],
    [/^rules: resources\[1\]\.rules is missing/, page([group('a', []), { name: 'b' }]), { address: 'b' }],
  ]);
});

test('a v3 group that nothing uses is noted in the verdict, whatever its outcome', async (t) => {
  const none = { data: [] };
  const unused = {
    ...group('s3', five),
    globally_enabled: { running: false, staging: false },
    relationships: { staging_spaces: none, running_spaces: none },
  };
  const note =
    's3 is bound to no space and not enabled globally, as far as this file shows: no app uses these rules';
  const staging = { running: false, staging: true };
  const { relationships: _, ...request } = unused;
  for (const [content, words] of [
    [unused, `^5 of 5 .*\n${note}$`],
    [{ ...unused, rules: rules(two) }, `^rules \\(s3\\) leaves out 3 of 5 [^]*\n  note: ${note}$`],
    [
      { ...unused, globally_enabled: staging },
      '^5 of 5 .*\n.* for staging only: apps that run do not use these rules$',
    ],
    [group('s3', five), '^5 of 5 .*$'],
    [request, '^5 of 5 .*$'],
  ] as const) {
    t.regex((await judge(t, content)).text, new RegExp(words));
  }
});

test('the answer to a request that failed is named by its code, and nothing else of it is repeated', async (t) => {
  const failed = /^rules is the answer to a request that failed \(CF-SecurityGroupNotFound\); /;
  const error = { detail: 'hunter2', title: 'CF-SecurityGroupNotFound', code: 10010 };
  await judgeRows(t, [
    [failed, { errors: [error] }],
    [/^rules is the answer to a request that failed; /, { errors: [{ title: 'hunter2' }] }],
  ]);
});
