// What a plan or a state leaves open is never taken for certain. Beside a plan that must not pass stands one that passes without the doubt.
// What may happen to rules in the course of an apply is drawn at random in terraform-simulation.test.ts.
import { five, openUntilApply, type Row, testRows, undecided } from '../helpers/guard.ts';
import {
  aclEntry,
  aclRule,
  asg,
  created,
  destroyed,
  egress,
  egressRule,
  type Known,
  leftOpen,
  listRead,
  networkAcl,
  plan,
  prefixList,
  securityGroup,
  state,
  type TestResource,
  usual,
} from '../helpers/terraform.ts';

const { app, egressRules, acl, aclRules, list } = usual;

const byRule = { address: egressRules };
const exact = { mode: 'exact' };

const owner = { ...securityGroup([]), expressions: { name: {} } };
const blocks = securityGroup([egress(five)]);
const newGroup = (address = app) => created({ ...owner, address }, 'egress');
const rules = five.map((cidr) => egressRule(cidr));
const newRules = rules.map((item) => created(item, 'security_group_id'));
const referring = (...names: readonly string[]) => ({
  references: names.flatMap((name) => [`${name}.id`, name]),
});
/** The resources under other addresses, where the plan destroys them, or with another action. */
const gone = (resources: readonly Known[], more: object = {}) =>
  resources.map((item) => ({
    ...destroyed(item),
    address: item.address.replace(/\.\w+(?=\[|$)/, '.old'),
    ...more,
  }));
const takenBy = (more: object) => gone(five.map((cidr) => egressRule(cidr, { id: 'sgr-old', ...more })));
const forgotten = { actions: ['forget'] };

const settled = (others: readonly TestResource[] = []) => plan([owner, ...rules, ...others]);
const named = (references: readonly string[], groups = [newGroup()]) => {
  const expressions = { security_group_id: { references } };
  return plan([...groups, ...newRules.map((rule) => ({ ...rule, expressions }))]);
};
const two = ['x', 'y'].map((key) => newGroup(`${app}["${key}"]`));
const ofX = { address: `${app}["x"]` };
const linkIsOpen = openUntilApply(`${egressRules}["108.175.56.0/22"].security_group_id`);
testRows({ address: app }, [
  ['a new group that its rules name', [], named([`${app}.id`, app])],
  ...[
    ...['terraform.workspace', 'local.x', 'each.value', 'count.index', 'var.x', 'path.module', 'self.id'],
    ...['module.m.id', 'data.aws_vpc.v.id', 'aws_vpc.v.id'],
  ].map((other): [string, ...Row] => {
    return [`a new group that its rules name beside ${other}`, linkIsOpen, named([other, `${app}.id`, app])];
  }),
  ['a new group that its rules pick from a block', linkIsOpen, named([app, 'each.key'])],
  ['a new group of which its rules name another attribute', linkIsOpen, named([`${app}.arn`, app])],
  ['group[each.key] is no group of another key', linkIsOpen, named([app, 'each.key'], two), ofX],
  ['group[each.value] is any of them', linkIsOpen, named([app, 'each.value.group', 'each.value'], two), ofX],
]);

/** A plan that forgets the group as it was, and creates another at its address. */
const replaced = (then: readonly string[], now: readonly string[]) => {
  const { values: before } = securityGroup([egress(then)]);
  const more = { before, actions: ['forget', 'create'], expressions: { egress: [{}] } };
  return plan([{ ...created(securityGroup([egress(now)])), ...more }]);
};
const defaultGroup = 'aws_default_security_group.d';
const twin = undecided('is the same object as another resource');

// What takes rules away, beside what the simulation draws.
testRows({ address: app }, [
  ['rules of a group that stay as they are', [], settled()],
  [
    'rules that another resource takes away',
    undecided('egress_rule.old["108.175.56.0/22"] takes away such a rule'),
    settled(takenBy({})),
  ],
  [
    'rules that another resource takes from another group',
    [],
    settled(takenBy({ security_group_id: 'sg-9' })),
  ],
  ['rules that another resource takes of another port', [], settled(takenBy({ from_port: 80, to_port: 80 }))],
  [
    'rules that another resource has, with an action that no Terraform plans for it',
    undecided('takes away such a rule'),
    settled(gone(rules, { actions: ['read'] })),
  ],
  ['rules that one address forgets and another one imports', [], settled(gone(rules, forgotten))],
  [
    'rules that the plan forgets stay in effect',
    [],
    plan([owner, ...rules.map((rule) => ({ ...destroyed(rule), ...forgotten }))]),
  ],
  ['a group that is imported while the old address destroys it', five, plan([blocks, ...gone([blocks])])],
  [
    'a group that one address forgets and another one imports',
    [],
    plan([blocks, ...gone([blocks], forgotten)]),
  ],
  ['a group that is forgotten and created again, whole', [], replaced(five.slice(1), five), exact],
  ['a group that is forgotten and created again, in part', five.slice(0, 1), replaced(five, five.slice(1))],
  [
    'a new group, while the plan destroys an object without an id',
    [],
    plan([created(blocks), destroyed({ address: 'terraform_data.old', values: {} })]),
  ],
  ['rules of a group that the plan destroys', /this plan destroys it/, plan([...rules, destroyed(owner)])],
  [
    'rules of a group that the plan destroys, by its id',
    undecided('aws_security_group.app is the same object'),
    plan([...rules, destroyed(owner)]),
    byRule,
  ],
  [
    'rules that keep the id of a group that is replaced',
    undecided('aws_security_group.app'),
    plan([{ ...owner, actions: ['create', 'delete'], unknown: { id: true } }, ...rules]),
    byRule,
  ],
  [
    'two resources that are one group',
    twin,
    plan([owner, { ...owner, address: 'aws_security_group.old' }, ...rules]),
  ],
  [
    'rules of another group, while the default group is taken over and emptied',
    undecided(defaultGroup),
    plan([...rules, created(securityGroup([], {}, defaultGroup), 'egress')]),
    byRule,
  ],
  [
    'the name of a group that is gone is no name of a list',
    /names 2 sets of rules/,
    plan([prefixList(five), destroyed(securityGroup([], { name: 's3' }))]),
    { address: 's3' },
  ],
]);

const exclusive = (security_group_id: string, egress_rule_ids: readonly string[]) => ({
  address: 'aws_vpc_security_group_rules_exclusive.e',
  values: { security_group_id, egress_rule_ids, ingress_rule_ids: [] },
});
const removes = undecided(
  'aws_vpc_security_group_rules_exclusive.e removes every rule that it does not list',
);
const own = 'sg-0a1b2c3d';
const ids = five.map((cidr) => `sgr-${cidr}`);
testRows({ address: app }, [
  [
    'rules that an exclusive resource lists: two write them',
    removes,
    state([owner, ...rules, exclusive(own, ids)]),
  ],
  ['an exclusive resource of another group', [], state([owner, ...rules, exclusive('sg-9', [])])],
  [
    'an exclusive resource of a group that the file does not manage',
    removes,
    plan([...rules, exclusive(own, [])]),
    { address: own },
  ],
]);

// Prefix lists that a block names.
const lists = ['a', 'b'].map((name) => `aws_ec2_managed_prefix_list.${name}`);
const halves = [five.slice(0, 3), five.slice(3)].map((cidrs, index) =>
  created(prefixList(cidrs, { name: lists[index] }, lists[index])),
);
const whole = created(prefixList(five));
const open = egress([], { prefix_list_ids: undefined });
const isOpen = { prefix_list_ids: true };
/** A new group whose blocks leave open which list they name. */
const naming = (
  expression: unknown,
  resources: readonly TestResource[] = [whole],
  all: readonly object[] = [open],
  unknown: readonly object[] = [isOpen],
) => {
  const more = { unknown: { id: true, egress: unknown }, expressions: { egress: expression } };
  return plan([{ ...created(securityGroup(all)), ...more }, ...resources]);
};
const block = { prefix_list_ids: referring(list) };
const listIsOpen = openUntilApply('aws_security_group.app.egress[0].prefix_list_ids');
const secondIsOpen = openUntilApply('aws_security_group.app.egress[1].prefix_list_ids');
const both = [isOpen, isOpen];
const second = [{}, isOpen];
testRows({ address: app }, [
  ['a block that names a new list', [], naming(referring(list)), exact],
  ['a list that leaves out CIDRs', five.slice(3), naming(referring(lists[0] ?? ''), halves)],
  ['two lists are not both named by one unknown value', listIsOpen, naming(referring(...lists), halves)],
  ...['var.x', 'local.x', 'terraform.workspace', 'data.aws_region.r.name', 'random_id.r.hex'].map(
    (name): [string, ...Row] => {
      const references = [name, ...referring(list).references];
      return [`beside ${name} it may be another list`, listIsOpen, naming({ references }), exact];
    },
  ),
  ['without a configuration no list is named', listIsOpen, naming(undefined)],
  [
    'a list whose entries are unknown may hold anything',
    openUntilApply(`${list}.entry`),
    naming(referring(list), [created(prefixList([]), 'entry')]),
  ],
  [
    'a block whose description may be what names the list',
    listIsOpen,
    naming(referring(list), [whole], [open], [{ ...isOpen, description: true }]),
  ],
  [
    'a block beside one whose expression may be what names the list',
    secondIsOpen,
    naming(referring(list), [whole], [egress(['10.0.0.0/8']), open], second),
  ],
  [
    'a dynamic block beside a static one may name any other list',
    listIsOpen,
    naming([block], [whole], [open, open], both),
    exact,
  ],
  [
    'a dynamic block beside a static one with a known list may name any other',
    openUntilApply('aws_security_group.app.egress[1].prefix_list_ids', []),
    naming([block], [prefixList(five)], [egress([], { prefix_list_ids: ['pl-01'] }), open], second),
    exact,
  ],
  [
    'two blocks with unknown lists stand in another order than in the configuration',
    listIsOpen,
    naming([block, block], [whole], [open, open], both),
    exact,
  ],
]);

const entry = {
  address: 'aws_ec2_managed_prefix_list_entry.e',
  values: { cidr: five[0], id: 'ple-0', prefix_list_id: 'pl-01' },
};
const reader = securityGroup([egress([], { prefix_list_ids: ['pl-01'] })]);
const read = [listRead(five)];
const lessEntry = plan([reader, destroyed(entry)], read);
const again = { ...listRead([]), before: null, ...leftOpen({ id: 'pl-01' }, ['entries']) };
testRows({ address: app }, [
  ['a list that a data source shows', [], plan([reader], read)],
  ['a list that a data source shows, while the plan takes an entry from it', five.slice(0, 1), lessEntry],
  [
    'a list before which a data source shows it',
    [],
    state([listRead(five), prefixList(five)]),
    { address: list },
  ],
  ['a data source of a list that loses an entry', five.slice(0, 1), lessEntry, { address: `data.${list}` }],
  ['a list that the apply reads again', openUntilApply('entries'), plan([reader, again], read)],
]);

// What the provider fills in where nobody sets it is unknown in a new rule, too.
const another = 'referenced_security_group_id';
const besideNew = (more: object) => {
  const rule = created(egressRule('10.0.0.0/8', { cidr_ipv4: null }), another);
  return plan([owner, ...rules, { ...rule, expressions: { security_group_id: {}, ...more } }]);
};
testRows(exact, [
  [
    'a new rule that names another new group',
    openUntilApply(another, []),
    besideNew({ [another]: referring('aws_security_group.b') }),
  ],
  ['a new rule that names no other group', [], besideNew({})],
]);

// Who has written what the file shows.
const dynamic = { ...owner, before: blocks.values, ...leftOpen(owner.values, ['egress']) };
testRows({ address: app }, [
  [
    'dynamic blocks that are unknown in an update are configured',
    openUntilApply('app.egress'),
    plan([dynamic, ...rules]),
  ],
  [
    'configured blocks and rule resources',
    undecided('app.egress is configured, and other such rules are resources'),
    plan([{ ...blocks, expressions: { egress: {} } }, ...rules]),
  ],
  ['a state whose group has no rule resources', [], state([blocks])],
  [
    'a state whose group shows more than its rule resources',
    undecided('app.egress shows what there was at the last refresh', five.slice(0, 1)),
    state([blocks, ...rules.slice(1)]),
  ],
  ['the blocks of a tainted group', undecided('is tainted'), state([{ ...blocks, tainted: true }])],
  [
    'rules that are deposed may not be in effect',
    undecided('is deposed'),
    state(rules.map((rule) => ({ ...rule, deposed: 'abc' }))),
    byRule,
  ],
  [
    'an egress block with an attribute that nobody knows',
    undecided('app.egress[0].schedule'),
    state([securityGroup([egress(five, { schedule: 'night' })])]),
  ],
  [
    'a block that is unknown as a whole may allow anything',
    openUntilApply('app.egress[0]'),
    plan([{ ...securityGroup([null]), before: null, unknown: { egress: [true] } }]),
  ],
]);

// Network ACLs, where a deny that is only possible counts.
const empty = networkAcl([]);
const allows = (more: object = {}) => five.map((cidr, index) => aclEntry(100 + index, 'allow', cidr, more));
const withFirst = (action: unknown, more: object = {}) =>
  networkAcl([aclEntry(1, 'deny', '0.0.0.0/0', { action, ...more }), ...allows()]);
const deny = aclRule(1, 'deny', '0.0.0.0/0');
const denyElsewhere = aclRule(1, 'deny', '10.0.0.0/8').values;
const ofFive = five.map((cidr, index) => aclRule(100 + index, 'allow', cidr));
const openDeny = (references: readonly string[]) => ({
  ...created(deny, 'network_acl_id'),
  expressions: { network_acl_id: { references } },
});
const keptDeny = (input: string, source: object, references: readonly string[]) =>
  plan([
    networkAcl([aclEntry(100, 'allow', '0.0.0.0/0')]),
    networkAcl([], { id: 'acl-02' }, 'aws_network_acl.b'),
    created({ address: 'terraform_data.x', values: { input }, expressions: { input: source } }, 'output'),
    openDeny(references),
  ]);
const kept = ['terraform_data.x.output', 'terraform_data.x'];
const other = referring('aws_network_acl.b');
const aclIsOpen = undecided(
  `${aclRules}[1].network_acl_id is known only after apply, so this plan does not show whether that rule belongs to ${acl}: `,
);
const unseen = undecided(
  'belongs to a network ACL that this file does not show, and rules before it decide first',
);
testRows({ address: acl }, [
  [
    'a deny of ingress among rule resources',
    [],
    plan([empty, ...ofFive, aclRule(1, 'deny', '0.0.0.0/0', { egress: false })]),
  ],
  ['rules of an ACL that the file does not hold', unseen, state(ofFive), { address: 'acl-01' }],
  [
    'two rules of one number',
    undecided('aws_network_acl.main has several rules of the number 102, '),
    state([networkAcl([aclEntry(102, 'deny', '108.175.48.0/24'), ...allows()])]),
  ],
  ...['rule_action', 'rule_number', 'cidr_block', 'protocol', 'from_port', 'egress'].map(
    (key, index): [string, ...Row] => [
      `a deny elsewhere whose ${key} is unknown`,
      index < 3 ? openUntilApply(`${aclRules}[1].${key}`) : [],
      plan([empty, ...ofFive, { ...deny, before: null, ...leftOpen(denyElsewhere, [key]) }]),
    ],
  ),
  [
    'a rule that may turn out to deny in a new ACL',
    aclIsOpen,
    plan([created(empty, 'egress'), openDeny(['local.acl'])]),
  ],
  [
    'an ACL that shows a deny beside its rule resources',
    undecided('main.egress shows what there was at the last refresh'),
    state([networkAcl([aclEntry(1, 'deny', '0.0.0.0/0')]), aclRule(2, 'allow', '0.0.0.0/0')]),
  ],
  ['a deny of the protocol 0006 counts', five, state([withFirst('deny', { protocol: '0006' })])],
  [
    'a deny with an attribute that nobody knows',
    undecided('main.egress[0].only_if'),
    state([withFirst('deny', { only_if: 'x' })]),
  ],
  [
    'an allow with an attribute that nobody knows',
    undecided('main.egress[0].only_if'),
    state([networkAcl(allows({ only_if: 'x' }))]),
  ],
  [
    'an entry whose action is unknown may deny',
    openUntilApply('main.egress[0].action'),
    plan([{ ...withFirst(undefined), before: null, unknown: { egress: [{ action: true }] } }]),
  ],
  ['a deny of the ACL itself by a kept id', aclIsOpen, keptDeny('acl-01', referring(acl), kept)],
  ['a deny by a part of what is kept', aclIsOpen, keptDeny('acl-02,acl-01', other, kept)],
  [
    'a deny by one of two kept ids',
    aclIsOpen,
    keptDeny('acl-02', other, [...kept, 'terraform_data.xy.output', 'terraform_data.xy']),
  ],
]);

const group = asg(five);
const same = (more: object = {}) => asg(five, more, 'cloudfoundry_asg.old');
testRows({ address: group.address }, [
  [
    'a Cloud Foundry group that another resource forgets',
    [],
    plan([group, { ...destroyed(same()), ...forgotten }]),
  ],
  [
    'a Cloud Foundry group that another resource destroys',
    undecided('cloudfoundry_asg.old is the same object'),
    plan([group, destroyed(same())]),
  ],
  ['a Cloud Foundry group that two resources write', twin, plan([group, same()])],
  [
    'a Cloud Foundry group while the plan destroys the one of its name',
    undecided('has the same name'),
    plan([created(group), destroyed(same({ id: 'old' }))]),
  ],
  [
    'a Cloud Foundry group while the plan destroys another',
    [],
    plan([created(group), destroyed(same({ id: 'old', name: 's3-b' }))]),
  ],
]);
