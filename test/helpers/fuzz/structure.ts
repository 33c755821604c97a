// Mutations of a document's JSON: of its tokens, members and arrays, true to the grammar or not.
import type { Random } from './random.ts';
import { type ArrayTree, copyTree, type Member, type ObjectTree, type Token, toTree } from './tree.ts';

/** Changes a document in place; one that finds nothing to change leaves it as it is. */
export type Mutation = (document: ObjectTree, random: Random) => void;

const services = [
  'S3',
  's3',
  'AMAZON',
  'EC2',
  'CLOUDFRONT',
  'S3 ',
  'S\u0000',
  'Ｓ3',
  '',
  'ROUTE53',
  '__proto__',
];
const regions = [
  'us-gov-west-1',
  'us-gov-east-1',
  'us-gov-west-1\n',
  'us-gov-\u2028west',
  'us-gov-\u{1f30d}',
  'US-GOV-WEST-1',
  'GLOBAL',
  '',
  'us-gov-west-1\u001b[2J',
  'toString',
];
const oddValues = [
  'null',
  'true',
  '0',
  '-1',
  '1724938990',
  '1.5e3',
  '1e400',
  '""',
  '"x"',
  '[]',
  '{}',
  '[null]',
  '["S3"]',
  '{"0":{}}',
  '[[],{"a":[1,{"b":null}]}]',
  '{"a":{"a":{"a":1}}}',
  '"a:b"',
  '"\\\\"',
  '"\\":\\"{"',
  '{"k\\":":1}',
  '{"\\\\":{"\\"":"\\\\\\""}}',
];
/** Texts that end JSON, or are none. */
const noValues = [
  '',
  'NaN',
  'undefined',
  '01',
  '+1',
  "'S3'",
  '"S3',
  '"\t"',
  '"\\x41"',
  '1,',
  '[1,]',
  '.5',
  '//',
];
const oddNetworks = [
  '0.0.0.0/0',
  '255.255.255.255/32',
  '10.0.0.0/08',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/ 8',
  ' 10.0.0.0/8',
  '10.0.0.0/8\n',
  '10.0.0.0',
  '10.0.0/8',
  '10.0.0.0.0/8',
  '010.0.0.0/8',
  '0x0a.0.0.0/8',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '１0.0.0.0/8',
  '::/0',
  '::/128',
  '::1/128',
  '::ffff:102:304/128',
  '::ffff:1.2.3.4/128',
  '1:0:0:2::/64',
  '1:0:0:2:0:0:0:0/64',
  '1::2:0:0:0:0/64',
  '2001:db8::/032',
  '2001:DB8::/32',
  '2001:0db8::/32',
  '2001:db8::/32%eth0',
  'fe80::%1/10',
  '2001:db8::1/64',
  '2001:db8:::/32',
  '1:2:3:4:5:6:7::/112',
  '1:2:3:4:5:6:7:0/112',
];
const oddTokens = [
  '"0"',
  '"01724938990"',
  '"1724938990 "',
  '"-1"',
  '"1e9"',
  '"999999999999999"',
  '"9999999999999999"',
];

