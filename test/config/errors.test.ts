import test, { type ExecutionContext } from 'ava';
import { contractVersion } from '../../src/config/contract.ts';
import { paramSchemas, parseInParams, parseOutParams } from '../../src/config/params.ts';
import { parseSource, sourceSchema } from '../../src/config/source.ts';
import { filesOfGet, promised } from '../helpers/contract.ts';
import { documentWith, incident, s3Source } from '../helpers/documents.ts';
import { assertFailure, check, readFiles, run, runRaw, succeed } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** For the cases of a table whose promise another test sees in processes: each mistake in a source is met by one. */
const names = ['check', 'in', 'out'] as const;

/** Mistakes in a source, and what the one sentence about each must say. */
const sourceMistakes: [source: unknown, ...patterns: RegExp[]][] = [
  [{ region: ['us-gov-west-1'] }, /source\.region is not a key .* did you mean source\.regions\?/],
  [{ Services: ['S3'] }, /source\.Services is not a key .* did you mean source\.services\?/],
  [{ colour: 'red' }, /source\.colour is not a key .* the keys are services, regions, /],
  [{ 'a\u001b[2Jb': 1 }, /source\.a\.\.\. is not a key that this resource knows; the keys are/],
  [
    { regions: 'us-gov-west-1' },
    /source\.regions must be a list of names such as \[us-gov-west-1\], not "us-gov-west-1"/,
  ],
  [{ regions: [] }, /source\.regions must be .* not empty .*, not \[\]/],
  [{ regions: null }, /source\.regions must be a list .*, not null/],
  [{ regions: [7] }, /source\.regions\[0\] must be a name such as us-gov-west-1, not 7/],
  [{ services: [''] }, /source\.services\[0\] must be a name such as S3, not ""/],
  [{ ip_versions: [5] }, /source\.ip_versions\[0\] must be 4 or 6, not 5/],
  [{ ip_versions: ['4'] }, /source\.ip_versions\[0\] must be 4 or 6, not "4"/],
  [{ ip_versions: [] }, /source\.ip_versions must be a list .* not empty, not \[\]/],
  [{ version_on: 'digest' }, /source\.version_on must be "syncToken" or "cidrs", not "digest"/],
  [{ allow_empty: 'yes' }, /source\.allow_empty must be true or false, not "yes"/],
  [
    { max_cidrs: 0 },
    /source\.max_cidrs must be a whole number above zero, or one for each family such as \{ipv4: 60, ipv6: 60\}, not 0/,
  ],
  [{ max_cidrs: 2.5 }, /source\.max_cidrs must be a whole number above zero, .*, not 2\.5/],
  [
    { max_cidrs: {} },
    /source\.max_cidrs must be a whole number above zero, or one for each family .*, not \{\}/,
  ],
  [{ max_cidrs: { ipv4: 0 } }, /source\.max_cidrs\.ipv4 must be a whole number above zero, not 0/],
  [
    { max_cidrs: { ip4: 1 } },
    /source\.max_cidrs\.ip4 is not a key .* did you mean source\.max_cidrs\.ipv4\?/,
  ],
  [{ max_cidrs: '60' }, /source\.max_cidrs must be a whole number above zero, .*, not "60"/],
  [
    { regions: ['a'.repeat(129)] },
    /source\.regions\[0\] must be a name .* of at most 128 characters, not "aaa/,
  ],
  [
    { regions: Array(501).fill('us-*') },
    /source\.regions must be a list of names .* that has at most 500, not \["us/,
  ],
  [
    { url: 'ip-ranges.amazonaws.com' },
    /source\.url must be an https URL such as https:\/\/ip-ranges\.amazonaws\.com\/ip-ranges\.json\n/,
  ],
  [{ url: 'ftp://example.com/a' }, /source\.url must be an https URL, not "ftp:\/\//],
  [
    { url: 'http://example.com/a' },
    /source\.url must be an https URL .*source\.allow_http: true\), not "http:\/\/example\.com\/a"/,
  ],
  [{ url: 'http://127.0.0.1.example.com/' }, /source\.url must be an https URL/],
  [
    { history_url: 'https://example.com/a.json' },
    /source\.history_url must be an https URL with \{syncToken\} in it/,
  ],
  [
    { history_url: 'https://{syncToken}.example.com/a' },
    /source\.history_url must be an https URL with \{syncToken\}/,
  ],
  [
    { history_url: 'http://example.com/{syncToken}' },
    /source\.history_url must be an https URL .*allow_http/,
  ],
  [{ headers: ['a'] }, /source\.headers must be a map from header names to strings/],
  [
    { headers: { 'bad name': 'x' } },
    /entry 1 of source\.headers must be given under a valid HTTP header name, with a space after the colon\n/,
  ],
  [
    { headers: { 'x-key': 'a', Range: 'bytes=0-' } },
    /entry 2 of source\.headers must be left out: the resource sets the header range itself\n/,
  ],
  [
    { headers: { Host: 'other.example.com' } },
    /entry 1 of source\.headers must be left out: the resource sets the header host itself\n/,
  ],
  [
    { history_headers: { host: 'other.example.com' } },
    /entry 1 of source\.history_headers must be left out: the resource sets the header host itself\n/,
  ],
  [
    { history_headers: { 'X-Key': 'hunter2' } },
    /source\.history_headers must come with source\.history_url, to whose host they go; add history_url, or leave history_headers out\n/,
  ],
  [
    { ca_certs: ['not a certificate'] },
    /source\.ca_certs\[0\] must be a PEM certificate: its whole text \(-----BEGIN CERTIFICATE-----\.\.\.\), not a path\n/,
  ],
  [
    { ca_certs: ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'] },
    /source\.ca_certs\[0\] must be a PEM certificate/,
  ],
  [{ timeout: '1 minute' }, /source\.timeout must be a duration such as 90s or 1m30s, .*, not "1 minute"/],
  [{ timeout: 60 }, /source\.timeout must be a duration .*, not 60/],
  [{ timeout: '0s' }, /source\.timeout must be a duration .*above zero/],
  [{ debug: 1 }, /source\.debug must be true or false, not 1/],
  [
    { 'max_cidrs:60': null },
    /source\.max_cidrs\.\.\. is not a key that this resource knows; a colon needs a space after it, as in "max_cidrs: value"\n/,
  ],
  [{ 'version-on': 'cidrs' }, /source\.version-on is not a key .*; did you mean source\.version_on\?/],
  [
    { 'max_cidrs.ipv4': 60 },
    /source\.max_cidrs\.ipv4 is not a key .*; write it nested, as max_cidrs: \{ipv4: \.\.\.\}/,
  ],
  [{ skip_ssl_verification: true }, /no setting turns verification off: .* source\.ca_certs/],
  [{ check_every: '1m' }, /source\.check_every is not a key .*; it belongs beside source\n/],
  [['S3'], /source must be a map of keys and values, not a list\n/],
];

for (const [source, ...patterns] of sourceMistakes) {
  test(`every executable refuses the source ${JSON.stringify(source)}`, async (t) => {
    for (const name of names) {
      const outcome = await run(name, requestFor(name, source), {
        args: [temporaryDirectory(t)],
      });
      assertFailure(t, outcome, /^error: .*\n$/, ...patterns);
    }
  });
}

test('names that the document does not know are refused with the nearest ones', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const mistakes: [more: object, pattern: RegExp][] = [
    [
      { regions: ['us-gov-wset-1'] },
      /source\.regions\[0\] is "us-gov-wset-1", .* did you mean us-gov-west-1 or us-gov-east-1/,
    ],
    [{ services: ['S3', 'S4'] }, /source\.services\[1\] is "S4", .* did you mean S3/],
    [
      { regions: ['us-gov-*', 'eu-*'] },
      /source\.regions\[1\] is "eu-\*", and AWS's document knows no such region/,
    ],
    [
      { regions: ['gov'] },
      /source\.regions\[0\] is "gov", .* did you mean \*-gov-\* \(us-gov-east-1, us-gov-west-1\)\?/,
    ],
    [
      { network_border_groups: ['us-gov-west-2'] },
      /source\.network_border_groups\[0\] .* did you mean us-gov-west-1/,
    ],
    [{ services: ['NOTHING_LIKE_IT'] }, /the services are AMAZON, CLOUDFRONT, EC2, S3/],
  ];
  for (const [more, pattern] of mistakes) {
    assertFailure(t, await run('check', { source: s3Source(server.url, more) }), pattern);
  }
});

test('stdin that holds no request is refused', async (t) => {
  const faults: [stdin: string, pattern: RegExp][] = [
    ['', /stdin is empty; Concourse sends a JSON object/],
    [' \n', /stdin is empty/],
    ['[]', /stdin holds a list where a JSON object with the key "source" belongs/],
    ['null', /stdin holds null where/],
    ['"source"', /stdin holds a string where/],
    ['source: {}', /stdin is not JSON: it starts with "s"; Concourse sends/],
    ['{"source":', /stdin is not JSON/],
  ];
  for (const [stdin, pattern] of faults) {
    for (const name of names) {
      assertFailure(t, await runRaw(name, stdin, { args: [temporaryDirectory(t)] }), pattern);
    }
  }
});

test('a missing $1 is reported before anything else is done', async (t) => {
  for (const name of ['in', 'out'] as const) {
    assertFailure(
      t,
      await run(name, { source: {} }),
      /\$1 is missing: the d.*, which Concourse gives as the only argument/,
    );
    assertFailure(t, await run(name, { source: {} }, { args: [''] }), /\$1 is missing/);
  }
});

test('in refuses a version that check did not return', async (t) => {
  for (const version of [undefined, null, {}, { syncToken: '1724938990' }, { ref: 'a' }]) {
    const outcome = await run('in', { source: {}, version }, { args: [temporaryDirectory(t)] });
    assertFailure(t, outcome, /version must be an object of the strings syncToken, createDate and digest/);
  }
});

test('in refuses params that it does not know', async (t) => {
  const mistakes: [params: unknown, pattern: RegExp][] = [
    [{ 'security_group.ports': '443' }, /write it nested, as security_group: \{ports: \.\.\.\}/],
    [{ documents: true }, /params\.documents is not a key .* did you mean params\.document\?/],
    [
      { skip_document: true },
      /params\.skip_document is gone: .* only with params\.document: true; remove skip_document/,
    ],
    [
      { terraform: { variables: 'a' } },
      /params\.terraform\.variables is not a key .* did you mean params\.terraform\.variable\?/,
    ],
    [
      { terraform: { variable: '9a' } },
      /params\.terraform\.variable must be a Terraform variable name .*, not "9a"/,
    ],
    [{ terraform: { variable: 'a', ipv6_variable: 'a' } }, /params\.terraform\.variable and .* must differ/],
    [{ terraform: 'a' }, /params\.terraform must be a map/],
    [
      { security_group: { ports: '0' } },
      /params\.security_group\.ports must be ports between 1 and 65535 .*, not "0"/,
    ],
    [{ security_group: { ports: '443-80' } }, /params\.security_group\.ports must be ports/],
    [{ security_group: { ports: '443,8000-9000' } }, /ports must be one port, a list of ports or one range/],
    [{ security_group: { ports: '443-443' } }, /ports must be one port, a list of ports or one range/],
    [
      { security_group: { protocol: 'icmp' } },
      /params\.security_group\.protocol must be "tcp", "udp" or "all", not "icmp"/,
    ],
    [
      { security_group: { protocol: 'all', ports: 8443 } },
      /params\.security_group\.ports must be left out with protocol: all, whose rules allow every port, not be "8443"\n/,
    ],
    [{ security_group: { ip_versions: [] } }, /params\.security_group\.ip_versions must be/],
    [[], /params must be a map of keys and values, not a list\n/],
  ];
  for (const [params, pattern] of mistakes) {
    const request = { ...requestFor('in', {}), params };
    assertFailure(t, await run('in', request, { args: [temporaryDirectory(t)] }), pattern);
  }
});

test('a key in a wrong place is told where it belongs', (t) => {
  const says = (parse: (value: unknown) => unknown, key: string, words: string) => {
    const error = t.throws(() => parse({ [key]: 1 }), undefined, `${parse.name} ${key}`);
    t.true(error?.message.endsWith(words), error?.message);
  };
  const keysOf = (schema: { readonly entries: object }) => Object.keys(schema.entries);
  const [ofGet, ofPut] = [keysOf(paramSchemas.in), keysOf(paramSchemas.out)];
  const [terraform, securityGroup] = [keysOf(paramSchemas.terraform), keysOf(paramSchemas.securityGroup)];
  const sourceKeys = keysOf(sourceSchema);
  for (const key of ofGet) {
    says(parseSource, key, 'it belongs in the params of a get step');
    says(parseOutParams, key, 'it belongs in the params of a get step');
  }
  for (const key of ofPut.filter((key) => !securityGroup.includes(key))) {
    says(parseSource, key, 'it belongs in the params of a put step');
    says(parseInParams, key, 'it belongs in the params of a put step');
  }
  for (const [map, keys] of [
    ['terraform', terraform],
    ['security_group', securityGroup],
  ] as const) {
    for (const key of keys.filter((key) => !sourceKeys.includes(key))) {
      says(parseInParams, key, `did you mean params.${map}.${key}?`);
      says(parseSource, key, `${map}: {${key}: ...}`);
      if (!ofPut.includes(key)) says(parseOutParams, key, `${map}: {${key}: ...}`);
    }
  }
  for (const key of sourceKeys) {
    says(parseInParams, key, `source.${key}?`);
    says(parseOutParams, key, `did you mean source.${key}?`);
  }
  says(parseSource, 'passed', 'it belongs in a get or put step');
  says(parseSource, 'check_every', 'it belongs beside source');
  says(parseInParams, 'check_every', 'it belongs beside source');
  says(parseInParams, 'no-get', 'it belongs beside params, in the step itself');
  says(parseOutParams, 'no_get', 'it belongs beside params, in the step itself');
  says(parseOutParams, 'insecure', 'put the certificate of your CA into source.ca_certs');
});

test('out refuses params that it does not know', async (t) => {
  const mistakes: [params: unknown, pattern: RegExp][] = [
    [
      undefined,
      /params\.rules must be a path below the build's sources such as plan\/rules\.json; it is missing/,
    ],
    [{ rule: 'a' }, /params\.rule is not a key .* did you mean params\.rules\?/],
    [{ rules: '../a' }, /params\.rules must be a path below the build's sources .*, not "\.\.\/a"/],
    [{ rules: 'a\0b' }, /params\.rules must be a path below/],
    [{ rules: '/etc/passwd' }, /params\.rules must be a path below/],
    [
      { rules: 'a' },
      /params\.ranges must be the directory of the get step .* such as s3-ranges; it is missing/,
    ],
    [
      { rules: 'a', ranges: '../b' },
      /params\.ranges must be the directory of the get step .*, not "\.\.\/b"/,
    ],
    [
      { rules: 'missing', ranges: 'b' },
      /params\.rules is "missing", which cannot be read: there is no such file or directory; name a file below the build's sources \(their directory holds nothing\)\n/,
    ],
    [
      { rules: '.', ranges: 'b' },
      /params\.rules is "\.", which cannot be read: it is a directory, not a file/,
    ],
    [{ rules: 'a', ranges: 'b', mode: 'all' }, /params\.mode must be "covers" or "exact", not "all"/],
    [{ rules: 'a', ranges: 'b', protocol: 'icmp' }, /params\.protocol must be "tcp" or "udp", not "icmp"/],
    [
      { rules: 'a', ranges: 'b', ports: 70000 },
      /params\.ports must be ports between 1 and 65535 .*, not 70000/,
    ],
  ];
  for (const [params, pattern] of mistakes) {
    const outcome = await run('out', { source: {}, params }, { args: [temporaryDirectory(t)] });
    assertFailure(t, outcome, pattern);
  }
});

test('secrets in a source do not show in the errors about it', async (t) => {
  const sources = [
    { headers: { 'x-key': 'hunter2\n' } },
    { headers: { 'x-key': ['hunter2'] } },
    { headers: { 'x-key': 'hunter2' }, regions: 1 },
    { url: 'http://me:hunter2@example.com/?key=hunter2' },
    { url: 'hunter2' },
    { history_headers: { 'x-key': 'hunter2' } },
  ];
  for (const source of sources) {
    const outcome = await run('check', { source: { ...source, debug: true } });
    assertFailureWithStack(t, outcome);
    t.notRegex(outcome.stderr, /hunter2/);
  }
});

test('a stack trace is shown with debug only', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url, { regions: ['nowhere'] });
  assertFailure(t, await run('check', { source }));
  assertFailureWithStack(t, await run('check', { source: { ...source, debug: true } }));
});

