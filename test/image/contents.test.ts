// What the image says about itself: its labels, the list of what it contains, and the licences of that.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import * as v from 'valibot';
import { noticedPackages } from '../../tools/notices.ts';
import { run } from './helpers/task.ts';

const image = process.env['IMAGE_ON_LIBRARIES'] ?? '';
const execute = promisify(execFile);

const packageSchema = v.object({
  name: v.string(),
  version: v.string(),
});
const project = v.parse(packageSchema, JSON.parse(await readFile('package.json', 'utf8')));

test('the labels name the version of package.json and the commit', async (t) => {
  const { stdout } = await execute('podman', ['image', 'inspect', '--format', '{{json .Labels}}', image]);
  const { stdout: revision } = await execute('git', ['rev-parse', 'HEAD']);
  t.like(JSON.parse(stdout), {
    'org.opencontainers.image.title': project.name,
    'org.opencontainers.image.licenses': 'Apache-2.0 AND BSD-2-Clause AND ISC AND MIT',
    'org.opencontainers.image.version': project.version,
    'org.opencontainers.image.revision': revision.trim(),
  });
});

test('the SBOM lists the packages of THIRD_PARTY_LICENSES, in CycloneDX', async (t) => {
  const sbom = v.parse(
    v.object({
      bomFormat: v.literal('CycloneDX'),
      metadata: v.object({ component: v.object({ name: v.string(), version: v.string() }) }),
      components: v.array(v.object({ name: v.string(), version: v.string() })),
    }),
    JSON.parse(await document(t, 'sbom.cdx.json')),
  );
  t.like(sbom.metadata.component, { name: project.name, version: project.version });
  const notices = await document(t, 'THIRD_PARTY_LICENSES');
  t.is(notices, await readFile('dist/THIRD_PARTY_LICENSES', 'utf8'));
  const listed = sbom.components.map(({ name, version }) => `${name} ${version}`);
  t.deepEqual(listed.sort(), noticedPackages(notices).sort());
});

test('the licences of the project, of Node and of what Node contains are in the image', async (t) => {
  t.is(await document(t, 'LICENSE'), await readFile('LICENSE', 'utf8'));
  const node = await document(t, 'NODE_LICENSE');
  t.regex(node, /^Node\.js is licensed for use as follows:/);
  t.regex(node, /llhttp/);
});

test('the executables are launchers that name their Node, for the bundles that this clone builds', async (t) => {
  const launcher = await readFile('src/start-up/launcher.cjs', 'utf8');
  const listing = "JSON.stringify(fs.readdirSync('/opt/resource').sort())";
  const names = ['changes', 'check', 'in', 'out'];
  t.deepEqual(JSON.parse(await printed(t, listing)), [...names, 'lib', 'node'].sort());
  for (const name of names) {
    const [line, ...rest] = (await contentOf(t, `/opt/resource/${name}`)).split('\n');
    t.regex(line ?? '', /^#!\/opt\/resource\/node( |$)/);
    t.is(rest.join('\n'), launcher);
    const [, ...expected] = (await readFile(`dist/${name}`, 'utf8')).split('\n');
    t.true((await contentOf(t, `/opt/resource/lib/${name}.js`)) === expected.join('\n'), name);
  }
});

function document(t: ExecutionContext, name: string): Promise<string> {
  return contentOf(t, `/usr/share/doc/aws-ip-ranges-resource/${name}`);
}

function contentOf(t: ExecutionContext, path: string): Promise<string> {
  return printed(t, `fs.readFileSync('${path}')`);
}

/** What the image's Node makes of an expression. */
async function printed(t: ExecutionContext, expression: string): Promise<string> {
  const script = `process.stdout.write(${expression})`;
  const { code, stdout, stderr } = await run(t, [image, '/opt/resource/node', '--eval', script]);
  t.is(code, 0, stderr);
  return stdout;
}
