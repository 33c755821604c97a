// What a source and params may not be, each mistake with the one sentence that is said of it.
import test, { type ExecutionContext } from 'ava';
import { contractVersion } from '../../src/config/contract.ts';
import { paramSchemas, parseInParams, parseOutParams } from '../../src/config/params.ts';
import { parseSource, sourceSchema } from '../../src/config/source.ts';
import { UserError } from '../../src/errors.ts';
import { filesOfGet, promised } from '../helpers/contract.ts';
import { incidentVersion } from '../helpers/documents.ts';
import { assertFailure, getNewest, run } from '../helpers/executables.ts';
import { publish } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A value, and what is said of it; `...` stands for anything. */
type Mistake = readonly [value: unknown, message: string];

const cut = 'is not a key that this resource knows';
const space = 'a colon needs a space after it, as in "max_cidrs: value"';
const full = 'that is not empty (leave the key out for its default)';
const list = 'a list of names such as [us-gov-west-1]';
const quota = 'must be a whole number above zero, or one for each family such as {ipv4: 60, ipv6: 60}, not';
const never = 'must be a whole number, 0 for versions that never hold their list, not';
const ownHeader = (name: string) => `must be left out: the resource sets the header ${name} itself`;
const headerName = 'must be given under a valid HTTP header name, with a space after the colon';
const httpsUrl = 'must be an https URL such as https://ip-ranges.amazonaws.com/ip-ranges.json';
const reachable =
  'must be an https URL (http is for loopback addresses, or for hosts of your own with source.allow_http: true), not';
const template = 'must be an https URL with {syncToken} in it, such as https://example.com/{syncToken}.json';
const together =
  'must come with source.history_url, to whose host they go; add history_url, or leave history_headers out';
const certificate = 'must be a PEM certificate: its whole text (-----BEGIN CERTIFICATE-----...), not a path';
const damaged = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const duration = 'must be a duration such as 90s or 1m30s, above zero and up to 24h, not';

const inSource: Mistake[] = [
  [{ 'a\u001b[2Jb': 1 }, `source.a\u2026 ${cut}; the keys are ...`],
  [{ 'max_cidrs:60': null }, `source.max_cidrs\u2026 ${cut}; ${space}`],
  [{ regions: 'us-gov-west-1' }, `source.regions must be ${list}, not "us-gov-west-1"`],
  [{ regions: [] }, `source.regions must be ${list} ${full}, not []`],
  [{ regions: [7] }, 'source.regions[0] must be a name such as us-gov-west-1, not 7'],
  [{ regions: ['a'.repeat(129)] }, 'source.regions[0] must be a name ... of at most 128 characters, not ...'],
  [{ regions: Array(501).fill('*') }, `source.regions must be ${list} that has at most 500, not ["*...`],
  [{ services: [''] }, 'source.services[0] must be a name such as S3, not ""'],
  [{ ip_versions: [5] }, 'source.ip_versions[0] must be 4 or 6, not 5'],
  [{ ip_versions: [] }, 'source.ip_versions must be a list such as [4] or [4, 6] that is not empty, not []'],
  [{ version_on: 'digest' }, 'source.version_on must be "syncToken" or "cidrs", not "digest"'],
  [{ allow_empty: 'yes' }, 'source.allow_empty must be true or false, not "yes"'],
  [{ max_cidrs: 0 }, `source.max_cidrs ${quota} 0`],
  [{ max_cidrs: '60' }, `source.max_cidrs ${quota} "60"`],
  [{ max_cidrs: {} }, `source.max_cidrs ${quota} {}`],
  [{ max_cidrs: { ip4: 1 } }, `source.max_cidrs.ip4 ${cut}; did you mean source.max_cidrs.ipv4?`],
  [{ hold_cidrs: -1 }, `source.hold_cidrs ${never} -1`],
  [{ url: 'example.com' }, `source.url ${httpsUrl}`],
  [{ url: 'ftp://example.com/a' }, 'source.url must be an https URL, not "ftp://example.com/a"'],
  [{ url: 'http://example.com/a' }, `source.url ${reachable} "http://example.com/a"`],
  [{ url: 'http://127.0.0.1.example.com/' }, `source.url ${reachable} ...`],
  [{ history_url: 'http://example.com/{syncToken}' }, `source.history_url ${reachable} ...`],
  [{ history_url: 'https://example.com/a.json' }, `source.history_url ${template}`],
  [{ history_url: 'https://{syncToken}.example.com/a' }, `source.history_url ${template}`],
  [{ headers: ['a'] }, 'source.headers must be a map from header names to strings, not a list'],
  [{ headers: { 'bad name': 'x' } }, `entry 1 of source.headers ${headerName}`],
  [{ headers: { 'x-key': 'a', Range: 'b' } }, `entry 2 of source.headers ${ownHeader('range')}`],
  [{ history_headers: { host: 'b' } }, `entry 1 of source.history_headers ${ownHeader('host')}`],
  [{ history_headers: { 'X-Key': 'hunter2' } }, `source.history_headers ${together}`],
  [{ ca_certs: ['not one'] }, `source.ca_certs[0] ${certificate}`],
  [{ ca_certs: [damaged] }, `source.ca_certs[0] ${certificate}`],
  [{ timeout: '1 minute' }, `source.timeout ${duration} "1 minute"`],
  [{ timeout: '0s' }, `source.timeout ${duration} "0s"`],
  [{ timeout: '25h' }, `source.timeout ${duration} "25h"`],
  [['S3'], 'source must be a map of keys and values, not a list'],
];

