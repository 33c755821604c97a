// The contract version, and what it stands for: a change of what in writes demands another one.
import test from 'ava';
import { contractVersion } from '../../src/config/contract.ts';
import { filesOfGet, promised } from '../helpers/contract.ts';
import { documentWith, s3Source } from '../helpers/documents.ts';
import { check, readFiles, run, succeed } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const demand = (what: string) =>
  `${what} that contract ${contractVersion} does not promise: raise contractVersion in src/config/contract.ts, and ` +
  'give it a row in test/helpers/contract.ts';

for (const params of [{}, { document: true }, { bundle: true }, { document: true, bundle: true }]) {
  test(`in writes the files and members that its contract version promises, with ${JSON.stringify(params)}`, async (t) => {
    const server = await startServer(t, documentHandler(documentWith('1724938990')));
    const source = s3Source(server.url);
    const directory = temporaryDirectory(t);
    await succeed(t, 'in', { source, version: await check(t, { source }), params }, directory);
    const files = await readFiles(directory);
    t.deepEqual(Object.keys(files).sort(), filesOfGet(params), demand('in writes files'));
    for (const [name, members] of Object.entries(promised().always)) {
      if (members === undefined) continue;
      t.deepEqual(Object.keys(JSON.parse(files[name] ?? '')), [...members], demand(`${name} has members`));
    }
  });
}

test('manifest.json carries the contract version, which source.contract is compared with', async (t) => {
  const server = await startServer(t, documentHandler(documentWith('1724938990')));
  const source = s3Source(server.url, { contract: `^${contractVersion.split('.')[0]}` });
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', { source, version: await check(t, { source }) }, directory);
  const manifest = JSON.parse((await readFiles(directory))['manifest.json'] ?? '') as object;
  t.like(manifest, { contract_version: contractVersion });
  const other = await run('check', { source: { ...source, contract: '<0.1' } });
  t.is(other.code, 1);
  t.true(other.stderr.includes(`by contract ${contractVersion}`), other.stderr);
});
