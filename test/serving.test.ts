// A get serves exactly the list of its version, from the version itself or from a document, or says why it cannot.
import test from 'ava';
import fc from 'fast-check';
import { check } from '../src/check.ts';
import { UserError } from '../src/errors.ts';
import type { OutputFile } from '../src/files/output-file.ts';
import { get } from '../src/in.ts';
import { parseDocument } from '../src/ip-ranges/document.ts';
import { filesOfGet } from './helpers/contract.ts';
import { documentWith, incident, incidentCidrs, incidentCidrsInOrder } from './helpers/documents.ts';
import { inMemory } from './helpers/in-memory.ts';
import { bareOf, held } from './helpers/versions.ts';

interface Circumstances {
  readonly params?: object;
  /** What AWS publishes; without it a request for a document fails the test. */
  readonly published?: string;
}

type Asked = Circumstances & { readonly source?: object };

/** What becomes of a get in process: its files by name, its rows of metadata and its notes; or its error. */
async function outcomeOf(source: object, version: unknown, { params = {}, published }: Circumstances = {}) {
  const written: OutputFile[] = [];
  const { outside, notes } = inMemory(
    published === undefined ? undefined : parseDocument(Buffer.from(published)),
  );
  let error = '';
  let rows: Record<string, string> = {};
  try {
    const request = JSON.parse(JSON.stringify({ source, version, params }));
    const { metadata } = await get(request, (files) => void written.push(...files), outside);
    rows = Object.fromEntries(metadata.map(({ name, value }) => [name, value]));
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    error = thrown.message;
  }
  const files = Object.fromEntries(written.map(({ name, bytes }) => [name, bytes.toString()]));
  return { files, names: Object.keys(files).sort(), rows, notes, error };
}

const gov = { regions: ['us-gov-west-1'], ip_versions: [4] };
const five = incidentCidrsInOrder;
const bare = bareOf(held(five));
const many = Array.from({ length: 65 }, (_, index) => `10.0.${index}.0/24`);

const security_group = { ports: '80', combine: true, ip_versions: [4, 6], description: 'x', log: true };
const served: [title: string, cidrs: readonly string[], source: object, params?: object][] = [
  ['its list', five, {}],
  ['more CIDRs than hold_cidrs', many, {}],
  ['a list though hold_cidrs is 0', five, { hold_cidrs: 0 }],
  ['an empty list that is allowed', [], { allow_empty: true }],
  ['a list for other variables', five, {}, { terraform: { variable: 'a', ipv6_variable: 'b' } }],
  ['a list for other rules', [...five, '2600::/32'], { ip_versions: [4, 6] }, { security_group }],
];

for (const [title, cidrs, source, params = {}] of served) {
  test(`a version that holds ${title} is served without a request`, async (t) => {
    const words = 'ip_versions' in source ? { selection: 'S3, us-gov-west-1' } : {};
    const outcome = await outcomeOf({ ...gov, ...source }, held(cidrs, words), { params });
    t.is(outcome.error, '');
    t.is(outcome.files['cidrs.txt'], cidrs.map((cidr) => `${cidr}\n`).join(''));
    t.false('url' in outcome.rows || 'servedFrom' in outcome.rows);
    t.deepEqual(outcome.names, filesOfGet());
  });
}

test('document and bundle ask for the document, and write its files', async (t) => {
  for (const params of [{ document: true }, { bundle: true }]) {
    const { names, rows } = await outcomeOf(gov, held(five), { params, published: incident });
    t.deepEqual(names, filesOfGet(params));
    t.is(rows['url'], 'https://ip-ranges.amazonaws.com/ip-ranges.json');
  }
});

const shape =
  /^version must be an object of the strings syncToken, createDate and .*, as check returned it, not /;
const lied = held(five.slice(1), { digest: bare.digest });
const eastern = held(five, { selection: 'S3, us-gov-east-1, IPv4' });
const another = /the list of "S3, us-gov-east-1, IPv4", but the source selects "S3, us-gov-west-1, IPv4"/;
const reissued = documentWith('1724938990', incidentCidrs.slice(1));
const again =
  /selects another list: sha256:[0-9a-f]{12}, not sha256:bbfc292eb6fe: AWS has published .* unpin/;

/** Versions that are not served, why, and what AWS publishes or the source has then. */
const refused: [title: string, version: unknown, message: RegExp, asked?: Asked][] = [
  ['of another shape', { ...bare, ref: 'x' }, shape],
  ['that is none', null, shape],
  ['with a list of another digest', lied, /^version\.cidrs has the digest/],
  ['with a list out of order', held(five.toReversed()), /holds \S+ after \S+, which is not the order/],
  ['that repeats a CIDR', held(['1.0.0.0/8', '1.0.0.0/8']), /holds 1\.0\.0\.0\/8 after 1\.0\.0\.0\/8/],
  ['with what is no CIDR', held(['10.0.0.0/8', 'x']), /holds "x", which is not a network/],
  ['with host bits', held(['10.0.0.1/8']), /holds "10\.0\.0\.1\/8", .*: that is 10\.0\.0\.0\/8/],
  ['with two spaces', held(five, { cidrs: five.join('  ') }), /holds "", which is not a network/],
  ['with line ends', held(five, { cidrs: five.join('\n') }), /which is not a network in canonical form/],
  ['with too many', held(five), /max_cidrs is 4, but .* lists 5 CIDRs/, { source: { max_cidrs: 4 } }],
  ['of another selection', eastern, another],
  ['of a source that aggregates', held(five), /made for another source/, { source: { aggregate: true } }],
  ['of another family', held(['2600::/32']), /source\.ip_versions does not select IPv6/],
  ['with an empty list', held([]), /^the selection is empty: .*source\.allow_empty: true/],
  ['from the future', { ...bare, syncToken: '9999999999' }, /9999999999 is more than a day ahead .* unpin/],
  ['whose token has another list by now', bare, again, { published: reissued }],
];

