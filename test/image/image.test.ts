// The image in containers, as Concourse starts them but for a root file system that is read-only. `.ci/run` builds it on two
// bases and names them in the environment. What its executables do beside that is tested where they are functions or processes.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { noticedPackages } from '../../tools/notices.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { incident, incidentCidrs, incidentCidrsInOrder, s3Source } from '../helpers/documents.ts';
import { assertFailure, readFiles } from '../helpers/executables.ts';
import { parseBy, taskSchema } from '../helpers/pipeline-schema.ts';
import { type Ending, type Start, startProgram } from '../helpers/program.ts';
import { documentHandler, publish, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const execute = promisify(execFile);
/** Glibc and its C++ runtime alone, with another user than root; and Debian, which has a shell. */
const [onLibraries, onDebian] = ['IMAGE_ON_LIBRARIES', 'IMAGE_ON_DEBIAN'].map((name) => {
  const image = process.env[name];
  if (image === undefined) throw new Error(`${name} is not set: run these tests by .ci/run`);
  return image;
}) as [string, string];

/** Starts a container, which is gone when the test ends. Options are podman's; without `stdin` the caller writes there. */
function startIn(
  t: ExecutionContext,
  image: string,
  command: readonly string[],
  options: readonly string[],
  start: Start,
) {
  const name = `test-${randomUUID()}`;
  t.teardown(() => execute('podman', ['rm', '--force', '--ignore', '--time=0', name]));
  const own = ['--rm', '--interactive', '--pull=never', `--name=${name}`];
  own.push('--read-only', '--read-only-tmpfs=false', '--tmpfs=/tmp');
  if (!options.includes('--network=none')) own.push('--network=host');
  const args = ['run', ...own, ...options, image, ...command];
  return { name, ...startProgram('podman', args, { env: process.env, ...start }) };
}

/** Runs a container to its end. */
function runIn(
  t: ExecutionContext,
  image: string,
  command: readonly string[],
  options: readonly string[] = [],
  stdin = '',
): Promise<Ending> {
  return startIn(t, image, command, options, { stdin }).ended;
}

/** Runs an executable with a request, and with volumes as podman writes them; `in` and `out` have theirs at /volume. */
function run(
  t: ExecutionContext,
  name: 'check' | 'in' | 'out',
  request: object,
  volumes: readonly string[] = [],
): Promise<Ending> {
  const options = volumes.map((volume) => `--volume=${volume}`);
  const command = [`/opt/resource/${name}`, ...(name === 'check' ? [] : ['/volume'])];
  return runIn(t, onLibraries, command, options, JSON.stringify(request));
}

const list = incidentCidrsInOrder.map((cidr) => `${cidr}\n`).join('');

test('check finds the version, in writes files of root to the volume, out verifies rules by them', async (t) => {
  const { source } = await publish(t, incident, { ip_versions: [4] });
  const checked = await run(t, 'check', { source });
  t.is(checked.code, 0, checked.stderr);
  const [version] = JSON.parse(checked.stdout);
  t.is(version.cidrs, incidentCidrsInOrder.join(' '));

  const volume = temporaryDirectory(t);
  const params = { document: true };
  const got = await run(t, 'in', { source, version, params }, [`${volume}:/volume`]);
  t.is(got.code, 0, got.stderr);
  t.is(readFiles(volume)['cidrs.txt'], list);
  t.deepEqual(readdirSync(volume).sort(), filesOfGet(params));
  for (const name of readdirSync(volume)) {
    const { uid, gid, mode } = statSync(join(volume, name));
    t.deepEqual([uid, gid, mode & 0o777], [0, 0, 0o644], name);
  }

  const sources = temporaryDirectory(t);
  mkdirSync(join(sources, 'ranges'));
  writeFileSync(join(sources, 'rules.txt'), list);
  writeFileSync(join(sources, 'two.txt'), '108.175.48.0/22\n136.18.0.0/23\n');
  const volumes = [`${sources}:/volume:ro`, `${volume}:/volume/ranges:ro`];
  const put = (rules: string) => run(t, 'out', { source, params: { rules, ranges: 'ranges' } }, volumes);
  const covered = await put('rules.txt');
  t.is(covered.code, 0, covered.stderr);
  t.deepEqual(JSON.parse(covered.stdout).version, version);
  assertFailure(t, await put('two.txt'), /108\.175\.56\.0\/22/);
});

test('the base that is glibc and its C++ runtime alone has no shell, no env and no Node', async (t) => {
  for (const program of ['sh', 'env', 'node']) {
    t.is((await runIn(t, onLibraries, [program])).code, 127, program);
  }
});

test("a server's certificate counts by the authorities that Concourse mounts at /etc/ssl/certs, else not", async (t) => {
  const authority = await createAuthority();
  const { url } = await startServer(t, documentHandler(incident), await authority.issue());
  const mounted = temporaryDirectory(t);
  writeFileSync(join(mounted, 'authority.crt'), authority.certificate);
  const request = { source: s3Source(url) };
  assertFailure(t, await run(t, 'check', request), /not issued by an authority that is trusted here/);
  const trusted = await run(t, 'check', request, [`${mounted}:/etc/ssl/certs:ro`]);
  t.is(trusted.code, 0, trusted.stderr);
});

test('SIGTERM ends process 1 while it waits for its request', async (t) => {
  const { name, ended } = startIn(t, onLibraries, ['/opt/resource/check'], [], {});
  let isEnded = false;
  const outcome = ended.finally(() => {
    isEnded = true;
  });
  // Nothing tells when process 1 has come so far that it hears signals; before that they have no effect on it.
  while (!isEnded) await execute('podman', ['kill', '--signal', 'TERM', name]).catch(() => undefined);
  t.like(await outcome, { code: 143, stdout: '' });
});

test('the labels name the version of package.json and the commit', async (t) => {
  const format = '--format={{json .Labels}}';
  const { stdout } = await execute('podman', ['image', 'inspect', format, onLibraries]);
  const { stdout: revision } = await execute('git', ['rev-parse', 'HEAD']);
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  t.like(JSON.parse(stdout), {
    'org.opencontainers.image.title': name,
    'org.opencontainers.image.licenses': 'Apache-2.0 AND BSD-2-Clause AND ISC AND MIT',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.revision': revision.trim(),
  });
});

test('the image has the bundles of this clone behind launchers, the licences, and an SBOM of the same packages', async (t) => {
  const names = ['changes', 'check', 'in', 'out'];
  const documents = ['LICENSE', 'NODE_LICENSE', 'THIRD_PARTY_LICENSES', 'sbom.cdx.json'];
  const paths = [
    ...names.flatMap((name) => [`/opt/resource/${name}`, `/opt/resource/lib/${name}.js`]),
    ...documents.map((name) => `/usr/share/doc/aws-ip-ranges-resource/${name}`),
  ];
  const script =
    'console.log(JSON.stringify(process.argv.slice(1).map((path) => fs.readFileSync(path, "utf8"))))';
  const command = ['/opt/resource/node', '--eval', script, ...paths];
  const { code, stdout, stderr } = await runIn(t, onLibraries, command);
  t.is(code, 0, stderr);
  const texts: string[] = JSON.parse(stdout);
  for (const name of names) {
    const [launcher = '', bundle] = texts.splice(0, 2);
    t.regex(launcher, /^#!\/opt\/resource\/node( |\n)/);
    t.is(launcher.replace(/^.*\n/, ''), readFileSync('src/start-up/launcher.cjs', 'utf8'));
    t.true(bundle === readFileSync(`dist/${name}`, 'utf8').replace(/^.*\n/, ''), name);
  }
  const [license, ofNode = '', notices = '', sbom = ''] = texts;
  t.is(license, readFileSync('LICENSE', 'utf8'));
  t.regex(ofNode, /^Node\.js is licensed for use as follows:.*llhttp/s);
  t.is(notices, readFileSync('dist/THIRD_PARTY_LICENSES', 'utf8'));
  const { components } = JSON.parse(sbom);
  const listed = components.map(({ name, version }: Record<string, string>) => `${name} ${version}`);
  t.deepEqual(listed.sort(), noticedPackages(notices).sort());
});

/** A directory with one file, for an input. */
function directoryWith(t: ExecutionContext, name: string, text: string): string {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, name), text);
  return directory;
}

