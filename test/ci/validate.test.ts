// ci/validate.sh: what it accepts of an image, and what it refuses.

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { incident } from '../helpers/documents.ts';
import { executable, type Outcome } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

type Ending = Pick<Outcome, 'code' | 'stdout' | 'stderr'>;

/** Runs the script as the image's task does, with nothing but a PATH and a directory for temporary files. */
async function validate(t: ExecutionContext, env: Readonly<Record<string, string>>): Promise<Ending> {
  const TMPDIR = temporaryDirectory(t);
  const options = {
    env: { PATH: process.env['PATH'], TMPDIR, DIRECTORY: dirname(executable('check')), ...env },
  };
  const outcome = await new Promise<Ending>((resolve) => {
    execFile('sh', ['ci/validate.sh'], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
  const left = (await readdir(TMPDIR)).filter((name) => !name.startsWith('aws-ip-ranges-resource-'));
  t.deepEqual(left, [], 'it leaves nothing behind');
  return outcome;
}

const answered = `printf '{"version":%s,"metadata":[]}' "$version"`;
const says = (message: string) => `echo "${message}" >&2`;
const refuse = (message: string) => `${says(`error: ${message}`)}; exit 1`;
const mistake = `case $request in *'"region"'*) ${refuse('did you mean source.regions?')} ;; esac`;

/** An image that passes, as far as the script looks: executables of shell, which start in a moment. */
const behaved = {
  check: `${mistake}; echo '[{"syncToken":"1724938990"}]'`,
  in: `echo x | tee "$1/manifest.json" >"$1/cidrs.txt"; ${says('which the version holds')}; ${answered}`,
  out: `[ "$(cat "$1/rules.txt")" = x ] || { ${refuse('leaves out 5 of 5 published CIDRs')}; }
    ${says('5 of 5 published CIDRs covered')}; ${answered}`,
};

/** Such an image, some of its executables as given. */
async function image(t: ExecutionContext, broken: Partial<typeof behaved> = {}): Promise<string> {
  const directory = join(temporaryDirectory(t), 'image');
  await mkdir(directory);
  for (const [name, script] of Object.entries({ ...behaved, ...broken })) {
    const read = `request=$(cat)\nversion='{"syncToken":"1724938990"}'\ncase $request in *'"version": '*) version=$(echo "$request" | sed 's/.*"version": \\({.*}\\)}/\\1/') ;; esac`;
    await writeFile(join(directory, name), `#!/bin/sh\n${read}\n${script}\n`, { mode: 0o755 });
  }
  return directory;
}

async function published(t: ExecutionContext): Promise<string> {
  return (await startServer(t, documentHandler(incident))).url;
}

test('with a network check, in and out are run for real', async (t) => {
  const { code, stdout, stderr } = await validate(t, { URL: await published(t) });
  t.is(code, 0, stderr);
  t.regex(stdout, /^check: \[\{"syncToken":"1724938990",/m);
  t.regex(
    stdout,
    /^in: 5 CIDRs for S3, us-gov-west-1, IPv4, syncToken 1724938990, which the version holds: /m,
  );
  t.regex(stdout, /^out: 5 of 5 published CIDRs covered/m);
  t.regex(stdout, /^out refuses rules that leave out every range$/m);
});

test('without a network it is enough that check says so cleanly', async (t) => {
  for (const code of ['ENOTFOUND', 'EAI_AGAIN']) {
    const DIRECTORY = await image(t, { check: `${mistake}; ${refuse(`no name (${code})`)}` });
    const outcome = await validate(t, { DIRECTORY });
    t.is(outcome.code, 0, outcome.stderr);
    t.regex(outcome.stdout, /^check says that there is no network\nin: .*\nout: .*\nout refuses .*\n$/s);
  }
});

test('an image that does all of it passes', async (t) => {
  const { code, stderr } = await validate(t, { DIRECTORY: await image(t) });
  t.is(code, 0, stderr);
});

const noVersion = /check found no version, and not for want of a network/;
const notServed = /in did not serve the list that its version holds/;
const broken: readonly (readonly [
  name: keyof typeof behaved,
  does: string,
  script: string,
  complaint: RegExp,
])[] = [
  ['check', 'takes any source', 'echo "[]"', /check did not name a mistake in its source/],
  ['check', 'crashes', 'exit 1', /check did not name a mistake in its source/],
  [
    'check',
    'fails with something on stdout',
    `echo "[]"; ${behaved.check}`,
    /check failed, but wrote on stdout/,
  ],
  ['check', 'finds no version', `${mistake}; echo "[]"`, noVersion],
  ['check', 'is refused a connection', `${mistake}; ${refuse('ECONNREFUSED')}`, noVersion],
  ['check', 'has no network, but an answer', `${mistake}; echo "[]"; ${refuse('(ENOTFOUND)')}`, noVersion],
  ['in', 'answers with another version', `version={}; ${behaved.in}`, notServed],
  ['in', 'fails', `${behaved.in}; exit 1`, notServed],
  ['in', 'writes no manifest', `${behaved.in}; rm "$1/manifest.json"`, /in wrote no manifest\.json/],
  [
    'out',
    'answers with nothing',
    says('5 of 5 published CIDRs covered'),
    /out did not pass rules that cover/,
  ],
  [
    'out',
    'refuses everything',
    refuse('leaves out 5 of 5 published CIDRs'),
    /out did not pass rules that cover/,
  ],
  [
    'out',
    'passes everything',
    `echo x >"$1/rules.txt"; ${behaved.out}`,
    /out did not refuse rules that leave out/,
  ],
];
for (const [name, does, script, complaint] of broken) {
  test(`an image whose ${name} ${does} is refused`, async (t) => {
    const { code, stderr } = await validate(t, { DIRECTORY: await image(t, { [name]: script }) });
    t.is(code, 1);
    t.regex(stderr, complaint);
  });
}

// ci/cloud-gov-test.sh: what cloud.gov's container pipeline would find out about an image, in a place like theirs.

/** What the script takes for granted there: three helpers that run an executable, write its answer and never fail. */
const library = `
ct_bootstrap() { cd "$WORKSPACE"; }
protocol() { printf '%s' "$2" | "/opt/resource/$1" $3 >"$1-output.json" 2>"$1-messages" || true; }
check_protocol() { protocol check "$1"; }
in_protocol() { mkdir -p dest; protocol in "$1" dest; }
out_protocol() { protocol out "$1" src; }
`;

/** Runs the script with the executables of a directory in the place of /opt/resource. */
async function runScript(t: ExecutionContext, directory = 'dist') {
  const place = await temporaryDirectory(t);
  const workspace = join(place, 'workspace');
  mkdirSync(workspace);
  mkdirSync(join(place, 'lib'));
  const here = (text: string) => text.replaceAll('/opt/resource', resolve(directory));
  writeFileSync(join(place, 'lib/common.sh'), here(library));
  writeFileSync(join(place, 'test.sh'), here(readFileSync('ci/cloud-gov-test.sh', 'utf8')));
  return await new Promise<{ code: number; stdout: string }>((resolvePromise) => {
    execFile(
      'bash',
      [join(place, 'test.sh')],
      { env: { PATH: process.env['PATH'], WORKSPACE: workspace } },
      (error, stdout) => resolvePromise({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}

test('the image passes without a network', async (t) => {
  const { code, stdout } = await runScript(t);
  t.is(code, 0, stdout);
  t.regex(stdout, /validation passed$/m);
});

/** Executables of shell that do, as far as the script looks, what an image does. */
const behavedPipeline = {
  check: '',
  in: 'seq 5 >"$1/cidrs.txt"',
  out: '[ "$(wc -l <"$1/rules.txt")" = 5 ] || exit 1; echo \'{"version":{"syncToken":"1724938990"}}\'',
};
const brokenPipeline: [name: string, does: string, script: string, complaint: RegExp][] = [
  ['in', 'writes nothing', 'exit 1', /in did not write the five CIDRs/],
  ['out', 'refuses everything', 'exit 1', /the guard did not pass rules that cover the list/],
  ['out', 'passes everything', behavedPipeline.out.replace('exit 1', 'true'), /the guard passed rules/],
];
for (const [broke, does, script, complaint] of brokenPipeline) {
  test(`an image whose ${broke} ${does} fails`, async (t) => {
    const directory = temporaryDirectory(t);
    for (const [name, own] of Object.entries({ ...behavedPipeline, [broke]: script })) {
      writeFileSync(join(directory, name), `#!/bin/sh\ncat >/dev/null\n${own}\n`, { mode: 0o755 });
    }
    const { code, stdout } = await runScript(t, directory);
    t.is(code, 1);
    t.regex(stdout, complaint);
  });
}
