// The pipelines of this repository: their names lead somewhere, their scripts do what the jobs are for.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as v from 'valibot';
import { parse } from 'yaml';
import { paramSchemas } from '../../src/config/params.ts';
import { incidentCidrs } from '../helpers/documents.ts';
import { faultsOf } from '../helpers/pipeline.ts';
import {
  type Pipeline,
  parseBy,
  parseStep,
  pipelineSchema,
  type Task,
  taskSchema,
} from '../helpers/pipeline-schema.ts';
import { runProgram } from '../helpers/program.ts';
import { publish } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const example = readFileSync('pipeline-example.yml', 'utf8');
const archiveName = 'aws-ip-ranges-resource-2.3.4.tar.gz';

/** A workflow of GitHub, as far as it is read here. */
const workflowSchema = v.object({
  jobs: v.record(v.string(), v.object({ steps: v.array(v.object({ run: v.optional(v.string()) })) })),
});

const recipes = readdirSync('docs/recipes')
  .filter((name) => name.endsWith('.yml'))
  .map((name) => join('docs/recipes', name));

for (const path of ['pipeline-example.yml', 'ci/pipeline.yml', ...recipes]) {
  test(`${path}: resources, jobs and artifacts exist, and this resource takes what it is given`, (t) => {
    t.deepEqual(faultsIn(readFileSync(path, 'utf8')), []);
  });
}

for (const [code, pipelines] of [
  ['egress', ['pipeline-example.yml', 'docs/recipes/terraform-variables.yml']],
  ['cloudfront-ingress', ['docs/recipes/cloudfront-ingress.yml']],
  ['split-groups', ['docs/recipes/split-groups.yml']],
] as const) {
  test(`${code}.tf declares the variable that in fills, and what the guard is asked about`, (t) => {
    const text = readFileSync(`docs/recipes/${code}.tf`, 'utf8');
    const names = (kind: string) =>
      [...text.matchAll(new RegExp(`^${kind} (.*) \\{$`, 'gm'))].map(([, name = '']) =>
        name.replaceAll('"', '').replace(' ', '.'),
      );
    const asked = pipelines.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/^ +address: ([\w.]+)\*?$/gm)].map(([, name = '']) => name),
    );
    t.deepEqual(names('resource').sort(), asked.sort());
    t.true(names('variable').includes(String(v.getDefaults(paramSchemas.terraform).variable)));
  });
}

test('the recipe without an image does with the archive what a get and a put do', async (t) => {
  const { url } = await publish(t);
  const build = temporaryDirectory(t);
  for (const name of ['executables', 'deployed']) mkdirSync(join(build, name));
  t.is(spawnSync('ci/archive.sh', ['2.3.4', join(build, 'executables')]).status, 0);
  const { run, params } = taskOf('docs/recipes/without-image.yml', 'guard', 'guard');
  const source = { ...v.parse(v.record(v.string(), v.unknown()), params['SOURCE']), url };
  const env = { SOURCE: JSON.stringify(source), PARAMS: JSON.stringify(params['PARAMS']) };
  for (const [cidrs, expected, message] of [
    [incidentCidrs, 0, /^5 of 5 published CIDRs covered/m],
    [incidentCidrs.slice(0, 2), 1, /leaves out 3 of 5 published CIDRs/],
  ] as const) {
    const rules = cidrs.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));
    const group = { guid: 'a', name: 's3-egress', rules, globally_enabled: { running: true, staging: true } };
    const groups = { pagination: { next: null }, resources: [group] };
    writeFileSync(join(build, 'deployed/security-groups.json'), JSON.stringify(groups));
    for (const name of ['bin', 'ranges']) rmSync(join(build, name), { recursive: true, force: true });
    const { code, stderr } = await runProgram(run.path, run.args, { cwd: build, env });
    t.is(code, expected, stderr);
    t.regex(stderr, message);
  }
});

const mistakes: [from: string, to: string, fault: RegExp][] = [
  ['trigger: true', 'triger: true', /^job plan: triger: /],
  ['version_on: cidrs', 'version_on: cidr', /^resource s3-ranges: source\.version_on must be/],
  ['- get: s3-ranges', '- get: s3-range', /^job plan, get s3-range: there is no resource s3-range$/],
  ['passed: [plan]', 'passed: [plans]', /^job apply, get egress-plan: there is no job plans$/],
  [
    '- get: terraform\n      - task',
    '- get: egress-plan\n      - task',
    /, task plan: there is no artifact terraform by then$/,
  ],
  ['inputs: [planned, s3-ranges]', 'inputs: [planned]', /, put guard: s3-ranges is in none of its inputs$/],
  [
    '        no_get: true\n      - put: egress-plan',
    '      - put: egress-plan',
    /, put guard: it has no no_get: true/,
  ],
  ['s3-ranges/ip_ranges.auto', 's3-ranges/ranges.auto', /is no file that a get of this resource writes$/],
  ['cd egress\n', 'if cd egress\n', /^job plan, task plan: .*[Ss]yntax error/],
];
test('a mistake in a pipeline is found', (t) => {
  for (const [from, to, fault] of mistakes) {
    t.regex(faultsIn(example.replace(from, to)).join('\n'), new RegExp(fault, 'm'), to);
  }
});

