// ci/validate.sh: what it accepts of an image, and what it refuses.
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { incident } from '../helpers/documents.ts';
import { executable, type Outcome } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Runs the script as the image's task does, with nothing but a PATH and a directory for temporary files. */
async function validate(
  t: ExecutionContext,
  {
    directory = dirname(executable('check')),
    source,
    env = {},
  }: { directory?: string; source?: object; env?: object } = {},
): Promise<Pick<Outcome, 'code' | 'stdout' | 'stderr'>> {
  const TMPDIR = temporaryDirectory(t);
  const variables = {
    DIRECTORY: directory,
    ...(source && { SOURCE: JSON.stringify(source) }),
    ...env,
  };
  const outcome = await new Promise<Pick<Outcome, 'code' | 'stdout' | 'stderr'>>((resolve) => {
    execFile(
      'sh',
      ['ci/validate.sh'],
      { env: { PATH: process.env['PATH'], TMPDIR, ...variables } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
  t.deepEqual(
    (await readdir(TMPDIR)).filter((name) => !name.startsWith('aws-ip-ranges-resource-')),
    [],
    'it leaves nothing behind',
  );
  return outcome;
}

const version = '{"syncToken":"1","createDate":"","digest":"sha256:0"}';
const refuse = 'echo "error: did you mean source.regions? params.ranges is missing" >&2; exit 1';

/** What an image does that passes, as far as the script looks: executables of shell, which start in a moment. */
const behaved = {
  check: `case $request in *'"region"'*) ${refuse} ;; *) echo '[${version}]' ;; esac`,
  in: `echo x | tee "$1/manifest.json" >"$1/cidrs.txt"; echo '{"version":${version},"metadata":[]}'`,
  out: `[ "$(cat "$1/rules.txt")" = x ] || { ${refuse}; }; echo '{"version":${version},"metadata":[]}'`,
};
/** The same without a network. */
const unresolved = 'echo "error: the host name does not resolve (ENOTFOUND)" >&2; exit 1';
const offline = {
  check: `case $request in *'"region"'*) ${refuse} ;; *) ${unresolved} ;; esac`,
  in: unresolved,
  out: refuse,
};

/** Such executables in a directory. */
async function standIns(t: ExecutionContext, scripts: Readonly<Record<string, string>>): Promise<string> {
  const directory = temporaryDirectory(t);
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(directory, name), `#!/bin/sh\nrequest=$(cat)\n${script}\n`, { mode: 0o755 });
  }
  return directory;
}

/** No name below .invalid resolves (RFC 6761), so this proxy is a machine without a network. */
const noNetwork = { https_proxy: 'http://proxy.invalid:3128' };

async function sourceOf(t: ExecutionContext): Promise<object> {
  const { url } = await startServer(t, documentHandler(incident));
  return { regions: ['us-gov-west-1'], url };
}

test('with a network check, in and out are run for real', async (t) => {
  const { code, stdout, stderr } = await validate(t, { source: await sourceOf(t) });
  t.is(code, 0, stderr);
  t.regex(stdout, /^check: \[\{"syncToken":"1724938990",/m);
  t.regex(stdout, /^11 CIDRs for S3, us-gov-west-1, syncToken 1724938990, which the version holds: wrote /m);
  t.regex(stdout, /^out: 11 of 11 published CIDRs covered/m);
  t.regex(stdout, /^out refuses rules that leave out every range$/m);
});

test('without a network it is enough that check and in say so cleanly, and that out asks for a directory', async (t) => {
  const { code, stdout, stderr } = await validate(t, {
    source: { regions: ['us-gov-west-1'], timeout: '1s' },
    env: noNetwork,
  });
  t.is(code, 0, stderr);
  t.is(
    stdout,
    'check names a mistake in its source\ncheck and in say that there is no network, and out needs none\n',
  );
});

test('a network that refuses connections is no excuse', async (t) => {
  const { code, stderr } = await validate(t, { env: { https_proxy: await closedPort() } });
  t.is(code, 1);
  t.regex(stderr, /^FAILED: check failed, and not for want of a network$/m);
  t.regex(stderr, /the connection was refused/);
});

const resolves = 'echo "error: the host name does not resolve (ENOTFOUND)" >&2';
const broken: [name: string, does: string, script: string, complaint: RegExp, isOffline: boolean][] = [
  ['check', 'takes any source', 'echo "[]"', /check took a source with a key that does not exist/, false],
  ['check', 'crashes', 'exit 1', /check did not name the mistake/, false],
  ['check', 'does nothing', '', /check took a source with a key that does not exist/, false],
  ['in', 'answers although there is no network', 'echo "{}"', /but in did not say so/, true],
  ['in', 'fails with something on stdout', `${resolves}; echo "{}"; exit 1`, /but in did not say so/, true],
  [
    'out',
    'fails with another exit code',
    `${resolves}; exit 2`,
    /out took a put without the directory of a get/,
    true,
  ],
  [
    'out',
    'fails for another reason',
    'echo "error: no" >&2; exit 1',
    /out did not say that params\.ranges is missing/,
    true,
  ],
  ['in', 'answers with another version', 'echo "{}"', /in did not answer with the version/, false],
  ['out', 'answers with nothing', 'exit 0', /out did not answer with the version/, false],
];
for (const [name, does, script, complaint, isOffline] of broken) {
  test(`an image whose ${name} ${does} is refused ${isOffline ? 'without' : 'with'} a network`, async (t) => {
    const directory = await standIns(t, { ...(isOffline ? offline : behaved), [name]: script });
    const { code, stderr } = await validate(t, { directory });
    t.is(code, 1);
    t.regex(stderr, complaint);
  });
}

test('an image whose guard passes everything is refused, and one that does all that it should is not', async (t) => {
  t.is((await validate(t, { directory: await standIns(t, behaved) })).code, 0);
  t.is((await validate(t, { directory: await standIns(t, offline) })).code, 0);
  const out = behaved.out.replace(refuse, 'true');
  const { code, stderr } = await validate(t, { directory: await standIns(t, { ...behaved, out }) });
  t.is(code, 1);
  t.regex(stderr, /^FAILED: out passed rules that leave out every range$/m);
});

async function closedPort(): Promise<string> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