test('every duration that Go writes is a timeout', async (t) => {
  const server = await startServer(t, documentHandler(incident));
  for (const timeout of ['90s', '1m30s', '1.5m', '500ms', '1h', '20000000us']) {
    const source = s3Source(server.url, { timeout: timeout === '500ms' ? '5000ms' : timeout });
    const outcome = await run('check', { source });
    t.is(outcome.code, 0, outcome.stderr);
  }
});

function requestFor(name: (typeof names)[number], source: unknown): object {
  const version = { syncToken: '1724938990', createDate: '', digest: `sha256:${'0'.repeat(64)}` };
  if (name === 'check') return { source };
  return name === 'in' ? { source, version } : { source, params: { rules: 'rules', ranges: 'ranges' } };
}

function assertFailureWithStack(
  t: ExecutionContext,
  outcome: { code: number | null; stdout: string; stderr: string },
): void {
  t.is(outcome.code, 1);
  t.is(outcome.stdout, '');
  t.regex(outcome.stderr, /^debug: .*\n\s+at /m);
}

// The contract version, and what it stands for: a change of what in writes demands another one.

const demand = (what: string) =>
  `${what} that contract ${contractVersion} does not promise: raise contractVersion in src/config/contract.ts, and ` +
  'give it a row in test/helpers/contract.ts';

