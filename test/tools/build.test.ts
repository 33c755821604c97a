// npm run build: the same bytes on any day and in any place, and the licences of what they contain.

import { execFile, spawnSync } from 'node:child_process';
import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { bundledPackages, noticedPackages, renderNotices } from '../../tools/notices.ts';
import { requireFresh } from '../../tools/sources.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const root = resolve('.');
const dist = join(root, 'dist');
const executables = ['changes', 'check', 'in', 'out'];

interface Surroundings {
  /** The clone, below a temporary directory. */
  readonly place: string;
  /** Where the build is started, relative to the clone. */
  readonly cwd: string;
  readonly umask: string;
  readonly env: Readonly<Record<string, string>>;
  /** When every file of the clone was last modified. */
  readonly modified: Date;
}

test('two builds in different places, on different days, are byte-equal to the one at hand', async (t) => {
  const builds = await Promise.all([
    buildIn(t, {
      place: 'a',
      cwd: '.',
      umask: '000',
      env: { TZ: 'Pacific/Kiritimati', LANG: 'C' },
      modified: new Date('2001-02-03T04:05:06Z'),
    }),
    buildIn(t, {
      place: 'some where/else/entirely',
      cwd: 'src/bin',
      umask: '077',
      env: { TZ: 'America/Adak', LANG: 'tr_TR.UTF-8', NODE_ENV: 'production', HOME: '/nonexistent' },
      modified: new Date('2033-12-31T23:59:59Z'),
    }),
  ]);
  const names = (await readdir(dist)).sort();
  t.deepEqual(names, ['.sources', 'THIRD_PARTY_LICENSES', ...executables]);
  for (const build of builds) {
    t.deepEqual((await readdir(build)).sort(), names);
    for (const name of names) {
      const [bytes, expected] = [await readFile(join(build, name)), await readFile(join(dist, name))];
      t.true(bytes.equals(expected), `${build}/${name} differs`);
      t.is((await stat(join(build, name))).mode & 0o777, executables.includes(name) ? 0o755 : 0o644);
    }
  }
});

test('a change of the sources, of the build or of the lock makes dist old, and a date does not', async (t) => {
  const clone = temporaryDirectory(t);
  for (const name of ['package-lock.json', 'src', 'tools', 'dist']) {
    await cp(join(root, name), join(clone, name), { recursive: true });
  }
  await touch(clone, new Date('2033-12-31T23:59:59Z'));
  t.notThrows(() => requireFresh(clone));
  for (const path of ['src/guard/rule.ts', 'tools/build.ts', 'package-lock.json', 'src/new.ts']) {
    const before = await readFile(join(clone, path)).catch(() => undefined);
    await appendFile(join(clone, path), '\n');
    t.throws(() => requireFresh(clone), { message: /: run `npm run build`$/ }, path);
    if (before === undefined) await rm(join(clone, path));
    else await writeFile(join(clone, path), before);
    t.notThrows(() => requireFresh(clone));
  }
  await rm(join(clone, 'dist/.sources'));
  t.throws(() => requireFresh(clone), { message: /: run `npm run build`$/ });
});

test('no executable names the directory that it was built in', async (t) => {
  for (const name of executables) t.false((await readFile(join(dist, name), 'utf8')).includes(root), name);
});

test('THIRD_PARTY_LICENSES names the packages of the lock that are bundled, and no others', async (t) => {
  const text = await readFile(join(dist, 'THIRD_PARTY_LICENSES'), 'utf8');
  const named = [...text.matchAll(/^([a-z0-9@/-]+) (\d\S*) \((\S+)\)$/gm)];
  t.deepEqual(
    noticedPackages(text),
    named.map(([, name, version]) => `${name} ${version}`),
  );
  const packages = await lockedPackages();
  for (const [, name, version, license] of named) {
    const locked = packages[`node_modules/${name}`];
    t.like(locked, { version, license }, name);
    t.falsy(locked?.dev, `${name} is a dependency of the development alone`);
  }
  const names = named.map(([, name]) => name);
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) t.true(names.includes(name), `${name} is missing`);
  t.deepEqual(names, [...new Set(names)]);
});