test("the row for Concourse's list of resource types has a resource type that works", (t) => {
  const [, indent = '', yaml = ''] =
    /^( *)```yaml\n([^`]*)```$/m.exec(readFileSync('docs/resource-types-row.html', 'utf8')) ?? [];
  const types: unknown = parse(yaml.replaceAll(`${indent}- `, '- ').replaceAll(`\n${indent}`, '\n'));
  t.is(parseBy(pipelineSchema, { resource_types: types }).resource_types[0]?.name, 'aws-ip-ranges');
});

test('a release is described by the version in package.json, its commit and its entry in the changelog', (t) => {
  const build = buildDirectory(t);
  t.is(runTask(build, 'image', 'describe').status, 0);
  const read = (name: string) => readFileSync(join(build, 'release', name), 'utf8');
  t.is(read('version'), '2.3.4\n');
  t.is(read('build-args'), 'version=2.3.4\nrevision=0123abc\n');
  t.is(read('notes'), '\n### Added\n\n- This.\n\n');
});

for (const [published, entry, complaint] of [
  ['0.0.0', '2.3.4'],
  ['2.3.3', '2.3.4'],
  ['2.3.4', '2.3.4', /is published already: raise the version first/],
  ['2.3.10', '2.3.4', /is published already: raise the version first/],
  ['0.0.0', 'Unreleased', /^CHANGELOG\.md has no entry for 2\.3\.4\n$/],
] as const) {
  test(`2.3.4 ${complaint ? 'may not' : 'may'} be published after ${published} with an entry for ${entry}`, (t) => {
    const build = buildDirectory(t);
    runTask(build, 'publish', 'describe');
    writeFileSync(join(build, 'version/version'), published);
    writeFileSync(join(build, 'source/CHANGELOG.md'), `## [${entry}] - 2026-01-02\n`);
    const { status, stderr } = runTask(build, 'publish', 'require-new-version');
    t.is(status, complaint ? 1 : 0, stderr);
    t.regex(stderr, complaint ?? /^$/);
  });
}

test('the archive of dist/ has the same bytes whoever packs it, and its executables can be run', (t) => {
  const archives = ['0', '1'].map((touched) => {
    const place = temporaryDirectory(t);
    cpSync('dist', join(place, 'dist'), { recursive: true });
    utimesSync(join(place, 'dist/out'), Number(touched), Number(touched));
    chmodSync(join(place, 'dist/check'), touched === '0' ? 0o700 : 0o755);
    const packed = spawnSync(resolve('ci/archive.sh'), ['2.3.4', '.'], { cwd: place, encoding: 'utf8' });
    t.is(packed.status, 0, packed.stderr);
    return place;
  });
  const [first = '', second = ''] = archives;
  const sums = archives.map((place) => readFileSync(join(place, `${archiveName}.sha256`), 'utf8'));
  t.is(sums[0], sums[1]);
  t.is(spawnSync('sha256sum', ['--check', `${archiveName}.sha256`], { cwd: first }).status, 0);
  t.is(spawnSync('tar', ['--extract', '--file', archiveName], { cwd: second }).status, 0);
  const out = spawnSync(join(second, 'aws-ip-ranges-resource-2.3.4/out'), ['.'], {
    input: '{}',
    encoding: 'utf8',
  });
  t.regex(out.stderr, /params\.r/);
});

test('files that pipelines, workflows and ci/cloud-gov.yml run from the source are there', (t) => {
  const paths = ['ci/pipeline.yml', 'ci/cloud-gov.yml', '.github/workflows/ci.yml'].map((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?<=[\s/'])ci\/[\w-]+\.(?:sh|Dockerfile)/g)].map(String).sort(),
  );
  const release = ['ci/archive.sh', 'ci/describe.sh', 'ci/require-new-version.sh', 'ci/validate.sh'];
  t.deepEqual(paths, [release, ['ci/tests.Dockerfile', 'ci/tests.Dockerfile', 'ci/validate.sh'], release]);
  for (const path of paths.flat()) t.true(existsSync(path), path);
});

test('the workflow tests as the README says, and its scripts are shell', (t) => {
  const workflow = v.parse(workflowSchema, parse(readFileSync('.github/workflows/ci.yml', 'utf8')));
  const scripts = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  t.true(scripts.includes('npm test'));
  for (const script of scripts)
    t.is(spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' }).stderr, '');
});

function faultsIn(text: string): string[] {
  try {
    return faultsOf(readPipeline(text));
  } catch (error) {
    return [String(error)];
  }
}

function readPipeline(text: string): Pipeline {
  return parseBy(pipelineSchema, parse(text, { merge: true }));
}

/** The working directory of the tasks of ci/pipeline.yml, as its get steps leave it. */
function buildDirectory(t: ExecutionContext): string {
  const build = temporaryDirectory(t);
  for (const name of ['source/.git', 'release', 'version']) mkdirSync(join(build, name), { recursive: true });
  cpSync('ci', join(build, 'source/ci'), { recursive: true });
  const changelog = '## [2.3.4] - 2026-01-02\n\n### Added\n\n- This.\n\n## [2.3.3] - 2026-01-01\n\n- That.\n';
  for (const [name, text] of Object.entries({
    'source/package.json': '{\n  "name": "a",\n  "version": "2.3.4",\n  "type": "b"\n}\n',
    'source/CHANGELOG.md': changelog,
    'source/.git/ref': '0123abc\n',
    'version/version': '0.0.0',
  })) {
    writeFileSync(join(build, name), text);
  }
  return build;
}

/** Runs the script of a task in ci/pipeline.yml. */
function runTask(build: string, job: string, task: string) {
  const { run } = taskOf('ci/pipeline.yml', job, task);
  return spawnSync(run.path, run.args, { cwd: join(build, run.dir ?? '.'), encoding: 'utf8' });
}

/** A task of a job, by their names. */
function taskOf(pipeline: string, job: string, task: string): Task {
  const { jobs } = readPipeline(readFileSync(pipeline, 'utf8'));
  const plan = jobs.find(({ name }) => name === job)?.plan ?? [];
  const step = plan.map(parseStep).find((candidate) => 'task' in candidate && candidate.task === task);
  return parseBy(taskSchema, step && 'config' in step ? step.config : undefined);
}
