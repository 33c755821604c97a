// ci/validate.sh and ci/cloud-gov-test.sh: what they accept of an image, and what they refuse.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { executable } from '../helpers/executables.ts';
import { type Ending, runProgram } from '../helpers/program.ts';
import { publish } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Runs validate.sh as the image's task does. */
async function validate(
  t: ExecutionContext,
  DIRECTORY: string,
  env: Record<string, string> = {},
): Promise<Ending> {
  const TMPDIR = temporaryDirectory(t);
  const ending = await runProgram('sh', ['ci/validate.sh'], { env: { TMPDIR, DIRECTORY, ...env } });
  const left = readdirSync(TMPDIR).filter((name) => !name.startsWith('aws-ip-ranges-resource-'));
  t.deepEqual(left, [], 'it leaves nothing behind');
  return ending;
}

/** Executables of shell, which start in a moment. */
function image(t: ExecutionContext, scripts: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory(t);
  for (const [name, script] of Object.entries(scripts)) {
    const read = `request=$(cat)\nversion='{"syncToken":"1724938990"}'\ncase $request in *'"version": '*) version=$(echo "$request" | sed 's/.*"version": \\({.*}\\)}/\\1/') ;; esac`;
    writeFileSync(join(directory, name), `#!/bin/sh\n${read}\n${script}\n`, { mode: 0o755 });
  }
  return directory;
}

const answered = `printf '{"version":%s,"metadata":[]}' "$version"`;
const says = (message: string) => `echo "${message}" >&2`;
const refuse = (message: string) => `${says(`error: ${message}`)}; exit 1`;
const mistake = `case $request in *'"region"'*) ${refuse('did you mean source.regions?')} ;; esac`;
const [covered, leavesOut] = ['5 of 5 published CIDRs covered', 'leaves out 5 of 5 published CIDRs'];

/** An image that passes, as far as validate.sh looks. */
const behaved = {
  check: `${mistake}; echo '[{"syncToken":"1724938990"}]'`,
  in: `echo x | tee "$1/manifest.json" >"$1/cidrs.txt"; ${says('which the version holds')}; ${answered}`,
  out: `[ "$(cat "$1/rules.txt")" = x ] || { ${refuse(leavesOut)}; }; ${says(covered)}; ${answered}`,
};

test('validate.sh runs check, in and out for real', async (t) => {
  const { url } = await publish(t);
  const { code, stdout, stderr } = await validate(t, dirname(executable('check')), { URL: url });
  t.is(code, 0, stderr);
  t.regex(stdout, /^check: \[\{"syncToken":"1724938990",/m);
  t.regex(
    stdout,
    /^in: 5 CIDRs for S3, us-gov-west-1, IPv4, syncToken 1724938990, which the version holds: /m,
  );
  t.regex(stdout, /^out: 5 of 5 published CIDRs covered/m);
  t.regex(stdout, /^out refuses rules that leave out every range$/m);
});

const noVersion = /check found no version, and not for want of a network/;
const notServed = /in did not serve the list that its version holds/;
const notPassed = /out did not pass rules that cover/;
const withoutMistake = /check did not name a mistake in its source/;

/** What an image does, and what validate.sh says of it; nothing where it accepts that. */
const images: [does: string, scripts: Partial<typeof behaved>, complaint?: RegExp][] = [
  ['does all of it', {}],
  ['says that it has no network', { check: `${mistake}; ${refuse('no name (ENOTFOUND)')}` }],
  ['says so for the moment', { check: `${mistake}; ${refuse('no name (EAI_AGAIN)')}` }],
  ['takes any source', { check: 'echo "[]"' }, withoutMistake],
  ['fails with an answer', { check: `echo "[]"; ${behaved.check}` }, /check failed, but wrote on stdout/],
  ['finds no version', { check: `${mistake}; echo "[]"` }, noVersion],
  ['is refused a connection', { check: `${mistake}; ${refuse('ECONNREFUSED')}` }, noVersion],
  ['gets another version', { in: `version={}; ${behaved.in}` }, notServed],
  ['cannot get', { in: `${behaved.in}; exit 1` }, notServed],
  ['writes no manifest', { in: `${behaved.in}; rm "$1/manifest.json"` }, /in wrote no manifest\.json/],
  ['does not answer a put', { out: says(covered) }, notPassed],
  ['refuses all rules', { out: refuse(leavesOut) }, notPassed],
  ['passes all rules', { out: `echo x >"$1/rules.txt"; ${behaved.out}` }, /out did not refuse rules/],
];
for (const [does, scripts, complaint] of images) {
  test(`validate.sh ${complaint ? 'refuses' : 'accepts'} an image that ${does}`, async (t) => {
    const { code, stdout, stderr } = await validate(t, image(t, { ...behaved, ...scripts }));
    t.is(code, complaint ? 1 : 0, stderr);
    if (complaint) t.regex(stderr, complaint);
    else t.is(/^check says that there is no network$/m.test(stdout), 'check' in scripts);
  });
}

/** What cloud-gov-test.sh takes for granted: three helpers that run an executable, write its answer and never fail. */
const library = `
ct_bootstrap() { cd "$WORKSPACE"; }
protocol() { printf '%s' "$2" | "/opt/resource/$1" $3 >"$1-output.json" 2>"$1-messages" || true; }
check_protocol() { protocol check "$1"; }
in_protocol() { mkdir -p dest; protocol in "$1" dest; }
out_protocol() { protocol out "$1" src; }
`;

/** Runs cloud-gov-test.sh with the executables of a directory in the place of /opt/resource. */
async function testForCloudGov(t: ExecutionContext, directory: string): Promise<Ending> {
  const place = temporaryDirectory(t);
  for (const name of ['workspace', 'lib']) mkdirSync(join(place, name));
  const here = (text: string) => text.replaceAll('/opt/resource', resolve(directory));
  writeFileSync(join(place, 'lib/common.sh'), here(library));
  writeFileSync(join(place, 'test.sh'), here(readFileSync('ci/cloud-gov-test.sh', 'utf8')));
  return runProgram('bash', [join(place, 'test.sh')], { env: { WORKSPACE: join(place, 'workspace') } });
}

test('the test for cloud.gov passes what was built, without a network', async (t) => {
  const { code, stdout } = await testForCloudGov(t, 'dist');
  t.is(code, 0, stdout);
  t.regex(stdout, /validation passed$/m);
});

const passed =
  '[ "$(wc -l <"$1/rules.txt")" = 5 ] || exit 1; echo \'{"version":{"syncToken":"1724938990"}}\'';
for (const [does, scripts, complaint] of [
  ['writes nothing', { in: 'exit 1' }, /in did not write the five CIDRs/],
  ['refuses all rules', { out: 'exit 1' }, /the guard did not pass rules that cover the list/],
  ['passes all rules', { out: passed.replace('exit 1', 'true') }, /the guard passed rules/],
] as const) {
  test(`the test for cloud.gov refuses an image that ${does}`, async (t) => {
    const written = { check: '', in: 'seq 5 >"$1/cidrs.txt"', out: passed };
    const { code, stdout } = await testForCloudGov(t, image(t, { ...written, ...scripts }));
    t.is(code, 1);
    t.regex(stdout, complaint);
  });
}