for (const [title, version, message, { source, ...asked } = {}] of refused) {
  test(`a version ${title} is refused, and nothing is written`, async (t) => {
    const { error, names } = await outcomeOf({ ...gov, ...source }, version, asked);
    t.regex(error, message);
    t.deepEqual(names, []);
  });
}

const document = { document: true };
const newer = documentWith('1725321189', incidentCidrs.slice(1));
const withAnother =
  /^AWS serves only its newest document, now syncToken 1725321189 with another list \(sha256:[0-9a-f]{12}, not sha256:bbfc292eb6fe\)/;
const listAlone =
  'to get the list alone: leave out params.document and params.bundle; to keep old documents: source.history_url';

const keepOld = 'to keep old versions: source.history_url';
const byHolding = 'to keep old versions: source.hold_cidrs: 4, or source.history_url';
const elsewhere = { regions: undefined, network_border_groups: ['us-gov-west-1'] };
const unknown = newer.replaceAll('us-gov-west-1', 'elsewhere');
const same = documentWith('1725321189');
const withSame = /1725321189 with the same list;/;
const noList = /now syncToken 1725321189 from which this source can select no list$/;
const veryDocument = /; params\.document and params\.bundle need the very document$/;

const gone: [what: string, asked: Asked & { version?: object }, now: RegExp, keep: string][] = [
  ['a short list', {}, withAnother, keepOld],
  ['a list longer than hold_cidrs', { source: { hold_cidrs: 3 } }, withAnother, byHolding],
  ['a list that later versions hold', { source: { hold_cidrs: 4 } }, withAnother, keepOld],
  ['a document', { source: { hold_cidrs: 3 }, params: document }, veryDocument, keepOld],
  ['a document with a held list', { version: held(five), params: document }, withAnother, listAlone],
  ['a document with the same list', { published: same, params: { bundle: true } }, withSame, listAlone],
  ['a border group that is not known any more', { published: unknown, source: elsewhere }, noList, keepOld],
];

for (const [what, { version = bare, source, ...asked }, now, keep] of gone) {
  test(`a superseded version that needs ${what} is gone, in four lines`, async (t) => {
    const { error, names } = await outcomeOf({ ...gov, ...source }, version, { published: newer, ...asked });
    const lines = error.split('\n  ');
    t.is(lines[0], 'the version with syncToken 1724938990 is gone');
    t.regex(lines[1] ?? '', now);
    t.deepEqual(lines.slice(2), [
      'if it is pinned: unpin it; otherwise nothing: the newer version starts its own build',
      keep,
    ]);
    t.deepEqual(names, []);
  });
}

test('a superseded version whose list AWS still publishes is served, and that is said', async (t) => {
  for (const [token, words] of [
    ['1725321189', 'is superseded'],
    ['1724800000', 'is not what this edge serves yet'],
  ] as const) {
    const { files, rows, notes, error } = await outcomeOf(gov, bare, { published: documentWith(token) });
    t.is(error, '');
    t.is(rows['servedFrom'], `the same list in the document with syncToken ${token}`);
    t.deepEqual(notes, [
      `syncToken 1724938990 ${words}; the document with syncToken ${token} has the same list`,
    ]);
    t.is(files['sync_token'], '1724938990');
    t.is(JSON.parse(files['manifest.json'] ?? '').served_from.sync_token, token);
  }
});

test('the files from a held version are those from the document, byte for byte, whatever both are', async (t) => {
  const ipv4 = fc
    .tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 0, max: 255 }), fc.constantFrom(16, 20, 24))
    .map(([a, b, length]) => `${a}.${b}.0.0/${length}`);
  const ipv6 = fc.integer({ min: 1, max: 0xffff }).map((group) => `2600:${group.toString(16)}::/40`);
  const source = fc.record({
    regions: fc.constant(['us-gov-west-1']),
    ip_versions: fc.constantFrom([4], [6], [4, 6]),
    aggregate: fc.boolean(),
    exclude_services: fc.constantFrom([], ['EC2']),
    allow_empty: fc.constant(true),
    version_on: fc.constantFrom('syncToken', 'cidrs'),
  });
  const params = fc.record({
    security_group: fc.record({ combine: fc.boolean(), protocol: fc.constantFrom('tcp', 'all') }),
  });
  const lists = fc.tuple(fc.uniqueArray(ipv4, { maxLength: 20 }), fc.uniqueArray(ipv6, { maxLength: 20 }));
  await fc.assert(
    fc.asyncProperty(lists, source, params, async ([four, six], chosen, given) => {
      const published = documentWith('1724938990', four, six);
      const outside = inMemory(parseDocument(Buffer.from(published))).outside;
      const [version = bare] = await check({ source: chosen }, outside);
      const fromVersion = await outcomeOf(chosen, version, { params: given });
      const fromDocument = await outcomeOf(chosen, version, {
        params: { ...given, document: true },
        published,
      });
      for (const [name, text] of Object.entries(fromVersion.files)) {
        if (name !== 'manifest.json') t.is(text, fromDocument.files[name] ?? 'absent', name);
      }
      // A version without its list: manifest.json differs in the version alone.
      const unheld = await outcomeOf(chosen, bareOf(version), { params: given, published });
      const manifests = [fromVersion, unheld].map(({ files }) => JSON.parse(files['manifest.json'] ?? ''));
      t.deepEqual({ ...manifests[0], version: '' }, { ...manifests[1], version: '' });
    }),
    { numRuns: 200 },
  );
});