const group = (security_group: object) => ({ security_group });
const ofPorts = 'must be ports between 1 and 65535 such as 443, "80,443" or "1-65535", not';
const groupPorts = 'must be one port, a list of ports or one range, such as 443, "80,443" or "1-65535", not';
const noPorts = 'must be left out with protocol: all, whose rules allow every port, not be';
const document = 'in writes ip-ranges.json and prefixes.json only with params.document: true';
const sameName = { terraform: { variable: 'a', ipv6_variable: 'a' } };

const inGet: Mistake[] = [
  [{ skip_document: true }, `params.skip_document ${cut}; ${document}; set that where ...`],
  [
    { terraform: { variables: 1 } },
    `params.terraform.variables ${cut}; did you mean params.terraform.variable?`,
  ],
  [{ terraform: { variable: '9a' } }, 'params.terraform.variable must be a Terraform ... name ..., not "9a"'],
  [sameName, 'params.terraform.variable and params.terraform.ipv6_variable must differ, not both be "a"'],
  [{ terraform: 'a' }, 'params.terraform must be a map of keys and values, not a string'],
  [group({ ports: '0' }), `params.security_group.ports ${ofPorts} "0"`],
  [group({ ports: '443-80' }), `params.security_group.ports ${ofPorts} "443-80"`],
  [group({ ports: '443,8000-9000' }), `params.security_group.ports ${groupPorts} "443,8000-9000"`],
  [group({ protocol: 'icmp' }), 'params.security_group.protocol must be "tcp", "udp" or "all", not "icmp"'],
  [group({ protocol: 'all', ports: 8443 }), `params.security_group.ports ${noPorts} "8443"`],
  [group({ ip_versions: [] }), 'params.security_group.ip_versions must be a list ... not empty, not []'],
  [[], 'params must be a map of keys and values, not a list'],
];

const put = (more: object) => ({ rules: 'a', ranges: 'b', ...more });
const path = "params.rules must be a path below the build's sources such as plan/rules.json";
const directory = 'params.ranges must be the directory of the get step that the job used, such as s3-ranges';
const addresses = 'a name in the rules file such as aws_security_group.app, or a list of such names';

const inPut: Mistake[] = [
  [undefined, `${path}; it is missing`],
  [put({ rules: '../a' }), `${path}, not "../a"`],
  [put({ rules: 'a\0b' }), `${path}, not ...`],
  [put({ rules: '/etc/passwd' }), `${path}, not "/etc/passwd"`],
  [{ rules: 'a' }, `${directory}; it is missing`],
  [put({ ranges: '../b' }), `${directory}, not "../b"`],
  [put({ mode: 'all' }), 'params.mode must be "covers" or "exact", not "all"'],
  [put({ protocol: 'icmp' }), 'params.protocol must be "tcp" or "udp", not "icmp"'],
  [put({ ports: 70000 }), `params.ports ${ofPorts} 70000`],
  [put({ address: [] }), `params.address must be ${addresses}, not []`],
];

const keysOf = (schema: { readonly entries: object }) => Object.keys(schema.entries);
const [ofSource, ofGet, ofPut] = [sourceSchema, paramSchemas.in, paramSchemas.out].map(keysOf);
const ofTerraform = keysOf(paramSchemas.terraform);
const ofGroup = keysOf(paramSchemas.securityGroup).filter((key) => !ofSource?.includes(key));
const onlyOfPut = ofPut?.filter((key) => !ofGroup.includes(key));
const onlyOfGroup = ofGroup.filter((key) => !ofPut?.includes(key));
const toGet = 'it belongs in the params of a get step';
const toPut = 'it belongs in the params of a put step';
const toStep = 'it belongs beside params, in the step itself';

const beside = 'it belongs beside source';
const verified = 'no setting turns verification off: put the certificate of your CA into source.ca_certs';

type Words = string | undefined;

