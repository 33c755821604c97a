// Every form of rules that README.md promises, and no other: random rules, written in the form, get the oracle's verdict, in each
// direction that the form has, and spread over two groups where some can be judged together.

import test from 'ava';
import * as fc from 'fast-check';
import { rangeToCidrs } from '../../src/addresses/address-range.ts';
import type { Family } from '../../src/addresses/cidr.ts';
import { compareCoverage } from '../../src/guard/coverage.ts';
import { jsonForms } from '../../src/guard/detect.ts';
import { textName } from '../../src/guard/forms/text.ts';
import { readRules } from '../../src/guard/read-rules.ts';
import type { Direction, Rule } from '../../src/guard/rule.ts';
import {
  action,
  awsRule,
  bareBlock,
  bareRule,
  cloudFoundryRule,
  enough,
  judgeCases,
  openRule,
} from '../helpers/coverage-cases.ts';
import { addressText, type Block, bases, blockText, type ModelRule } from '../helpers/coverage-oracle.ts';
import { rulesFileOf } from '../helpers/guard.ts';
import { rowsUnder } from '../helpers/readme.ts';
import {
  aclEntry,
  egress,
  egressRule,
  groupRule,
  networkAcl,
  plan,
  prefixList,
  securityGroup,
  state,
} from '../helpers/terraform.ts';

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
const awsPorts = (rule: ModelRule) => rule.ports?.[0] ?? [0, 0];

const cloudFoundryRules = (rules: readonly ModelRule[], base: number) =>
  rules.map((rule) => ({
    protocol: rule.protocol ?? 'all',
    destination: destination(rule, base),
    ports: portsText(rule.ports),
  }));
const permissions = (rules: readonly ModelRule[], base: number) =>
  rules.map((rule) => ({
    IpProtocol: rule.protocol ?? '-1',
    ...(rule.ports !== undefined && { FromPort: awsPorts(rule)[0], ToPort: awsPorts(rule)[1] }),
    IpRanges: rule.family === 4 ? [{ CidrIp: blockText(rule, base) }] : [],
    Ipv6Ranges: rule.family === 6 ? [{ CidrIpv6: blockText(rule, base) }] : [],
  }));
