// The tasks for `fly execute` and the validation, in containers of the image that `.ci/run` has built.
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { filesOfGet } from '../helpers/contract.ts';
import { incident, incidentCidrs, incidentCidrsInOrder } from '../helpers/documents.ts';
import { assertFailure, readFiles } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { execute, run } from './helpers/task.ts';

const onLibraries = requireVariable('IMAGE_ON_LIBRARIES');
const onDebian = requireVariable('IMAGE_ON_DEBIAN');

const tasks = resolve('ci/tasks');
const repository = resolve('.');

/** The vars as a file for `fly execute -l` has them, of a document that is published. */
async function publishedVars(t: ExecutionContext, more = ''): Promise<Record<string, unknown>> {
  const { url } = await startServer(t, documentHandler(incident));
  return parse(`
    image:
      repository: registry.example.com/aws-ip-ranges-resource
    source:
      regions: [us-gov-west-1]
      ip_versions: [4]
      url: ${url}
      ${more}`);
}

async function directoryWith(t: ExecutionContext, files: Record<string, string>): Promise<string> {
  const directory = join(temporaryDirectory(t), 'input');
  await mkdir(directory);
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

for (const [base, image] of [
  ['a base without a shell', onLibraries],
  ['Debian', onDebian],
] as const) {
  test(`on ${base}, get.yml returns the files of the current version, and guard.yml takes them`, async (t) => {
    const vars = await publishedVars(t);
    const got = await execute(t, image, { config: `${tasks}/get.yml`, vars, inputs: { tasks } });
    t.is(got.code, 0, got.stderr);
    t.regex(got.stderr, /^new version: syncToken 1724938990$/m);
    t.regex(got.stdout, /^syncToken +1724938990$/m);
    t.regex(got.stdout, /^cidrs +15\.200\.28\.240\/28\n {14}15\.200\.176\.128\/28$/m);
    const ranges = got.outputs['ranges'] ?? '';
    const files = await readFiles(ranges);
    t.is(files['cidrs.txt'], incidentCidrsInOrder.map((cidr) => `${cidr}\n`).join(''));
    t.deepEqual(Object.keys(files).sort(), filesOfGet());
    t.is(JSON.parse(files['manifest.json'] ?? '').version.syncToken, '1724938990');

    const rules = await directoryWith(t, { 'rules.json': JSON.stringify(incidentCidrs) });
    const inputs = { tasks, rules, ranges };
    // By the files alone: what is published now is not asked for.
    const offline = { ...vars, source: { ...(vars['source'] as object), url: 'http://127.0.0.1:9/' } };
    const guarded = await execute(t, image, { config: `${tasks}/guard.yml`, vars: offline, inputs });
    t.is(guarded.code, 0, guarded.stderr);
    t.regex(guarded.stderr, /^5 of 5 published CIDRs covered/m);
  });
}

test('guard.yml fails for rules that leave out a range, and names it', async (t) => {
  const vars = await publishedVars(t);
  const rules = await directoryWith(t, { 'egress.txt': '108.175.48.0/22\n136.18.0.0/23\n' });
  const execution = { config: `${tasks}/guard.yml`, vars, inputs: { tasks, rules } };
  const { code, stdout, stderr } = await execute(t, onLibraries, {
    ...execution,
    env: { RULES: 'egress.txt' },
  });
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /egress\.txt.* leaves? out 3 of 5 published CIDRs/);
  t.regex(stderr, /missing +108\.175\.56\.0\/22/);

  const mistaken = await execute(t, onLibraries, {
    ...execution,
    env: { RULES: 'egress.txt', PARAMS: '{"protocol": "sctp"}' },
  });
  t.is(mistaken.code, 1);
  t.regex(mistaken.stderr, /params\.protocol must be "tcp" or "udp", not "sctp"/);
});

test('get.yml takes the params of a get step', async (t) => {
  const execution = { config: `${tasks}/get.yml`, vars: await publishedVars(t), inputs: { tasks } };
  const env = { PARAMS: '{"bundle": true}' };
  const { code, stderr, outputs } = await execute(t, onLibraries, { ...execution, env });
  t.is(code, 0, stderr);
  const names = Object.keys(await readFiles(outputs['ranges'] ?? ''));
  t.true(names.includes('aws-ip-ranges-1724938990.tgz'));
  t.false(names.includes('ip-ranges.json'));
});

test('a mistake in the source ends get.yml with the sentence of check, and returns no files', async (t) => {
  const vars = await publishedVars(t, 'region: us-gov-west-1');
  const { outputs, ...outcome } = await execute(t, onLibraries, {
    config: `${tasks}/get.yml`,
    vars,
    inputs: { tasks },
  });
  assertFailure(t, outcome, /source\.region is not a key .* did you mean source\.regions\?/);
  t.deepEqual(await readFiles(outputs['ranges'] ?? ''), {});
});

test('a source that is no map ends the task with a sentence', async (t) => {
  const vars = { ...(await publishedVars(t)), source: 'regions: [us-gov-west-1]' };
  const outcome = await execute(t, onLibraries, { config: `${tasks}/get.yml`, vars, inputs: { tasks } });
  assertFailure(t, outcome, /^error: the param SOURCE must be a map such as \{"regions": /);
});

test('validate.sh accepts the image, with a network and without', async (t) => {
  const validate = (...options: string[]) =>
    run(t, [`--volume=${repository}/ci:/ci:ro`, ...options, onDebian, '/ci/validate.sh']);
  const offline = await validate('--network=none');
  t.is(offline.code, 0, offline.stderr);
  t.regex(offline.stdout, /^check says that there is no network$/m);

  const { url } = await startServer(t, documentHandler(incident));
  const online = await validate('--network=host', `--env=URL=${url}`);
  t.is(online.code, 0, online.stderr);
  t.regex(online.stdout, /^check: \[\{"syncToken":/m);
});

function requireVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests by .ci/run`);
  return value;
}