/** Keys that are not known where they stand, and what is said of them in a source, and in params of a get and of a put; KEY is the key. */
const unknown: [keys: string[] | undefined, source?: Words, get?: Words, put?: Words][] = [
  [['region', 'REGIONS'], 'did you mean source.regions?'],
  [['version-on'], 'did you mean source.version_on?'],
  [['max_cidrs.ipv4'], 'write it nested, as max_cidrs: {ipv4: ...}'],
  [['colour'], `the keys are ${ofSource?.join(', ')}`],
  [['insecure', 'skip_ssl_verification'], verified, verified, verified],
  [['check_every'], beside, beside, beside],
  [['no_get', 'passed'], 'it belongs in a get or put step', toStep, toStep],
  [ofGet, toGet, undefined, toGet],
  [onlyOfPut, toPut, toPut],
  [ofTerraform, `${toGet}, as terraform: {KEY: ...}`, 'did you mean params.terraform.KEY?'],
  [ofGroup, '...security_group: {KEY: ...}', 'did you mean params.security_group.KEY?'],
  [onlyOfGroup, undefined, undefined, `${toGet}, as security_group: {KEY: ...}`],
  [ofSource, undefined, '...source.KEY?', 'did you mean source.KEY?'],
  [['security_group.ports'], undefined, 'write it nested, as security_group: {ports: ...}'],
  [['documents'], undefined, 'did you mean params.document?'],
  [['rule'], undefined, undefined, 'did you mean params.rules?'],
];

test('a key that is not known where it stands is told where it belongs, or what was meant', (t) => {
  for (const [keys = [], ...wayOuts] of unknown) {
    for (const [index, wayOut] of wayOuts.entries()) {
      const parse = [parseSource, parseInParams, parseOutParams][index] ?? parseSource;
      const message = `${index === 0 ? 'source' : 'params'}.KEY ${cut}; ${wayOut}`;
      for (const key of wayOut === undefined ? [] : keys) {
        assertRefused(t, parse, { [key]: 1 }, message.replaceAll('KEY', key));
      }
    }
  }
});

for (const [parse, mistakes] of [
  [parseSource, inSource],
  [parseInParams, inGet],
  [parseOutParams, inPut],
] as const) {
  test(`${parse.name}() says what is wrong, where, and what to do about it`, (t) => {
    for (const [value, message] of mistakes) assertRefused(t, parse, value, message);
  });
}

/** Asserts that the value is refused with the message, in which `...` stands for anything. */
function assertRefused(
  t: ExecutionContext,
  parse: (value: unknown) => unknown,
  value: unknown,
  message: string,
) {
  const parts = message.split('...').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  t.throws(() => parse(value), { instanceOf: UserError, message: pattern }, JSON.stringify(value));
}

test('every executable refuses a wrong source in one sentence, with a stack trace only for debug: true', async (t) => {
  for (const [name, request] of [
    ['check', {}],
    ['in', { version: incidentVersion }],
    ['out', { params: put({}) }],
  ] as const) {
    const args = [temporaryDirectory(t)];
    const plain = await run(name, { ...request, source: { region: [] } }, { args });
    assertFailure(t, plain, /^error: source\.region is not a key .*\n$/);
    const debugged = await run(name, { ...request, source: { region: [], debug: true } }, { args });
    t.like(debugged, { code: 1, stdout: '' });
    t.regex(debugged.stderr, /^debug: .*\n\s+at /m);
  }
});

test('in and out report a missing $1 before anything else is done', async (t) => {
  for (const name of ['in', 'out'] as const) {
    for (const args of [[], ['']]) {
      const outcome = await run(name, { source: {} }, { args });
      assertFailure(t, outcome, /\$1 is missing: the d.*, which Concourse gives as the only argument/);
    }
  }
});

test('every duration that Go writes is a timeout', (t) => {
  const durations = { '90s': 90, '1m30s': 90, '1.5m': 90, '500ms': 0.5, '24h': 86_400, '20000us': 0.02 };
  for (const [timeout, seconds] of Object.entries(durations)) {
    t.is(parseSource({ timeout }).timeout, seconds * 1000, timeout);
  }
});

// The contract version, and what it stands for: a change of what in writes demands another one.

const demand = (what: string) =>
  `${what} that contract ${contractVersion} does not promise: raise contractVersion in src/config/contract.ts, and ` +
  'give it a row in test/helpers/contract.ts';

test('in writes the files and members that its contract version promises', async (t) => {
  const params = { document: true, bundle: true };
  const { files } = await getNewest(t, (await publish(t)).source, params);
  t.deepEqual(Object.keys(files).sort(), filesOfGet(params), demand('in writes files'));
  for (const [name, members] of Object.entries(promised().objects)) {
    t.deepEqual(Object.keys(JSON.parse(files[name] ?? '')), [...members], demand(`${name} has members`));
  }
});
