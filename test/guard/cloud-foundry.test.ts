// The guard on Cloud Foundry's application security groups.
import test from 'ava';
import { five, goesBeyond, judge, leavesOut, passes, refuses, two } from '../helpers/guard.ts';

const rule = (destination: string, overrides: object = {}) => ({
  protocol: 'tcp',
  destination,
  ports: '443',
  description: 'S3',
  log: false,
  ...overrides,
});
const icmp = { protocol: 'icmp', destination: '0.0.0.0/0', type: 8, code: 0 };
const rules = (cidrs: readonly string[]) => cidrs.map((cidr) => rule(cidr));

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

const page = (groups: readonly unknown[], next: unknown = null) => ({
  pagination: {
    total_results: groups.length,
    total_pages: next === null ? 1 : 2,
    first: { href: 'https://api.example.org/v3/security_groups?page=1&per_page=50' },
    last: { href: 'https://api.example.org/v3/security_groups?page=2&per_page=50' },
    next,
    previous: null,
  },
  resources: groups,
});

test('rules as cf create-security-group takes them', async (t) => {
  await passes(t, rules(five));
  await leavesOut(t, five.slice(2), rules(two));
  await goesBeyond(t, ['10.0.0.0/8'], [...rules(five), rule('10.0.0.0/8')]);
});

test('a destination is a CIDR, an address, a range or a list of them', async (t) => {
  await passes(t, [
    rule('15.200.28.240-15.200.28.255,15.200.176.128/28'),
    rule('108.175.48.0/22,108.175.56.0/22'),
    rule('136.18.0.0'),
    rule('136.18.0.1-136.18.1.255'),
  ]);
});

test('only rules that allow the protocol and the port count', async (t) => {
  await passes(
    t,
    five.map((cidr) => rule(cidr, { ports: '80,443' })),
  );
  await passes(
    t,
    five.map((cidr) => rule(cidr, { ports: '1-65535' })),
  );
  await passes(
    t,
    five.map((cidr) => ({ protocol: 'all', destination: cidr })),
  );
  await leavesOut(
    t,
    five,
    five.map((cidr) => rule(cidr, { ports: '80,8443' })),
  );
  await leavesOut(
    t,
    five,
    five.map((cidr) => rule(cidr, { protocol: 'udp' })),
  );
  await leavesOut(t, five, [icmp, { ...icmp, protocol: 'icmpv6' }]);
});

test('every demanded port must be allowed, be it by different rules', async (t) => {
  const params = { ports: '80,443' };
  const on80 = five.map((cidr) => rule(cidr, { ports: '80' }));
  await leavesOut(t, five, rules(five), params);
  await leavesOut(t, five, on80, params);
  await passes(t, [...on80, ...rules(five)], params);
  await passes(
    t,
    [...five.map((cidr) => rule(cidr, { ports: '1-100' })), rule('0.0.0.0/0', { ports: '101-443' })],
    {
      ports: '80-443',
    },
  );
});

test('the protocol udp is asked for by params', async (t) => {
  await passes(
    t,
    five.map((cidr) => rule(cidr, { protocol: 'udp' })),
    { protocol: 'udp' },
  );
  await leavesOut(t, five, rules(five), { protocol: 'udp' });
});

test('a /v3/security_groups object', async (t) => {
  await passes(t, group('s3', five));
  await leavesOut(t, five.slice(2), group('s3', two));
  await passes(t, group('s3', five), { address: 's3' });
  await passes(t, group('s3', five), { address: 'guid-of-s3' });
});

test('a /v3/security_groups list holds several groups, of which params.address picks one', async (t) => {
  const list = page([group('public_networks', two), group('s3', five)]);
  await passes(t, list, { address: 's3' });
  await passes(t, list, { address: 'guid-of-s3' });
  await leavesOut(t, five.slice(2), list, { address: 'public_networks' });
  await refuses(
    t,
    'rules holds 2 sets of rules, and params.address does not say which one to judge: public_networks, s3',
    list,
  );
  await passes(t, page([group('s3', five)]));
  await passes(t, [group('s3', five), group('dns', [])], { address: 's3' });
});

test('a page of a longer list is not the whole list', async (t) => {
  const next = { href: 'https://api.example.org/v3/security_groups?page=2&per_page=50' };
  await refuses(t, /^rules: pagination\.next is missing where null/, {
    ...page([group('s3', five)]),
    pagination: { total_results: 1 },
  });
  await refuses(
    t,
    /^rules: pagination\.next names a further page, .*per_page=5000/,
    page([group('s3', five)], next),
  );
});

test('the older API', async (t) => {
  const resource = {
    metadata: { guid: 'g-1' },
    entity: { name: 's3', rules: rules(five), running_default: true },
  };
  await passes(t, resource);
  const list = { total_results: 1, total_pages: 1, prev_url: null, next_url: null, resources: [resource] };
  await passes(t, list, { address: 's3' });
  await refuses(t, /^rules: next_url names a further page/, {
    ...list,
    next_url: '/v2/security_groups?page=2',
  });
});

test('a group without rules is valid and covers nothing; a list without groups holds nothing to judge', async (t) => {
  await leavesOut(t, five, { ...group('s3', []), rules: [] });
  await refuses(t, /^rules holds nothing that the guard could judge/, page([]));
  await refuses(t, /^rules holds nothing that the guard could judge/, page([]), { address: 's3' });
});