test('out holds nothing that reaches a network: the guard judges by files alone', async (t) => {
  const marks = /undici|UND_ERR|require\("(node:)?(https?|http2|tls|dns|dgram)"\)/;
  const holdsNetwork = async (name: string) => marks.test(await readFile(join(dist, name), 'utf8'));
  t.false(await holdsNetwork('out'));
  t.true(await holdsNetwork('in'));
});

test('no executable imports anything when it runs: the image runs it as a script, which cannot', async (t) => {
  for (const name of executables) t.notRegex(await readFile(join(dist, name), 'utf8'), /\bimport\(/, name);
});

test('the SBOM lists the same packages with their hashes and dependencies, and does not tell the time', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import=tsx', 'tools/sbom.ts']);
  const sbom = JSON.parse(stdout);
  t.is(sbom.bomFormat, 'CycloneDX');
  t.false('serialNumber' in sbom);
  t.false('timestamp' in sbom.metadata);
  t.is(sbom.metadata.component.name, 'aws-ip-ranges-resource');
  const packages = await lockedPackages();
  for (const { name, version, purl, hashes } of sbom.components) {
    t.is(purl, `pkg:npm/${name}@${version}`);
    const hash = `sha512-${Buffer.from(hashes[0].content, 'hex').toString('base64')}`;
    t.is(hash, packages[`node_modules/${name}`]?.integrity ?? '');
  }
  const listed = sbom.components.map(
    ({ name, version }: { name: string; version: string }) => `${name} ${version}`,
  );
  const text = await readFile(join(dist, 'THIRD_PARTY_LICENSES'), 'utf8');
  t.deepEqual(listed.sort(), noticedPackages(text).sort());
  const refs = sbom.components.map((component: Record<string, string>) => component['bom-ref']);
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

/** Builds in a clone of its own, and returns the directory of what was built. */
async function buildIn(t: ExecutionContext, surroundings: Surroundings): Promise<string> {
  const clone = join(temporaryDirectory(t), surroundings.place);
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'src', 'tools']) {
    await cp(join(root, name), join(clone, name), { recursive: true });
  }
  await installIn(clone);
  await touch(clone, surroundings.modified);
  const script = 'umask "$1"; exec "$2" --import="$3" "$4"';
  const tsx = import.meta.resolve('tsx');
  const args = [surroundings.umask, process.execPath, tsx, join(clone, 'tools/build.ts')];
  await promisify(execFile)('sh', ['-c', script, 'sh', ...args], {
    cwd: join(clone, surroundings.cwd),
    env: { PATH: process.env['PATH'], ...surroundings.env },
  });
  return join(clone, 'dist');
}

/** What is bundled is copied, as npm ci would; the bundler only runs, and is linked. */
async function installIn(clone: string): Promise<void> {
  for (const [path, { dev, devOptional, optional }] of Object.entries(await lockedPackages())) {
    if (path === '' || dev || devOptional || optional) continue;
    await cp(join(root, path), join(clone, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules/esbuild'), join(clone, 'node_modules/esbuild'));
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
}

/** The packages of package-lock.json by their paths. */
async function lockedPackages(): Promise<Record<string, LockedPackage>> {
  return JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages;
}

async function touch(directory: string, time: Date): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await utimes(join(entry.parentPath, entry.name), time, time);
  }
}

// npm run setup, which comes before the demo, the tests and the replay: a Node that is too old is told in one line.

/** What the script does under a Node that says it has this version. */
function setup(version: string) {
  const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('./tools/setup.cjs');`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
}

test('a Node that is too old is told in one line, before anything is installed', (t) => {
  for (const version of ['18.20.4', '20.18.3', '4.0.0']) {
    const { status, stdout, stderr } = setup(version);
    t.is(status, 1);
    t.is(stdout, '');
    t.is(stderr, `error: Node ${version} is too old: 20.19 or later is needed (https://nodejs.org)\n`);
  }
});

test('any later Node will do, and packages that are there are not installed again', (t) => {
  for (const version of ['20.19.0', '22.1.0', '100.0.0']) {
    const { status, stdout, stderr } = setup(version);
    t.deepEqual([status, stdout, stderr], [0, '', ''], version);
  }
});