/** Mutations that mostly leave a valid document, by name. */
export const gentle: Readonly<Record<string, Mutation>> = {
  'entries in another order': (document, random) => {
    const items = anyArray(document, random)?.items ?? [];
    for (let i = items.length - 1; i > 0; i--) swap(items, i, random.below(i + 1));
  },
  'an entry repeated': (document, random) => {
    const items = anyArray(document, random)?.items ?? [];
    const item = random.pick(items);
    if (item !== undefined) items.splice(random.below(items.length + 1), 0, copyTree(item));
  },
  'entries removed': (document, random) => {
    anyArray(document, random)?.items.splice(random.below(12), 1 + random.below(3));
  },
  'an unknown member': (document, random) => {
    const value = token(random.pick(oddValues) ?? '0');
    insert(random, anyObject(document, random), { key: JSON.stringify(`x${random.below(9)}`), value });
  },
  'characters written as escapes': (document, random) => {
    const target = random.oneIn(3) ? anyMember(document, random) : undefined;
    if (target !== undefined) target.key = escaped(target.key, random);
    const value = anyMember(document, random)?.value;
    if (value?.kind === 'token') value.text = escaped(value.text, random);
  },
  'another network': (document, random) => {
    replaceNetwork(document, random, randomNetwork);
  },
  'another service': (document, random) => {
    rewrite(anyEntry(document, random), '"service"', JSON.stringify(random.pick(services)));
  },
  'another region': (document, random) => {
    rewrite(anyEntry(document, random), '"region"', JSON.stringify(random.pick(regions)));
  },
  'another border group': (document, random) => {
    rewrite(anyEntry(document, random), '"network_border_group"', JSON.stringify(random.pick(regions)));
  },
  'a border group removed': (document, random) => {
    const entry = anyEntry(document, random);
    if (entry) entry.members = entry.members.filter(({ key }) => key !== '"network_border_group"');
  },
  'members in another order': (document, random) => {
    const { members } = anyObject(document, random);
    if (members.length > 1) swap(members, random.below(members.length), random.below(members.length));
  },
  'another createDate': (document, random) => {
    const text = random.pick([
      '""',
      'null',
      '17',
      '"2024/08/29 \\u001b[2J"',
      `"${'9'.repeat(65)}"`,
      '"soon"',
      '[]',
    ]);
    rewrite(document, '"createDate"', text);
  },
  'another token': (document, random) => {
    rewrite(document, '"syncToken"', `"${1 + random.below(2 ** 31)}"`);
  },
  'a digit of a network': (document, random) => {
    replaceNetwork(document, random, (text) => {
      const at = random.below(text.length);
      if (!/[0-9a-f]/.test(text[at] ?? '')) return text;
      return `${text.slice(0, at)}${random.below(10)}${text.slice(at + 1)}`;
    });
  },
  'nested values': (document, random) => {
    const depth = 1 + random.below(30);
    const value = token(`${'[{"a":'.repeat(depth)}[]${'}]'.repeat(depth)}`);
    insert(random, anyObject(document, random), { key: '"nested"', value });
  },
};

/** Mutations that mostly break the document, by name. */
export const rough: Readonly<Record<string, Mutation>> = {
  'a network in an odd form': (document, random) => {
    replaceNetwork(document, random, () => random.pick(oddNetworks) ?? '');
  },
  'a value of another type': (document, random) => {
    const member = anyMember(document, random);
    if (member !== undefined) member.value = token(random.pick(oddValues) ?? 'null');
  },
  'a value that is none': (document, random) => {
    const member = anyMember(document, random);
    if (member !== undefined) member.value = token(random.pick(noValues) ?? '');
  },
  'an entry of another type': (document, random) => {
    const items = anyArray(document, random)?.items ?? [];
    items.splice(random.below(items.length + 1), random.below(2), token(random.pick(oddValues) ?? 'null'));
  },
  'a member removed': (document, random) => {
    const { members } = anyObject(document, random);
    members.splice(random.below(members.length), 1);
  },
  'a member repeated': (document, random) => {
    const object = anyObject(document, random);
    const member = random.pick(object.members);
    if (member === undefined) return;
    const other = random.pick(anyObject(document, random).members)?.value ?? member.value;
    const value = copyTree(random.oneIn(2) ? member.value : other);
    insert(random, object, { key: random.oneIn(2) ? member.key : escaped(member.key, random), value });
  },
  'a member renamed': (document, random) => {
    const member = anyMember(document, random);
    if (member === undefined) return;
    const names = [
      '"__proto__"',
      '"constructor"',
      '"IP_PREFIX"',
      '"ip_prefix "',
      '""',
      '"prefixes"',
      '"ip_prefix"',
    ];
    member.key = random.pick(names) ?? '""';
  },
  'the other family in an entry': (document, random) => {
    const entry = anyEntry(document, random);
    const name = random.oneIn(2) ? '"ip_prefix"' : '"ipv6_prefix"';
    const text = random.oneIn(2) ? JSON.stringify(random.pick(oddNetworks)) : 'null';
    if (entry) insert(random, entry, { key: name, value: token(text) });
  },
  'arrays exchanged': (document) => {
    const [prefixes, ipv6Prefixes] = arraysOf(document);
    if (prefixes && ipv6Prefixes) [prefixes.items, ipv6Prefixes.items] = [ipv6Prefixes.items, prefixes.items];
  },
  'an entry moved to the other array': (document, random) => {
    const arrays = arraysOf(document);
    const [item] = arrays[0]?.items.splice(random.below(5), 1) ?? [];
    if (item) arrays.at(-1)?.items.push(item);
  },
  'an array emptied': (document, random) => {
    const array = anyArray(document, random);
    if (array) array.items = [];
  },
  'a token in an odd form': (document, random) => {
    rewrite(document, '"syncToken"', random.pick([...oddTokens, ...oddValues]));
  },
  'deep nesting': (document, random) => {
    const depth = 100 * 10 ** random.below(3);
    insert(random, anyObject(document, random), {
      key: '"deep"',
      value: token('['.repeat(depth) + ']'.repeat(depth)),
    });
  },
};

