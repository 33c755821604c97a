// npm run build: the same bytes on any day and in any place, and the licences of what they contain.
import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { bundledPackages, noticedPackages, renderNotices } from '../../tools/notices.ts';
import { digestFile, digestOfSources, requireFresh } from '../../tools/sources.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const execute = promisify(execFile);
const root = resolve('.');
const dist = join(root, 'dist');
const executables = ['changes', 'check', 'in', 'out'];

/** The packages of package-lock.json by their paths. */
const packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(
  await readFile('package-lock.json', 'utf8'),
).packages;
const notices = await readFile(join(dist, 'THIRD_PARTY_LICENSES'), 'utf8');

async function touch(directory: string, time: Date): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await utimes(join(entry.parentPath, entry.name), time, time);
  }
}

test('a build in another place, on another day, by another user has the same bytes as the one at hand', async (t) => {
  const clone = join(temporaryDirectory(t), 'some where/else/entirely');
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'src', 'tools']) {
    await cp(join(root, name), join(clone, name), { recursive: true });
  }
  // What is bundled is copied, as npm ci would; the bundler only runs, and is linked.
  for (const [path, { dev, devOptional, optional }] of Object.entries(packages)) {
    if (path === '' || dev || devOptional || optional) continue;
    await cp(join(root, path), join(clone, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules/esbuild'), join(clone, 'node_modules/esbuild'));
  await touch(clone, new Date('2033-12-31T23:59:59Z'));
  const script = 'umask 077; exec "$0" --import="$1" "$2"';
  const args = [process.execPath, import.meta.resolve('tsx'), join(clone, 'tools/build.ts')];
  await execute('sh', ['-c', script, ...args], {
    cwd: join(clone, 'src/bin'),
    env: {
      PATH: process.env['PATH'],
      TZ: 'America/Adak',
      LANG: 'tr_TR.UTF-8',
      NODE_ENV: 'production',
      HOME: '/nowhere',
    },
  });
  const names = (await readdir(dist)).sort();
  t.deepEqual(names, ['.sources', 'THIRD_PARTY_LICENSES', ...executables]);
  t.deepEqual((await readdir(join(clone, 'dist'))).sort(), names);
  for (const name of names) {
    const path = join(clone, 'dist', name);
    t.true((await readFile(path)).equals(await readFile(join(dist, name))), name);
    t.is((await stat(path)).mode & 0o777, executables.includes(name) ? 0o755 : 0o644, name);
  }
});

test('a change of the sources, of the build or of the lock makes dist old, and a date does not', async (t) => {
  const clone = temporaryDirectory(t);
  const sources = ['src/guard/rule.ts', 'tools/build.ts', 'package-lock.json'];
  for (const folder of ['src/guard', 'tools', 'dist']) await mkdir(join(clone, folder), { recursive: true });
  for (const path of sources) await writeFile(join(clone, path), path);
  const message = /: run `npm run build`$/;
  t.throws(() => requireFresh(clone), { message });
  await writeFile(join(clone, 'dist', digestFile), digestOfSources(clone));
  await touch(clone, new Date('2033-12-31T23:59:59Z'));
  t.notThrows(() => requireFresh(clone));
  for (const path of [...sources, 'src/new.ts']) {
    await writeFile(join(clone, path), 'changed');
    t.throws(() => requireFresh(clone), { message }, path);
    if (sources.includes(path)) await writeFile(join(clone, path), path);
    else await rm(join(clone, path));
    t.notThrows(() => requireFresh(clone));
  }
});

test('THIRD_PARTY_LICENSES names the packages of the lock that are bundled, and no others', async (t) => {
  const named = [...notices.matchAll(/^([a-z0-9@/-]+) (\d\S*) \((\S+)\)$/gm)];
  for (const [, name, version, license] of named) {
    const locked = packages[`node_modules/${name}`];
    t.like(locked, { version, license }, name);
    t.falsy(locked?.['dev'], `${name} is a dependency of the development alone`);
  }
  const names = named.map(([, name]) => name);
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'));
  for (const name of Object.keys(dependencies)) t.true(names.includes(name), `${name} is missing`);
  t.deepEqual(names, [...new Set(names)]);
});

test('no executable imports anything when it runs, since the image runs a script; out reaches no network', async (t) => {
  const reachesNetwork = /undici|UND_ERR|require\("(node:)?(https?|http2|tls|dns|dgram)"\)/;
  for (const name of executables) {
    const code = await readFile(join(dist, name), 'utf8');
    t.notRegex(code, /\bimport\(/, name);
    t.is(reachesNetwork.test(code), name === 'check' || name === 'in', name);
  }
});

test('the SBOM lists the same packages with their hashes and dependencies, and does not tell the time', async (t) => {
  const { stdout } = await execute(process.execPath, ['--import=tsx', 'tools/sbom.ts']);
  const sbom = JSON.parse(stdout);
  t.is(sbom.bomFormat, 'CycloneDX');
  t.false('serialNumber' in sbom);
  t.false('timestamp' in sbom.metadata);
  t.is(sbom.metadata.component.name, 'aws-ip-ranges-resource');
  const listed: string[] = [];
  const refs: string[] = [];
  for (const { name, version, purl, hashes, 'bom-ref': ref } of sbom.components) {
    t.is(purl, `pkg:npm/${name}@${version}`);
    const hash = `sha512-${Buffer.from(hashes[0].content, 'hex').toString('base64')}`;
    t.is(hash, String(packages[`node_modules/${name}`]?.['integrity']));
    listed.push(`${name} ${version}`);
    refs.push(ref);
  }
  t.deepEqual(listed.sort(), noticedPackages(notices).sort());
  const required = new Set(sbom.dependencies.flatMap(({ dependsOn }: { dependsOn: string[] }) => dependsOn));
  t.deepEqual([...required].sort(), refs.sort(), 'every package is there for a reason');
});

test('a package is bundled when it has a byte in an output; scopes and nested packages are told apart', (t) => {
  const bytes = (bytesInOutput: number) => ({ bytesInOutput });
  const inputs = {
    'src/bin/check.ts': bytes(10),
    'node_modules/b/index.js': bytes(1),
    'node_modules/b/lib/more.js': bytes(5),
    'node_modules/shaken/index.js': bytes(0),
    'node_modules/@scope/a/index.js': bytes(2),
    'node_modules/b/node_modules/a/index.js': bytes(3),
  };
  const output = { bytes: 0, imports: [], exports: [], inputs };
  t.deepEqual(bundledPackages([{ outputs: { check: output } }, { outputs: { in: output } }]), [
    'node_modules/@scope/a',
    'node_modules/b',
    'node_modules/b/node_modules/a',
  ]);
});

test('a package without a licence text, or with a licence that is not allowed, fails the build', async (t) => {
  const directory = temporaryDirectory(t);
  const put = async (name: string, license: unknown, files: Record<string, string>) => {
    await mkdir(join(directory, name));
    const content = { ...files, 'package.json': JSON.stringify({ name, version: '1.0.0', license }) };
    for (const [file, text] of Object.entries(content)) await writeFile(join(directory, name, file), text);
  };
  await put('good', 'Apache-2.0', { 'LICENSE.md': 'the licence', NOTICE: 'the notice', 'licenses.js': '' });
  await put('textless', 'MIT', { 'README.md': 'MIT' });
  await put('copyleft', 'GPL-3.0-only', { LICENSE: 'the licence' });
  await put('silent', undefined, { LICENSE: 'the licence' });

  const good = await renderNotices(directory, ['good']);
  t.regex(good, /^good 1\.0\.0 \(Apache-2\.0\)\n\nthe licence\n\nthe notice\n$/m);
  for (const [name, message] of [
    ['textless', /^textless 1\.0\.0 has no file with its licence, MIT/],
    ['copyleft', /^copyleft 1\.0\.0 has the licence "GPL-3\.0-only", which is none of /],
    ['silent', /^silent 1\.0\.0 has the licence undefined, which is none of /],
  ] as const) {
    await t.throwsAsync(renderNotices(directory, ['good', name]), { name: 'NoticeError', message });
  }
});

// What comes before the demo, the tests, the replay and the benchmark.
test('a Node that is too old is told in one line; with any later one, packages that are there are not installed again', (t) => {
  for (const [version, isTooOld] of [
    ['18.20.4', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['22.1.0', false],
  ] as const) {
    const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('./tools/setup.cjs');`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    const error = `error: Node ${version} is too old: 20.19 or later is needed (https://nodejs.org)\n`;
    t.deepEqual([status, stdout, stderr], isTooOld ? [1, '', error] : [0, '', '']);
  }
});
