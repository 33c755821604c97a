// Coverage is exactly right: against an oracle that looks at every address and port.
import test from 'ava';
import * as fc from 'fast-check';
import type { Family } from '../../src/addresses/cidr.ts';
import { type Coverage, compareCoverage } from '../../src/guard/coverage.ts';
import { readRules } from '../../src/guard/read-rules.ts';
import type { Rule } from '../../src/guard/rule.ts';
import {
  addressText,
  type Block,
  bases,
  block,
  blockText,
  type Case,
  caseOf,
  difference,
  judgeNaively,
  type ModelRule,
  portRange,
  range,
  selectionOf,
} from '../helpers/coverage-oracle.ts';
import { rulesFileOf } from '../helpers/guard.ts';
import { aclEntry, egress, groupRule, networkAcl, securityGroup, state } from '../helpers/terraform.ts';

const any = fc.constant(undefined);
const protocol = fc.constantFrom('tcp', 'tcp', 'udp', 'icmp');
const action = fc.constantFrom<ModelRule['action']>('allow', 'allow', 'deny');

/** What a rule list of any kind may hold. */
const anyRule = fc
  .tuple(
    fc.oneof(range, block),
    action,
    fc.oneof(any, protocol),
    fc.oneof(any, fc.array(portRange, { minLength: 1, maxLength: 3 })),
  )
  .map(([where, what, of, ports]): ModelRule => ({ ...where, action: what, protocol: of, ports }));

/** As anyRule; one of three is only possible. */
const openRule = fc
  .tuple(anyRule, fc.nat(2))
  .map(([rule, third]): ModelRule => ({ ...rule, isPossible: third === 0 }));

/** What a permission of AWS's may hold: one CIDR and, for tcp and udp, one range of ports. */
const awsRule = fc.tuple(block, fc.oneof(any, protocol), portRange).map(
  ([where, of, ports]): ModelRule => ({
    ...where,
    action: 'allow',
    protocol: of,
    ports: of === 'tcp' || of === 'udp' ? [ports] : undefined,
  }),
);

/** What Cloud Foundry's rules may hold. */
const cloudFoundryRule = fc
  .tuple(fc.oneof(range, block), fc.oneof(any, protocol), fc.array(portRange, { minLength: 1, maxLength: 3 }))
  .map(
    ([where, of, ports]): ModelRule => ({
      ...where,
      action: 'allow',
      protocol: of,
      ports: of === 'tcp' || of === 'udp' ? ports : undefined,
    }),
  );

const bareRule = fc
  .oneof(range, block)
  .map((where): ModelRule => ({ ...where, action: 'allow', protocol: undefined, ports: undefined }));

function compare(item: Case, rules: readonly Rule[]): Coverage {
  const ports = item.ports.map(([first, last]) => ({ first, last }));
  return compareCoverage(selectionOf(item), rules, { protocol: item.protocol, ports }, item.families);
}

/** Possible rules in a case, of which the oracle tries every assignment. */
const mostPossible = 3;

/** For `npm run test:unit`: a tenth of the cases, of which some are enough. */
const isQuick = process.env['QUICK'] !== undefined;

/** How many cases of a kind show that it was among them. */
const least = (count: number) => (isQuick ? 0 : count);
const enough = least(150);

/** Judges cases by the oracle and by `rulesOf`, and returns how often there was something to find. */
async function check(
  runs: number,
  rule: fc.Arbitrary<ModelRule>,
  rulesOf: (item: Case) => readonly Rule[] | Promise<readonly Rule[]>,
) {
  const seen = {
    passed: 0,
    missing: 0,
    partly: 0,
    extra: 0,
    deniesThatCount: 0,
    undecided: 0,
    openBeyond: 0,
  };
  const property = fc.asyncProperty(caseOf(rule), async (generated) => {
    const item = { ...generated, rules: withFewPossible(generated.rules) };
    const coverage = compare(item, await rulesOf(item));
    const expected = judgeNaively(item);
    const fault = difference(coverage, expected, item);
    if (fault !== undefined) throw new Error(fault);
    if (coverage.missing.length === 0) seen.passed++;
    else seen.missing++;
    if (coverage.missing.some(({ published, gaps }) => gaps.join() !== published.cidr.text)) seen.partly++;
    if (coverage.extra.length > 0) seen.extra++;
    if (coverage.undecided.length > 0) seen.undecided++;
    if (coverage.possiblyExtra.length > 0) seen.openBeyond++;
    const hasReason = coverage.doubts.length > 0;
    if (coverage.undecided.length > 0 && !hasReason) throw new Error('undecided without a doubt');
    if (seen.deniesThatCount > enough) return;
    const allows = judgeNaively({ ...item, rules: item.rules.filter((one) => one.action === 'allow') });
    if (allows.missing.size !== expected.missing.size) seen.deniesThatCount++;
  });
  await fc.assert(property, { numRuns: isQuick ? runs / 10 : runs });
  return seen;
}

function withFewPossible(rules: readonly ModelRule[]): ModelRule[] {
  let left = mostPossible;
  return rules.map((rule) => ({ ...rule, isPossible: rule.isPossible === true && left-- > 0 }));
}

