// Installs dist's executables as the image has them: `tsx tools/install.ts DIRECTORY NODE`. Their first line names their
// Node, and DIRECTORY/cache holds V8's compiled code for NODE_COMPILE_CACHE, so that no run compiles it again.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [directory = '', node = ''] = process.argv.slice(2);
if (directory === '' || node === '') throw new Error('usage: tsx tools/install.ts DIRECTORY NODE');

// Half of what a run allocates lives until its end: V8's first collections, at 1 MiB, would only copy it.
const firstLine = `#!${node} --min-semi-space-size=16`;
const cache = join(directory, 'cache');

await mkdir(directory, { recursive: true });
for (const name of ['check', 'in', 'out']) {
  const text = await readFile(join('dist', name), 'utf8');
  await writeFile(join(directory, name), text.replace(/^#!.*/, firstLine), { mode: 0o755 });
}
await fillCache();

/** Runs each executable once; Node keeps the code of the functions that ran. */
async function fillCache(): Promise<void> {
  const { url, close } = await publish();
  const sources = await mkdtemp(join(tmpdir(), 'install-'));
  await writeFile(join(sources, 'rules'), '192.0.2.0/24\n2001:db8::/32\n');
  const source = { url };
  // A version older than the document: the path through check that runs most of it.
  const old = { syncToken: '1', createDate: '', digest: `sha256:${'0'.repeat(64)}` };
  const [version] = JSON.parse(await run('check', [], { source, version: old }));
  await run('out', [sources], { source, params: { rules: 'rules' } });
  await run('in', [sources], { source, version });
  await rm(sources, { recursive: true });
  close();
  const kept = await readdir(cache, { recursive: true, withFileTypes: true });
  if (kept.filter((entry) => entry.isFile()).length !== 3)
    throw new Error(`${cache} does not hold three files`);
}

async function run(name: string, args: readonly string[], request: object): Promise<string> {
  const running = promisify(execFile)(join(directory, name), args, {
    env: { NODE_COMPILE_CACHE: cache },
  });
  running.child.stdin?.end(JSON.stringify(request));
  return (await running).stdout;
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