test('what is malformed in a security group of Cloud Foundry is an error that names the place', async (t) => {
  await refuses(t, 'rules[1].destination is missing where a string belongs', [
    rule('10.0.0.1'),
    { protocol: 'tcp', ports: '1' },
  ]);
  await refuses(t, 'rules[0].destination is 7 where a string belongs', [{ ...rule(''), destination: 7 }]);
  await refuses(t, /^rules\[0\]\.destination is "", which is no CIDR/, [rule('')]);
  await refuses(t, /^rules\[0\]\.destination is a string, which is no CIDR/, [rule('10.0.0.0/8,x')]);
  await refuses(t, 'rules[0].protocol is a string where one of tcp, udp, icmp, icmpv6 and all belongs', [
    rule('10.0.0.0/8', { protocol: 'tpc' }),
  ]);
  for (const ports of ['443-80', '443,8000-9000', '443-443', '443,']) {
    await refuses(t, /^rules\[0\]\.ports is "443.*" where one port, a list of ports or one range/, [
      rule('10.0.0.0/8', { ports }),
    ]);
  }
  await refuses(t, 'rules[0].ports is 443 where a string belongs', [rule('10.0.0.0/8', { ports: 443 })]);
  await refuses(t, 'rules[0].ports is missing where a string belongs', [
    { protocol: 'tcp', destination: '10.0.0.0/8' },
  ]);
  await refuses(t, /^rules\[0\]\.ports is "80" where nothing \(the protocol all has no ports\) belongs/, [
    rule('10.0.0.0/8', { protocol: 'all', ports: '80' }),
  ]);
  await refuses(t, 'rules[1] is "10.0.0.0/8" where an object belongs', [rule('10.0.0.0/8'), '10.0.0.0/8']);
  await refuses(t, /^rules: rules\[0\]\.destination is a string/, { ...group('s3', []), rules: [rule('x')] });
  await refuses(
    t,
    /^rules: resources\[1\]\.rules is missing/,
    page([group('a', []), { guid: 'b', name: 'b' }]),
    {
      address: 'b',
    },
  );
});

test('a rule is read in full behind others that are like it in all but their destination', async (t) => {
  const [first, second] = [rule(two[0] ?? ''), rule(two[1] ?? '')];
  await refuses(t, /\[1\] has the member "action"/, [first, { ...second, action: 'deny' }]);
  await refuses(t, /\[1\]\.destination is a string/, [first, rule('10.0.0.1x')]);
  await refuses(t, /\[1\]\.destination is null/, [first, { ...second, destination: null }]);
  await refuses(t, /\[1\]\.ports is missing/, [first, { ...second, ports: undefined }]);
  await leavesOut(t, five.slice(4), [
    ...rules(five.slice(0, 4)),
    rule(five[4] ?? '', { ports: '80' }),
    rule(five[4] ?? '', { protocol: 'udp', ports: '443' }),
  ]);
});

test('a destination has no white space, which Cloud Foundry refuses', async (t) => {
  await passes(t, [rule(five.join(','))]);
  for (const destination of [
    five.join(', '),
    `${five[0]} `,
    '10.0.0.0 - 10.0.0.9',
    `${five[0]},\n${five[1]}`,
  ]) {
    await refuses(t, /^rules\[0\]\.destination is (a string|".*") where a destination without white space/, [
      rule(destination),
    ]);
  }
  await refuses(t, /^rules\[0\]\.destination is "", which is no CIDR/, [rule(`${five[0]},,${five[1]}`)]);
});

test('a v3 group that nothing uses is noted in the verdict, whatever its outcome', async (t) => {
  const unused = {
    ...group('s3', five),
    globally_enabled: { running: false, staging: false },
    relationships: { staging_spaces: { data: [] }, running_spaces: { data: [] } },
  };
  const note =
    /^ *(note: )?s3 is bound to no space and not enabled globally, as far as this file shows: no app uses these rules$/m;
  const passed = await judge(t, unused);
  t.true(passed.passed);
  t.regex(passed.text, note);
  const failed = await judge(t, { ...unused, rules: rules(two) });
  t.false(failed.passed);
  t.regex(failed.text, note);
  const staging = { ...unused, globally_enabled: { running: false, staging: true } };
  t.regex((await judge(t, staging)).text, /for staging only: apps that run do not use these rules/);
  t.notRegex((await judge(t, group('s3', five))).text, /bound/);
  const { relationships: _, ...request } = unused;
  t.notRegex((await judge(t, request)).text, /bound/);
});

test('the answer to a request that failed is named by its code, and nothing else of it is repeated', async (t) => {
  await refuses(t, /^rules is the answer to a request that failed \(CF-ResourceNotFound\); /, {
    errors: [{ detail: 'hunter2', title: 'CF-ResourceNotFound', code: 10010 }],
  });
  await refuses(t, /^rules is the answer to a request that failed \(CF-SecurityGroupNotFound\); /, {
    description: 'hunter2',
    error_code: 'CF-SecurityGroupNotFound',
    code: 300002,
  });
  await refuses(t, /^rules is the answer to a request that failed; /, { errors: [{ title: 'hunter2' }] });
});

test('host bits of a destination are masked, as Cloud Foundry masks them', async (t) => {
  await leavesOut(t, five.slice(1), [rule('15.200.28.241/28')]);
  await passes(t, [...rules(five.slice(1)), rule('15.200.28.255/28')]);
});

test('Cloud Foundry has no ingress', async (t) => {
  await refuses(t, /no rules for ingress; leave params\.direction out/, rules(five), {
    direction: 'ingress',
  });
});