const toRule = (
  { family, first, last, action: what, protocol: of, ports, isPossible }: ModelRule,
  base: number,
): Rule => ({
  doubt: isPossible === true ? { place: 'rule', reason: 'is open', wayOut: 'decide it' } : undefined,
  range: { family, first: startOf(family, base) + BigInt(first), last: startOf(family, base) + BigInt(last) },
  action: what,
  protocol: of,
  ports: ports?.map(([from, to]) => ({ first: from, last: to })),
});
const startOf = (family: Family, base: number) => bases[family][base] ?? 0n;

test('every outcome is what looking at every address and port finds, however the possible rules turn out', async (t) => {
  const seen = await check(20_000, openRule, ({ rules, base }) => rules.map((rule) => toRule(rule, base)));
  for (const [what, count] of Object.entries(seen)) t.true(count > enough, `${what}: ${count}`);
});

const read = async (content: unknown, address?: string) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return (await readRules(rulesFileOf(Buffer.from(text)), address)).rules;
};

const destination = (item: Block, base: number) => {
  const { family, first, last } = item;
  const size = last - first + 1;
  if (size === 1) return addressText(family, base, first);
  const isBlock = Number.isInteger(Math.log2(size)) && first % size === 0 && size <= 32;
  return isBlock
    ? blockText(item, base)
    : `${addressText(family, base, first)}-${addressText(family, base, last)}`;
};
const portsText = (ports: ModelRule['ports']) =>
  ports?.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');

test('the same through lines of text', async (t) => {
  const seen = await check(2_500, bareRule, ({ rules, base }) =>
    read(`# rules\n${rules.map((rule) => destination(rule, base)).join('\n')}`),
  );
  t.true(
    seen.missing > least(500) && seen.extra > least(500) && seen.passed > least(50),
    JSON.stringify(seen),
  );
});

test('the same through Cloud Foundry rules', async (t) => {
  const seen = await check(2_500, cloudFoundryRule, ({ rules, base }) =>
    read({
      name: 's3',
      rules: rules.map((rule) => ({
        protocol: rule.protocol ?? 'all',
        destination: destination(rule, base),
        ports: portsText(rule.ports),
      })),
    }),
  );
  t.true(
    seen.missing > least(500) && seen.extra > least(200) && seen.passed > least(30),
    JSON.stringify(seen),
  );
});

const awsPorts = (rule: ModelRule) => rule.ports?.[0] ?? [0, 0];

test('the same through aws ec2 describe-security-groups', async (t) => {
  const seen = await check(2_500, awsRule, ({ rules, base }) =>
    read({
      SecurityGroups: [
        {
          GroupId: 'sg-1',
          IpPermissionsEgress: rules.map((rule) => ({
            IpProtocol: rule.protocol ?? '-1',
            ...(rule.ports !== undefined && { FromPort: awsPorts(rule)[0], ToPort: awsPorts(rule)[1] }),
            IpRanges: rule.family === 4 ? [{ CidrIp: blockText(rule, base) }] : [],
            Ipv6Ranges: rule.family === 6 ? [{ CidrIpv6: blockText(rule, base) }] : [],
          })),
        },
      ],
    }),
  );
  t.true(seen.missing > least(500) && seen.extra > least(200), JSON.stringify(seen));
});

test('the same through security groups in a Terraform state, half in blocks and half in resources', async (t) => {
  const seen = await check(2_500, awsRule, ({ rules, base }) => {
    const attributes = (rule: ModelRule) => ({
      protocol: rule.protocol ?? '-1',
      from_port: awsPorts(rule)[0],
      to_port: awsPorts(rule)[1],
      cidr_blocks: rule.family === 4 ? [blockText(rule, base)] : [],
      ipv6_cidr_blocks: rule.family === 6 ? [blockText(rule, base)] : [],
    });
    const half = rules.length >> 1;
    const group = securityGroup(rules.slice(0, half).map((rule) => egress([], attributes(rule))));
    const resources = rules.slice(half).map((rule, index) => ({
      address: `aws_security_group_rule.s3[${index}]`,
      values: groupRule([], attributes(rule)),
    }));
    return read(state([{ address: 'aws_security_group.app', values: group }, ...resources]));
  });
  t.true(seen.missing > least(500) && seen.extra > least(200), JSON.stringify(seen));
});

test('the same through network ACLs in a Terraform state, in any order', async (t) => {
  const aclRule = fc.tuple(awsRule, action).map(([rule, what]): ModelRule => ({ ...rule, action: what }));
  const seen = await check(2_500, aclRule, ({ rules, base }) => {
    const entries = rules.map((rule, index) =>
      aclEntry(100 + index * 10, rule.action, blockText(rule, base), {
        protocol: rule.protocol ?? '-1',
        from_port: awsPorts(rule)[0],
        to_port: awsPorts(rule)[1],
      }),
    );
    return read(state([{ address: 'aws_network_acl.main', values: networkAcl(entries.reverse()) }]));
  });
  t.true(
    seen.missing > least(500) && seen.extra > least(200) && seen.deniesThatCount > least(30),
    JSON.stringify(seen),
  );
});

test('in mode exact only the families of the selection are compared', async (t) => {
  const rules = await read(['10.0.0.0/8', '2001:db8::/32']);
  const extra = (families: readonly Family[]) =>
    compareCoverage([], rules, { protocol: 'tcp', ports: [{ first: 443, last: 443 }] }, families).extra;
  t.deepEqual(extra([4]), ['10.0.0.0/8']);
  t.deepEqual(extra([6]), ['2001:db8::/32']);
  t.deepEqual(extra([4, 6]), ['10.0.0.0/8', '2001:db8::/32']);
});