for (const params of [{}, { document: true }, { bundle: true }, { document: true, bundle: true }]) {
  test(`in writes the files and members that its contract version promises, with ${JSON.stringify(params)}`, async (t) => {
    const server = await startServer(t, documentHandler(documentWith('1724938990')));
    const source = s3Source(server.url);
    const directory = temporaryDirectory(t);
    await succeed(t, 'in', { source, version: await check(t, { source }), params }, directory);
    const files = await readFiles(directory);
    t.deepEqual(Object.keys(files).sort(), filesOfGet(params), demand('in writes files'));
    for (const [name, members] of Object.entries(promised().always)) {
      if (members === undefined) continue;
      t.deepEqual(Object.keys(JSON.parse(files[name] ?? '')), [...members], demand(`${name} has members`));
    }
  });
}

test('manifest.json carries the contract version, which source.contract is compared with', async (t) => {
  const server = await startServer(t, documentHandler(documentWith('1724938990')));
  const source = s3Source(server.url, { contract: `^${contractVersion.split('.')[0]}` });
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', { source, version: await check(t, { source }) }, directory);
  const manifest = JSON.parse((await readFiles(directory))['manifest.json'] ?? '') as object;
  t.like(manifest, { contract_version: contractVersion });
  const other = await run('check', { source: { ...source, contract: '<0.1' } });
  t.is(other.code, 1);
  t.true(other.stderr.includes(`by contract ${contractVersion}`), other.stderr);
});