const openPermissions = [
  { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
];
const describedGroup = (GroupId: string, judged: readonly object[], direction: Direction) => {
  const [IpPermissionsEgress, IpPermissions] =
    direction === 'egress' ? [judged, openPermissions] : [openPermissions, judged];
  return { GroupId, IpPermissionsEgress, IpPermissions };
};
const attributes = (rule: ModelRule, base: number) => ({
  protocol: rule.protocol ?? '-1',
  from_port: awsPorts(rule)[0],
  to_port: awsPorts(rule)[1],
  cidr_blocks: rule.family === 4 ? [blockText(rule, base)] : [],
  ipv6_cidr_blocks: rule.family === 6 ? [blockText(rule, base)] : [],
});
const cidrs = (rules: readonly ModelRule[], base: number) => rules.map((rule) => blockText(rule, base));
const lists = (rules: readonly ModelRule[], base: number) => ({
  ipv4: rules.filter(({ family }) => family === 4).map((rule) => destination(rule, base)),
  ipv6: rules.filter(({ family }) => family === 6).map((rule) => destination(rule, base)),
});
const aclRule = fc.tuple(awsRule, action).map(([rule, what]): ModelRule => ({ ...rule, action: what }));

interface FormCase {
  /** The cell of README.md's table. */
  readonly row: string;
  /** The form that is to recognise it; undefined: text. */
  readonly form: string | undefined;
  /** What is written in it, where a form has several ways. */
  readonly way?: string;
  /** What a rule in it can say. */
  readonly rule: fc.Arbitrary<ModelRule>;
  /** Whether rules stand there for a direction; the other one then says the contrary. */
  readonly hasDirection?: true;
  /** The groups that are judged together. */
  readonly address?: readonly string[];
  readonly write: (rules: readonly ModelRule[], base: number, direction: Direction) => unknown;
}

const everywhere = ['0.0.0.0/0', '::/0'];
const anyTraffic = { protocol: '-1', from_port: 0, to_port: 0 };
const otherThan = (direction: Direction): Direction => (direction === 'egress' ? 'ingress' : 'egress');
/** Every second rule, and the others. */
const halves = (rules: readonly ModelRule[]) =>
  [0, 1].map((half) => rules.filter((_, index) => index % 2 === half));

const terraformRow = '`terraform show -json`, `tofu show -json`';
const terraformForm = '`terraform show -json` of a plan or a state';
const groupsRow = '`aws ec2 describe-security-groups`';

const cases: readonly FormCase[] = [
  {
    row: 'text',
    form: undefined,
    rule: bareRule,
    write: (rules, base) => `# rules\n${rules.map((rule) => destination(rule, base)).join('\n')}`,
  },
  {
    row: 'JSON array',
    form: 'a JSON array of them',
    rule: bareRule,
    write: (rules, base) => rules.map((rule) => destination(rule, base)),
  },
  {
    row: 'Cloud Foundry',
    form: 'Cloud Foundry rules, a /v3/security_groups object or list',
    rule: cloudFoundryRule,
    write: (rules, base) => ({ name: 's3', rules: cloudFoundryRules(rules, base) }),
  },
  {
    row: '`*.auto.tfvars.json`, `cidrs.json`',
    form: 'an .auto.tfvars.json with lists of CIDRs',
    rule: bareRule,
    write: (rules, base) => {
      const { ipv4, ipv6 } = lists(rules, base);
      return { aws_ip_ranges_cidr_blocks: ipv4, aws_ip_ranges_ipv6_cidr_blocks: ipv6 };
    },
  },
  {
    row: '`terraform output -json`',
    form: 'terraform output -json',
    rule: bareRule,
    write: (rules, base) => {
      const output = (value: unknown) => ({ sensitive: false, type: ['list', 'string'], value });
      const { ipv4, ipv6 } = lists(rules, base);
      return { ipv4: output(ipv4), ipv6: output(ipv6), name: output('s3') };
    },
  },
  {
    row: terraformRow,
    form: terraformForm,
    way: 'security groups, all in blocks or all in rules of two kinds',
    rule: awsRule,
    hasDirection: true,
    write: (rules, base, direction) => {
      const blocks = rules.length % 2 === 0 ? rules : [];
      const group = securityGroup([], {
        [direction]: blocks.map((rule) => egress([], attributes(rule, base))),
        [otherThan(direction)]: [egress(everywhere, anyTraffic)],
      });
      const resources = (blocks.length > 0 ? [] : rules).map((rule, index) => {
        const id = `sgr-${index}`;
        if (index % 2 === 0) {
          const values = groupRule([], { ...attributes(rule, base), id, type: direction });
          return { address: `aws_security_group_rule.s3[${index}]`, values };
        }
        const values = egressRule(blockText(rule, base), {
          id,
          ip_protocol: rule.protocol ?? '-1',
          from_port: rule.ports === undefined ? null : awsPorts(rule)[0],
          to_port: rule.ports === undefined ? null : awsPorts(rule)[1],
        });
        return { address: `aws_vpc_security_group_${direction}_rule.s3[${index}]`, values };
      });
      return state([{ address: 'aws_security_group.app', values: group }, ...resources]);
    },
  },
  {
    row: terraformRow,
    form: terraformForm,
    way: 'two security groups, by a glob',
    rule: awsRule,
    hasDirection: true,
    address: ['aws_security_group.s3_*'],
    write: (rules, base, direction) =>
      state([
        ...halves(rules).map((half, index) => ({
          address: `aws_security_group.s3_${index}`,
          values: securityGroup([], {
            id: `sg-${index}`,
            [direction]: half.map((rule) => egress([], attributes(rule, base))),
            [otherThan(direction)]: [egress(everywhere, anyTraffic)],
          }),
        })),
        {
          address: 'aws_security_group.open',
          values: securityGroup([], { id: 'sg-open', [direction]: [egress(everywhere, anyTraffic)] }),
        },
      ]),
  },
  {
    row: terraformRow,
    form: terraformForm,
    way: 'network ACLs, in any order',
    rule: aclRule,
    hasDirection: true,
    write: (rules, base, direction) => {
      const entries = rules.map((rule, index) =>
        aclEntry(100 + index * 10, rule.action, blockText(rule, base), {
          protocol: rule.protocol ?? '-1',
          from_port: awsPorts(rule)[0],
          to_port: awsPorts(rule)[1],
        }),
      );
      const contrary = everywhere.map((cidr, index) => aclEntry(index + 1, 'deny', cidr, anyTraffic));
      const values = networkAcl([], { [direction]: entries.reverse(), [otherThan(direction)]: contrary });
      return state([{ address: 'aws_network_acl.main', values }]);
    },
  },
  {
    row: terraformRow,
    form: terraformForm,
    way: 'a prefix list in a plan',
    rule: bareBlock,
    write: (rules, base) =>
      plan({
        resources: [
          { address: 'aws_ec2_managed_prefix_list.s3', values: prefixList(cidrs(rules, base)), before: null },
        ],
      }),
  },
  {
    row: terraformRow,
    form: terraformForm,
    way: 'cloudfoundry_asg in a plan',
    rule: cloudFoundryRule,
    write: (rules, base) =>
      plan({
        resources: [
          {
            address: 'cloudfoundry_asg.s3',
            values: { name: 's3', rule: cloudFoundryRules(rules, base) },
            before: null,
          },
        ],
      }),
  },
  {
    row: groupsRow,
    form: 'aws ec2 describe-security-groups',
    rule: awsRule,
    hasDirection: true,
    write: (rules, base, direction) => ({
      SecurityGroups: [describedGroup('sg-1', permissions(rules, base), direction)],
    }),
  },
  {
    row: groupsRow,
    form: 'aws ec2 describe-security-groups',
    way: 'two groups, by their names',
    rule: awsRule,
    hasDirection: true,
    address: ['sg-0', 'sg-1'],
    write: (rules, base, direction) => ({
      SecurityGroups: [
        ...halves(rules).map((half, index) =>
          describedGroup(`sg-${index}`, permissions(half, base), direction),
        ),
        describedGroup('sg-open', openPermissions, direction),
      ],
    }),
  },
  {
    row: groupsRow,
    form: 'the IpPermissionsEgress in it',
    rule: awsRule,
    // The first one is about nothing: a list without items is a JSON array of strings as well.
    // EC2 prints each protocol and port range once.
    write: (rules, base) => {
      const once = new Map(
        permissions(rules, base).map((item) => [`${item.IpProtocol}-${item.FromPort}-${item.ToPort}`, item]),
      );
      for (const item of permissions(rules, base)) {
        const same = once.get(`${item.IpProtocol}-${item.FromPort}-${item.ToPort}`);
        if (same === undefined || same === item) continue;
        same.IpRanges.push(...item.IpRanges);
        same.Ipv6Ranges.push(...item.Ipv6Ranges);
      }
      return once.size === 0 ? [{ IpProtocol: 'icmp', IpRanges: [] }] : [...once.values()];
    },
  },
  {
    row: '`aws ec2 describe-security-group-rules`',
    form: 'aws ec2 describe-security-group-rules',
    rule: awsRule,
    hasDirection: true,
    write: (rules, base, direction) => {
      const rule = { GroupId: 'sg-1', IsEgress: direction === 'egress' };
      // The group has a rule of the other direction, so that it is there without one of this, too.
      const contrary = { ...rule, IsEgress: !rule.IsEgress, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' };
      const rest = rules.map((item) => ({
        ...rule,
        IpProtocol: item.protocol ?? '-1',
        FromPort: item.ports === undefined ? -1 : awsPorts(item)[0],
        ToPort: item.ports === undefined ? -1 : awsPorts(item)[1],
        [item.family === 4 ? 'CidrIpv4' : 'CidrIpv6']: blockText(item, base),
      }));
      return { SecurityGroupRules: [contrary, ...rest] };
    },
  },
  {
    row: '`aws ec2 describe-network-acls`',
    form: 'aws ec2 describe-network-acls',
    rule: aclRule,
    hasDirection: true,
    write: (rules, base, direction) => {
      const Egress = direction === 'egress';
      const entries = rules.map((rule, index) => ({
        RuleNumber: 100 + index,
        Egress,
        RuleAction: rule.action,
        Protocol: rule.protocol ?? '-1',
        ...(rule.ports !== undefined && {
          PortRange: { From: awsPorts(rule)[0], To: awsPorts(rule)[1] },
        }),
        [rule.family === 4 ? 'CidrBlock' : 'Ipv6CidrBlock']: blockText(rule, base),
      }));
      const all = { RuleNumber: 1, Egress: !Egress, RuleAction: 'deny', Protocol: '-1' };
      const contrary = [
        { ...all, CidrBlock: '0.0.0.0/0' },
        { ...all, RuleNumber: 2, Ipv6CidrBlock: '::/0' },
      ];
      return { NetworkAcls: [{ NetworkAclId: 'acl-1', Entries: [...entries.reverse(), ...contrary] }] };
    },
  },
  {
    row: '`aws ec2 get-managed-prefix-list-entries`',
    form: 'aws ec2 get-managed-prefix-list-entries',
    rule: bareBlock,
    write: (rules, base) => ({ Entries: cidrs(rules, base).map((Cidr) => ({ Cidr })) }),
  },
  {
    row: '`aws ec2 describe-prefix-lists`',
    form: 'aws ec2 describe-prefix-lists',
    rule: bareBlock,
    write: (rules, base) => ({
      PrefixLists: [
        { PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.x.s3', Cidrs: cidrs(rules, base) },
      ],
    }),
  },
];

test('the table of forms in README.md, the forms of the guard and those judged here are the same', (t) => {
  const unique = (items: readonly string[]) => [...new Set(items)].sort();
  t.deepEqual(
    unique(cases.map(({ row }) => row)),
    rowsUnder('Forms of `rules`')
      .map(([cell = '']) => cell)
      .sort(),
  );
  t.deepEqual(
    unique(cases.map(({ form }) => form ?? textName)),
    [textName, ...jsonForms.map(({ name }) => name)].sort(),
  );
});

for (const { row, form, way, rule, write, address, hasDirection = false } of cases) {
  for (const direction of ['egress', ...(hasDirection ? (['ingress'] as const) : [])] as const) {
    const name = [form ?? row, ...(way === undefined ? [] : [way]), ...(hasDirection ? [direction] : [])];
    test(`what every address and port says is what the guard says of ${name.join(': ')}`, async (t) => {
      const seen = await judgeCases(400, rule, async ({ rules, base }) => {
        const content = write(rules, base, direction);
        const recognised = jsonForms.find((item) => item.recognises(content))?.name;
        if (recognised !== form) throw new Error(`it is taken for ${recognised}`);
        const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
        return (await readRules(rulesFileOf(bytes), address, direction)).rules;
      });
      t.true(seen.missing > 80 && seen.extra > 40 && seen.passed > 3, JSON.stringify(seen));
      if (rule === aclRule) t.true(seen.deniesThatCount > 4, JSON.stringify(seen));
    });
  }
}

// Coverage is exactly right: against an oracle that looks at every address and port.

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
  const seen = await judgeCases(10_000, openRule, ({ rules, base }) =>
    rules.map((rule) => toRule(rule, base)),
  );
  for (const [what, count] of Object.entries(seen)) t.true(count > enough, `${what}: ${count}`);
});

test('in mode exact only the families of the selection are compared', async (t) => {
  const { rules } = await readRules(rulesFileOf(Buffer.from('["10.0.0.0/8", "2001:db8::/32"]')));
  const extra = (families: readonly Family[]) =>
    compareCoverage(
      [],
      rules,
      { protocol: 'tcp', ports: [{ first: 443, last: 443 }] },
      families,
    ).extra.flatMap(rangeToCidrs);
  t.deepEqual(extra([4]), ['10.0.0.0/8']);
  t.deepEqual(extra([6]), ['2001:db8::/32']);
  t.deepEqual(extra([4, 6]), ['10.0.0.0/8', '2001:db8::/32']);
});
