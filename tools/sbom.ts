// npm run sbom: prints what the bundles contain as CycloneDX. What `npm sbom --omit dev` prints is not that: it leaves out
// packages that a development tool depends on too (https://github.com/npm/cli/issues/7909), and lists ones that are not
// bundled. So all of the lock is taken, and of it the packages of dist/THIRD_PARTY_LICENSES.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { noticedPackages } from './notices.ts';

const root = join(import.meta.dirname, '..');

const sbomSchema = v.looseObject({
  metadata: v.looseObject({ component: v.looseObject({ 'bom-ref': v.string(), purl: v.string() }) }),
  components: v.array(v.looseObject({ 'bom-ref': v.string(), name: v.string(), version: v.string() })),
  dependencies: v.array(v.object({ ref: v.string(), dependsOn: v.array(v.string()) })),
});

const command = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const { stdout } = await promisify(execFile)('npm', command, { cwd: root, maxBuffer: 2 ** 26 });
// Without the time and the number of this run: the same lock gives the same list.
const { serialNumber: _, ...sbom } = v.parse(sbomSchema, JSON.parse(stdout));
const { timestamp: __, ...metadata } = sbom.metadata;

const bundled = noticedPackages(await readFile(join(root, 'dist/THIRD_PARTY_LICENSES'), 'utf8'));
const components = sbom.components.filter(({ name, version }) => bundled.includes(`${name} ${version}`));
if (components.length !== bundled.length) {
  throw new Error(
    `the lock has ${components.length} of the ${bundled.length} packages: ${bundled.join(', ')}`,
  );
}
const refs = [sbom.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])];
const dependencies = sbom.dependencies
  .filter(({ ref }) => refs.includes(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.includes(other)) }));
// npm names the project after the directory that it lies in.
const name = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).name;
const list = {
  ...sbom,
  metadata: { ...metadata, component: { ...metadata.component, name } },
  components,
  dependencies,
};
process.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