function token(text: string): Token {
  return { kind: 'token', text };
}

function arraysOf(document: ObjectTree): ArrayTree[] {
  return document.members.flatMap(({ value }) => (value.kind === 'array' ? [value] : []));
}

function anyArray(document: ObjectTree, random: Random): ArrayTree | undefined {
  return random.pick(arraysOf(document));
}

function anyEntry(document: ObjectTree, random: Random): ObjectTree | undefined {
  const item = random.pick(anyArray(document, random)?.items ?? []);
  return item?.kind === 'object' ? item : undefined;
}

/** An entry, or now and then the document itself. */
function anyObject(document: ObjectTree, random: Random): ObjectTree {
  return (random.oneIn(5) ? undefined : anyEntry(document, random)) ?? document;
}

function anyMember(document: ObjectTree, random: Random): Member | undefined {
  return random.pick(anyObject(document, random).members);
}

function insert(random: Random, { members }: ObjectTree, member: Member): void {
  members.splice(random.below(members.length + 1), 0, member);
}

function rewrite(object: ObjectTree | undefined, key: string, text: string | undefined): void {
  const member = object?.members.find((candidate) => candidate.key === key);
  if (member !== undefined && text !== undefined) member.value = token(text);
}

function replaceNetwork(
  document: ObjectTree,
  random: Random,
  edit: (text: string, random: Random) => string,
): void {
  const member = anyEntry(document, random)?.members.find(({ key }) => /^"ip(v6)?_prefix"$/.test(key));
  if (member?.value.kind !== 'token' || !/^"[0-9a-f.:/]*"$/.test(member.value.text)) return;
  member.value = toTree(edit(member.value.text.slice(1, -1), random));
}

/** A canonical network of the same family. */
function randomNetwork(text: string, random: Random): string {
  if (!text.includes(':')) {
    const length = random.below(33);
    const address = length === 0 ? 0 : (random.below(2 ** 32) & (-1 << (32 - length))) >>> 0;
    return `${[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')}/${length}`;
  }
  const groups = Array.from({ length: 8 }, () => (random.oneIn(3) ? 0 : random.below(65536)));
  const length = random.below(129);
  const kept = groups.map((group, index) => {
    const bits = Math.min(Math.max(length - index * 16, 0), 16);
    return (group & (65536 - 2 ** (16 - bits))).toString(16);
  });
  return `${new URL(`http://[${kept.join(':')}]`).hostname.slice(1, -1)}/${length}`;
}

/** The same string token with one of its characters as an escape. */
function escaped(text: string, random: Random): string {
  if (!text.startsWith('"') || text.includes('\\') || text.length < 3) return text;
  const at = 1 + random.below(text.length - 2);
  const code = text.charCodeAt(at).toString(16).padStart(4, '0');
  return `${text.slice(0, at)}\\u${random.oneIn(2) ? code : code.toUpperCase()}${text.slice(at + 1)}`;
}

function swap<T>(items: T[], i: number, j: number): void {
  [items[i], items[j]] = [items[j] as T, items[i] as T];
}
