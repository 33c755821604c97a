// Every form of rules that README.md promises, and no other: random rules, written in the form, get the oracle's verdict, in each
// direction that the form has, and spread over two groups where some can be judged together.

import test from 'ava';
import { rangeToCidrs } from '../../src/addresses/address-range.ts';
import { bitsOf, type Family, formatCidr } from '../../src/addresses/cidr.ts';
import { jsonForms } from '../../src/guard/detect.ts';
import { textName } from '../../src/guard/forms/text.ts';
import { readRules } from '../../src/guard/read-rules.ts';
import type { Direction, Rule } from '../../src/guard/rule.ts';
import {
  aclRule,
  awsRule,
  bareBlock,
  bareRule,
  cloudFoundryRule,
  judgeCases,
  openRule,
} from '../helpers/coverage-cases.ts';
import { rowsUnder } from '../helpers/readme.ts';
import {
  aclEntry,
  egress,
  egressRule,
  groupRule,
  networkAcl,
  securityGroup,
  state,
} from '../helpers/terraform.ts';

/** A rule, and what is written for it. */
interface TextRule extends Rule {
  /** Its addresses as a CIDR; only where they are one. */
  readonly cidr: string;
  /** Its addresses as an address, a CIDR or a range. */
  readonly destination: string;
  /** The ends of its first ports. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

function inText(rule: Rule): TextRule {
  const { family, first, last } = rule.range;
  const [from, to] = [first, last].map((end) => formatCidr(family, end, bitsOf[family]).replace(/\/.*/, ''));
  const [cidr = '', ...others] = rangeToCidrs(rule.range);
  const destination = from === to ? `${from}` : others.length === 0 ? cidr : `${from}-${to}`;
  return { ...rule, cidr, destination, from: rule.ports?.[0]?.first, to: rule.ports?.[0]?.last };
}

const ofFamily = (rules: readonly TextRule[], family: Family) =>
  rules.filter(({ range }) => range.family === family);
const destinations = (rules: readonly TextRule[]) => rules.map(({ destination }) => destination);
const cidrs = (rules: readonly TextRule[]) => rules.map(({ cidr }) => cidr);
const cloudFoundryRules = (rules: readonly TextRule[]) =>
  rules.map(({ protocol = 'all', destination, ports }) => ({
    protocol,
    destination,
    ports: ports?.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(),
  }));
const permissions = (rules: readonly TextRule[]) =>
  rules.map((rule) => ({
    IpProtocol: rule.protocol ?? '-1',
    FromPort: rule.from,
    ToPort: rule.to,
    IpRanges: cidrs(ofFamily([rule], 4)).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs(ofFamily([rule], 6)).map((CidrIpv6) => ({ CidrIpv6 })),
  }));
