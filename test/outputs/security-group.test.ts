// Rules of a Cloud Foundry security group: Cloud Foundry refuses the whole group for one that it does not take.
import test from 'ava';
import { parseInParams } from '../../src/config/params.ts';
import { remarkOnGroup, securityGroup } from '../../src/outputs/security-group.ts';
import { select } from '../../src/selection/select.ts';
import { criteriaOf, documentOf } from '../helpers/ip-ranges.ts';

/** The rules of a selection, and the remark on what they leave out. */
function rulesOf(
  cidrs: readonly string[],
  group: object = {},
  source: Readonly<Record<string, unknown>> = {},
) {
  const criteria = criteriaOf({ allow_empty: true, regions: ['us-gov-west-1'], ...source });
  const document = documentOf([
    ...cidrs.map((cidr) => `${cidr} S3 us-gov-west-1`),
    '9.0.0.0/8 EC2 us-gov-west-1',
    '8.0.0.0/8 S3 us-east-1',
  ]);
  const selection = select(document, criteria);
  const { securityGroup: params } = parseInParams({ security_group: group });
  return { rules: securityGroup(selection, criteria, params), remark: remarkOnGroup(selection, params) };
}

const four = ['10.0.0.0/24', '10.0.1.0/24'];
const six = ['2600::/32'];

test('rules are of IPv4 alone unless ip_versions says otherwise, and what is left out unasked is told', (t) => {
  for (const [cidrs, ip_versions, expected, isTold] of [
    [[...four, ...six], undefined, four, true],
    [four, undefined, four, false],
    [six, undefined, six, false],
    [[], undefined, [], false],
    [[...four, ...six], [4], four, false],
    [[...four, ...six], [6], six, false],
    [[...four, ...six], [6, 4], [...four, ...six], false],
  ] as const) {
    const { rules, remark } = rulesOf(cidrs, ip_versions && { ip_versions });
    t.deepEqual(
      rules.map(({ destination }) => destination),
      [...expected],
    );
    t.is(remark?.startsWith('security-group.json has no rule for 1 IPv6 CIDR: ') === true, isTold);
  }
});

test('families without a CIDR are an error, an empty selection is none', (t) => {
  const message = /^params\.security_group\.ip_versions is \[6\], and the selection has no IPv6 CIDR, so/;
  t.throws(() => rulesOf(four, { ip_versions: [6] }), { name: 'UserError', message });
  t.deepEqual(rulesOf([], { ip_versions: [6] }).rules, []);
});

test('combine: true writes one rule for up to 6,000 CIDRs, without white space', (t) => {
  const [rule, ...others] = rulesOf(four, { combine: true }).rules;
  t.is(rule?.destination, '10.0.0.0/24,10.0.1.0/24');
  t.deepEqual(others, []);
  const many = Array.from({ length: 6001 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
  const sizes = (cidrs: readonly string[]) =>
    rulesOf(cidrs, { combine: true }).rules.map(({ destination }) => destination.split(',').length);
  t.deepEqual(sizes(many.slice(1)), [6000]);
  t.deepEqual(sizes(many), [6000, 1]);
});

test('rules for every protocol carry no ports, as Cloud Foundry demands', (t) => {
  const [rule] = rulesOf(four, { protocol: 'all' }).rules;
  t.deepEqual(Object.keys(rule ?? {}), ['protocol', 'destination', 'description', 'log']);
});

test('the description says what the source selects, unless the params have one', (t) => {
  const description = (source: Readonly<Record<string, unknown>>, group = {}) =>
    rulesOf(four, group, source).rules[0]?.description;
  t.is(description({}), 'AWS S3 us-gov-west-1');
  t.is(
    description({
      services: ['s3'],
      exclude_services: ['ec2'],
      regions: ['us-gov-west-1'],
      network_border_groups: ['us-gov-*'],
      ip_versions: [4],
      aggregate: true,
    }),
    'AWS S3 without EC2 us-gov-west-1 border group us-gov-*',
  );
  t.is(description({}, { description: 'mine' }), 'mine');
});
