// The tests run on a Node that they bring along; the executables are also for the Node of whoever has cloned this.
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import test from 'ava';
import { incident, incidentCidrs, s3Source } from '../helpers/documents.ts';
import { check, run, succeed } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('check, in and out run on the Node that npm runs on', async (t) => {
  const directory = dirname(process.env['npm_node_execpath'] ?? process.execPath);
  const options = { isFromDist: true, env: { PATH: [directory, process.env['PATH']].join(delimiter) } };
  const server = await startServer(t, documentHandler(incident));
  const source = s3Source(server.url, { ip_versions: [4] });
  const sources = temporaryDirectory(t);
  mkdirSync(join(sources, 'ranges'));
  const version = await check(t, { source }, options);
  await succeed(t, 'in', { source, version }, join(sources, 'ranges'), options);
  for (const [cidrs, code] of [
    [incidentCidrs, 0],
    [incidentCidrs.slice(1), 1],
  ] as const) {
    writeFileSync(join(sources, 'rules'), cidrs.join('\n'));
    const request = { source, params: { rules: 'rules', ranges: 'ranges' } };
    t.is((await run('out', request, { ...options, args: [sources] })).code, code);
  }
});