const openPermissions = [
  { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
];
const describedGroup = (GroupId: string, judged: readonly object[], direction: Direction) => {
  const [IpPermissionsEgress, IpPermissions] =
    direction === 'egress' ? [judged, openPermissions] : [openPermissions, judged];
  return { GroupId, IpPermissionsEgress, IpPermissions };
};
const traffic = ({ protocol = '-1', from = 0, to = 0 }: TextRule) => ({
  protocol,
  from_port: from,
  to_port: to,
});

interface FormCase {
  /** The cell of README.md's table. */
  readonly row: string;
  /** The form that is to recognise it; undefined: text. */
  readonly form: string | undefined;
  /** What is written in it, where a form has several ways. */
  readonly way?: string;
  /** What a rule in it can say. */
  readonly rule: typeof awsRule;
  /** Whether rules stand there for a direction; the other one then says the contrary. */
  readonly hasDirection?: true;
  /** The groups that are judged together. */
  readonly address?: readonly string[];
  readonly write: (rules: readonly TextRule[], direction: Direction) => unknown;
}

const everywhere = ['0.0.0.0/0', '::/0'];
const anyTraffic = { protocol: '-1', from_port: 0, to_port: 0 };
const otherThan = (direction: Direction): Direction => (direction === 'egress' ? 'ingress' : 'egress');
/** Every second rule, and the others. */
const halves = (rules: readonly TextRule[]) =>
  [0, 1].map((half) => rules.filter((_, index) => index % 2 === half));
/** A security group in Terraform, which allows everything in the other direction. */
const groupOf = (rules: readonly TextRule[], direction: Direction, name: string) => {
  const [own, other] = [
    rules.map((rule) => egress([rule.cidr], traffic(rule))),
    [egress(everywhere, anyTraffic)],
  ];
  const values = { id: `sg-${name}`, [direction]: own, [otherThan(direction)]: other };
  return securityGroup([], values, `aws_security_group.${name}`);
};

const terraform = {
  row: '`terraform show -json`, `tofu show -json`',
  form: '`terraform show -json` of a plan or a state',
};

const cases: readonly FormCase[] = [
  {
    row: 'text',
    form: undefined,
    rule: bareRule,
    write: (rules) => `# rules\n${destinations(rules).join('\n')}`,
  },
  { row: 'JSON array', form: 'a JSON array of them', rule: bareRule, write: destinations },
  {
    row: 'Cloud Foundry',
    form: 'Cloud Foundry rules, a /v3/security_groups object or list',
    rule: cloudFoundryRule,
    write: (rules) => ({ name: 's3', rules: cloudFoundryRules(rules) }),
  },
  {
    row: '`*.auto.tfvars.json`, `cidrs.json`',
    form: 'an .auto.tfvars.json with lists of CIDRs',
    rule: bareRule,
    write: (rules) => ({
      aws_ip_ranges_cidr_blocks: destinations(ofFamily(rules, 4)),
      aws_ip_ranges_ipv6_cidr_blocks: destinations(ofFamily(rules, 6)),
    }),
  },
  {
    row: '`terraform output -json`',
    form: 'terraform output -json',
    rule: bareRule,
    write: (rules) => {
      const output = (value: unknown) => ({ sensitive: false, type: ['list', 'string'], value });
      const [ipv4, ipv6] = ([4, 6] as const).map((family) => output(destinations(ofFamily(rules, family))));
      return { ipv4, ipv6, name: output('s3') };
    },
  },
  {
    ...terraform,
    way: 'a security group of blocks and one of rules of either kind, by a glob',
    rule: awsRule,
    hasDirection: true,
    address: ['aws_security_group.s3_*'],
    write: (rules, direction) => {
      const [inBlocks = [], alone = []] = halves(rules);
      const resources = alone.map((rule, index) => {
        const own = { id: `sgr-${index}`, security_group_id: 'sg-s3_b' };
        if (index % 2 === 0) {
          const values = { ...own, ...traffic(rule), type: direction };
          return groupRule([rule.cidr], values, `aws_security_group_rule.s3[${index}]`);
        }
        const { protocol: ip_protocol = '-1', from: from_port = null, to: to_port = null } = rule;
        const values = { ...own, ip_protocol, from_port, to_port };
        return egressRule(rule.cidr, values, `aws_vpc_security_group_${direction}_rule.s3[${index}]`);
      });
      const others = [groupOf([], direction, 's3_b'), groupOf([], otherThan(direction), 'open')];
      return state([groupOf(inBlocks, direction, 's3_a'), ...others, ...resources]);
    },
  },
  {
    ...terraform,
    way: 'network ACLs, in any order',
    rule: aclRule,
    hasDirection: true,
    write: (rules, direction) => {
      const entries = rules.map((rule, index) =>
        aclEntry(100 + index * 10, rule.action, rule.cidr, traffic(rule)),
      );
      const contrary = everywhere.map((cidr, index) => aclEntry(index + 1, 'deny', cidr, anyTraffic));
      return state([networkAcl([], { [direction]: entries.reverse(), [otherThan(direction)]: contrary })]);
    },
  },
  {
    row: '`aws ec2 describe-security-groups`',
    form: 'aws ec2 describe-security-groups',
    way: 'two groups, by their names',
    rule: awsRule,
    hasDirection: true,
    address: ['sg-0', 'sg-1'],
    write: (rules, direction) => ({
      SecurityGroups: [
        ...halves(rules).map((half, index) => describedGroup(`sg-${index}`, permissions(half), direction)),
        describedGroup('sg-open', openPermissions, direction),
      ],
    }),
  },
  {
    row: '`aws ec2 describe-security-group-rules`',
    form: 'aws ec2 describe-security-group-rules',
    rule: awsRule,
    hasDirection: true,
    write: (rules, direction) => {
      const own = { GroupId: 'sg-1', IsEgress: direction === 'egress' };
      // The group has a rule of the other direction, so that it is there without one of this, too.
      const contrary = { ...own, IsEgress: !own.IsEgress, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' };
      const judged = rules.map(({ range, cidr, protocol = '-1', from = -1, to = -1 }) => ({
        ...own,
        IpProtocol: protocol,
        FromPort: from,
        ToPort: to,
        [`CidrIpv${range.family}`]: cidr,
      }));
      return { SecurityGroupRules: [contrary, ...judged] };
    },
  },
  {
    row: '`aws ec2 describe-network-acls`',
    form: 'aws ec2 describe-network-acls',
    rule: aclRule,
    hasDirection: true,
    write: (rules, direction) => {
      const Egress = direction === 'egress';
      const judged = rules.map((rule, index) => ({
        RuleNumber: 100 + index,
        Egress,
        RuleAction: rule.action,
        Protocol: rule.protocol ?? '-1',
        PortRange: rule.ports && { From: rule.from, To: rule.to },
        [rule.range.family === 4 ? 'CidrBlock' : 'Ipv6CidrBlock']: rule.cidr,
      }));
      const contrary = { RuleNumber: 1, Egress: !Egress, RuleAction: 'deny', Protocol: '-1' };
      const Entries = [
        ...judged.reverse(),
        { ...contrary, CidrBlock: '0.0.0.0/0' },
        { ...contrary, RuleNumber: 2, Ipv6CidrBlock: '::/0' },
      ];
      return { NetworkAcls: [{ NetworkAclId: 'acl-1', Entries }] };
    },
  },
  {
    row: '`aws ec2 get-managed-prefix-list-entries`',
    form: 'aws ec2 get-managed-prefix-list-entries',
    rule: bareBlock,
    write: (rules) => ({ Entries: cidrs(rules).map((Cidr) => ({ Cidr })) }),
  },
  {
    row: '`aws ec2 describe-prefix-lists`',
    form: 'aws ec2 describe-prefix-lists',
    rule: bareBlock,
    write: (rules) => ({
      PrefixLists: [{ PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.x.s3', Cidrs: cidrs(rules) }],
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
    test(`what every address and port says is what the guard says of ${name.join(': ')}`, (t) => {
      const seen = judgeCases(250, rule, (rules) => {
        const content = write(rules.map(inText), direction);
        const recognised = jsonForms.find((item) => item.recognises(content))?.name;
        if (recognised !== form) throw new Error(`it is taken for ${recognised}`);
        const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
        return readRules({ name: 'rules', bytes }, address, direction).rules;
      });
      const { missing = 0, extra = 0, passed = 0, deniesThatCount = 0 } = seen;
      t.true(missing > 50 && extra > 25 && passed > 1, JSON.stringify(seen));
      t.is(deniesThatCount > 2, rule === aclRule, JSON.stringify(seen));
    });
  }
}

test('every outcome is what looking at every address and port finds, however the possible rules turn out', (t) => {
  for (const [what, count] of Object.entries(judgeCases(5_000, openRule)))
    t.true(count > 75, `${what}: ${count}`);
});
