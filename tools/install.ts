// Installs dist's executables as the image has them: `tsx tools/install.ts DIRECTORY NODE`. DIRECTORY/check, in, out and changes
// are launchers whose first line names their Node; DIRECTORY/lib holds the bundles, each with V8's code of what a run takes.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [directory = '', node = ''] = process.argv.slice(2);
if (directory === '' || node === '') throw new Error('usage: tsx tools/install.ts DIRECTORY NODE');

// Buys a few ms of collections in every run that reads a document or rules: half of what a run allocates lives until its end,
// and V8's first collections, at 1 MiB, would only copy it. A guard of 10,000 rules allocates more than 16 MiB; memory that is
// not used is not taken. Most other flags make V8 refuse the compiled code that Node brings along for its modules.
function flagsOf(name: string): string[] {
  return [`--min-semi-space-size=${name === 'out' ? 32 : 16}`];
}

await mkdir(join(directory, 'lib'), { recursive: true });
const launcher = await readFile('src/start-up/launcher.cjs', 'utf8');
for (const name of ['check', 'in', 'out', 'changes']) {
  await writeFile(join(directory, name), `#!${node} ${flagsOf(name).join(' ')}\n${launcher}`, {
    mode: 0o755,
  });
  const bundle = await readFile(join('dist', name), 'latin1');
  await writeFile(bundleOf(name), bundle.replace(/^#!.*\n/, ''), 'latin1');
  // Of another bundle, where this one takes its place.
  await rm(`${bundleOf(name)}c`, { force: true });
}
await keepCode();

/** Runs what nearly every run takes; a function that no run took is compiled when it is called. */
async function keepCode(): Promise<void> {
  const { url, close } = await publish();
  const sources = await mkdtemp(join(tmpdir(), 'install-'));
  const ranges = join(sources, 'ranges');
  const published = join(sources, 'published');
  await mkdir(ranges);
  await mkdir(published);
  await writeFile(join(sources, 'rules'), '192.0.2.0/24\n2001:db8::/32\n');
  const source = { url };
  // A version older than the document: the path through check that runs most of it.
  const old = { syncToken: '1', createDate: '', digest: `sha256:${'0'.repeat(64)}` };
  const [version] = JSON.parse(await run('check', [], { source, version: old }));
  // The list from the version, and then, by the code that is kept beside the first, the files of the publication.
  const params = { security_group: { ip_versions: [4, 6] } };
  await run('in', [ranges], { source, version, params });
  await run('in', [published], { source, version, params: { document: true } });
  // Rules as text, and as JSON, which most forms are.
  await copyFile(join(ranges, 'security-group.json'), join(sources, 'rules.json'));
  for (const rules of ['rules', 'rules.json']) {
    await run('out', [sources], { source, params: { rules, ranges: 'ranges' } });
  }
  await run('changes', [ranges, ranges, sources], {});
  await rm(sources, { recursive: true });
  close();
}

async function run(name: string, args: readonly string[], request: object): Promise<string> {
  const running = promisify(execFile)(
    node,
    [...flagsOf(name), 'src/start-up/keep-code.cjs', bundleOf(name), ...args],
    {
      env: {},
    },
  );
  running.child.stdin?.end(JSON.stringify(request));
  return (await running).stdout;
}

function bundleOf(name: string): string {
  return join(directory, 'lib', `${name}.js`);
}

/** A small document on loopback. */
async function publish(): Promise<{ url: string; close: () => void }> {
  const entry = { region: 'us-east-1', service: 'S3', network_border_group: 'us-east-1' };
  const document = JSON.stringify({
    syncToken: '2',
    createDate: '1970-01-01-00-00-02',
    prefixes: [{ ip_prefix: '192.0.2.0/24', ...entry }],
    ipv6_prefixes: [{ ipv6_prefix: '2001:db8::/32', ...entry }],
  });
  const server = createServer((_request, response) => response.end(document));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