/** Runs a task as `fly execute` does, with these params. Outputs are directories of the host that the test removes. */
async function runTask(
  t: ExecutionContext,
  name: 'get' | 'guard' | 'changes',
  params: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Ending & { readonly output: string }> {
  const task = parseBy(taskSchema, parse(readFileSync(`ci/tasks/${name}.yml`, 'utf8')));
  const output = temporaryDirectory(t);
  const directories: Record<string, string> = { ...inputs };
  if (task.inputs.some((input) => input.name === 'tasks')) directories['tasks'] = resolve('ci/tasks');
  for (const { name } of task.outputs) directories[name] = output;
  const workspace = '/tmp/build/1a2b3c4d';
  const options = [
    ...Object.entries(directories).map(([name, path]) => `--volume=${path}:${workspace}/${name}`),
    ...Object.entries({ ...task.params, ...params }).map(([name, value]) => `--env=${name}=${value}`),
    `--workdir=${workspace}`,
  ];
  const outcome = await runIn(t, onLibraries, [task.run.path, ...task.run.args], options);
  return { ...outcome, output };
}

test('get.yml returns the files of the current version, guard.yml judges by them alone, changes.yml compares them', async (t) => {
  const { source } = await publish(t, incident, { ip_versions: [4] });
  const got = await runTask(t, 'get', { SOURCE: JSON.stringify(source), PARAMS: '{"bundle":true}' });
  t.is(got.code, 0, got.stderr);
  t.regex(got.stderr, /^new version: syncToken 1724938990$/m);
  t.regex(got.stdout, /^syncToken +1724938990$/m);
  t.regex(got.stdout, /^cidrs +15\.200\.28\.240\/28\n {14}15\.200\.176\.128\/28$/m);
  t.deepEqual(readdirSync(got.output).sort(), filesOfGet({ bundle: true }));

  const offline = JSON.stringify({ ...source, url: 'http://127.0.0.1:9/' });
  const rules = directoryWith(t, 'rules.json', JSON.stringify(incidentCidrs));
  const guarded = await runTask(t, 'guard', { SOURCE: offline }, { rules, ranges: got.output });
  t.is(guarded.code, 0, guarded.stderr);
  t.regex(guarded.stderr, /^5 of 5 published CIDRs covered/m);

  const changed = await runTask(t, 'changes', {}, { before: got.output, after: got.output });
  t.is(changed.code, 0, changed.stderr);
  t.is(readFiles(changed.output)['added.txt'], '');
});

test('a task fails with the sentence of the executable, or of its own for a source that is no map', async (t) => {
  const { source } = await publish(t, incident, { ip_versions: [4] });
  const guard = { SOURCE: JSON.stringify(source), RULES: 'egress.txt' };
  const rules = directoryWith(t, 'egress.txt', '108.175.48.0/22\n136.18.0.0/23\n');
  for (const [name, params, message] of [
    ['guard', guard, /egress\.txt.* leaves out 3 of 5 published CIDRs.*missing +108\.175\.56\.0\/22/s],
    [
      'guard',
      { ...guard, PARAMS: '{"protocol": "sctp"}' },
      /params\.protocol must be "tcp" or "udp", not "sctp"/,
    ],
    [
      'get',
      { SOURCE: '{"region": "us-gov-west-1"}' },
      /source\.region is not a key .* did you mean source\.regions\?/,
    ],
    [
      'get',
      { SOURCE: 'regions: [us-gov-west-1]' },
      /^error: the param SOURCE must be a map such as \{"regions": /,
    ],
  ] as const) {
    const outcome = await runTask(t, name, params, name === 'guard' ? { rules } : {});
    assertFailure(t, outcome, message);
    t.deepEqual(readdirSync(outcome.output), []);
  }
});

test('validate.sh accepts the image on Debian, with a network and without', async (t) => {
  const { url } = await publish(t);
  for (const [options, said] of [
    [['--network=none'], /^check says that there is no network$/m],
    [[`--env=URL=${url}`], /^check: \[\{"syncToken":/m],
  ] as const) {
    const mount = `--volume=${resolve('ci')}:/ci:ro`;
    const validated = await runIn(t, onDebian, ['/ci/validate.sh'], [mount, ...options]);
    t.is(validated.code, 0, validated.stderr);
    t.regex(validated.stdout, said);
  }
});
