// The guard on an .auto.tfvars.json.
import test from 'ava';
import { five, goesBeyond, judge, leavesOut, passes, refuses, six, two } from '../helpers/guard.ts';

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
