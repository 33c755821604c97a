// The directory of the get step is believed only when its manifest proves it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseSource } from '../../src/config/source.ts';
import { sha256 } from '../../src/files/sha256.ts';
import { readRanges } from '../../src/guard/get-directory.ts';
import { five, govSource, runOut, six, writeFiles, writeRanges } from '../helpers/guard.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Puts with a get's directory that was tampered with, through the built executable. */
async function putWith(t: ExecutionContext, tamper: (directory: string) => void, source: object = govSource) {
  const sources = temporaryDirectory(t);
  writeFiles(sources, { rules: five.join('\n') });
  writeRanges(join(sources, 'ranges'));
  tamper(join(sources, 'ranges'));
  const request = {
    source: { ...source, url: 'http://127.0.0.1:9/' },
    params: { rules: 'rules', ranges: 'ranges' },
  };
  return runOut(request, sources);
}

async function isRefused(t: ExecutionContext, message: RegExp, tamper: (directory: string) => void) {
  const { code, stdout, stderr } = await putWith(t, tamper);
  t.regex(stderr, message);
  t.notRegex(stderr, /a bug in this resource/);
  t.is(stdout, '');
  t.is(code, 1);
}

/** Changes a manifest in the directory of a get. */
function changeManifest(
  directory: string,
  change: (manifest: Record<string, Record<string, unknown>>) => void,
) {
  const path = join(directory, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
}

test('an intact directory is believed, with files of others in it', async (t) => {
  const { code, stderr } = await putWith(t, (directory) =>
    writeFiles(directory, { 'notes.txt': 'x', 'sub/file': 'y' }),
  );
  t.is(
    stderr,
    '5 of 5 published CIDRs covered by rules, ports not judged (S3, us-gov-west-1, IPv4, syncToken 1724938990)\n',
  );
  t.is(code, 0);
});

test('an altered or missing file is refused', async (t) => {
  for (const file of ['cidrs.txt', 'prefixes.json', 'ip-ranges.json', 'sync_token']) {
    await isRefused(
      t,
      new RegExp(
        `^error: params\\.ranges: ranges cannot be believed: ${file} is not what get wrote; get the resource again\n$`,
      ),
      (directory) => writeFileSync(join(directory, file), `${five.slice(0, 2).join('\n')}\n`),
    );
  }
  await isRefused(t, /ranges cannot be believed: ENOENT: .*security-group\.json/, (directory) =>
    rmSync(join(directory, 'security-group.json')),
  );
  await isRefused(t, /ranges holds no manifest\.json; name the directory of the get step/, (directory) =>
    rmSync(join(directory, 'manifest.json')),
  );
  await isRefused(t, /ranges holds no manifest\.json/, (directory) => rmSync(directory, { recursive: true }));
});

test('an altered list is refused even if the manifest was adapted to it', async (t) => {
  const list = `${five.slice(0, 2).join('\n')}\n`;
  await isRefused(t, /cannot be believed: cidrs\.txt is not the list of its version/, (directory) => {
    writeFileSync(join(directory, 'cidrs.txt'), list);
    changeManifest(directory, ({ files }) => {
      if (files) files['cidrs.txt'] = { sha256: sha256(list), size: list.length };
    });
  });
});

test('a damaged or foreign manifest is refused', async (t) => {
  const damaged = /cannot be believed: its manifest\.json is not one that get writes/;
  for (const text of ['', '{', '[]', 'null', '{"version":{}}']) {
    await isRefused(t, damaged, (directory) => writeFileSync(join(directory, 'manifest.json'), text));
  }
  for (const file of ['cidrs.txt', 'prefixes.json']) {
    await isRefused(t, damaged, (directory) =>
      changeManifest(directory, ({ files }) => delete files?.[file]),
    );
  }
  await isRefused(t, damaged, (directory) =>
    changeManifest(directory, (manifest) => Object.assign(manifest, { version: { syncToken: 'x' } })),
  );
  await isRefused(t, /sync_token is not what get wrote/, (directory) =>
    changeManifest(directory, ({ files }) => Object.assign(files ?? {}, { sync_token: null })),
  );
});

test('a manifest cannot name files elsewhere', async (t) => {
  for (const name of ['../rules', '/etc/passwd', 'sub/file', '..', '.', '', 'a\\b', '-']) {
    await isRefused(t, /cannot be believed: manifest\.json names the file "/, (directory) =>
      changeManifest(directory, ({ files }) =>
        Object.assign(files ?? {}, { [name]: { sha256: sha256(five.join('\n')) } }),
      ),
    );
  }
});

test('the directory of another selection is refused', async (t) => {
  const { code, stderr } = await putWith(t, () => undefined, { ...govSource, regions: ['us-gov-east-1'] });
  t.regex(
    stderr,
    /^error: params\.ranges: ranges holds .*"us-gov-west-1".*, but this resource's source selects .*"us-gov-east-1"/,
  );
  t.is(code, 1);
});

test('prefixes that do not belong to the list are refused', async (t) => {
  const swap = (content: unknown) => (directory: string) => {
    const text = JSON.stringify(content);
    writeFileSync(join(directory, 'prefixes.json'), text);
    changeManifest(directory, ({ files }) => {
      if (files) files['prefixes.json'] = { sha256: sha256(text), size: text.length };
    });
  };
  const entry = (ip_prefix: unknown) => ({ ip_prefix, region: 'us-gov-west-1', service: 'S3' });
  await isRefused(
    t,
    /prefixes\.json does not amount to the list of cidrs\.txt/,
    swap(five.slice(0, 4).map(entry)),
  );
  for (const content of [{}, [7], [entry('x')], [entry(1)], [{ ip_prefix: five[0] }]]) {
    await isRefused(t, /prefixes\.json holds something else than entries of ip-ranges\.json/, swap(content));
  }
});

test('the selection is read back with the entries of each CIDR', (t) => {
  const directory = temporaryDirectory(t);
  const source = { services: ['S3', 'AMAZON'], regions: ['us-gov-west-1'] };
  writeRanges(directory, source);
  const { version, selection } = readRanges(directory, 'ranges', parseSource(source).criteria);
  t.is(String(version.syncToken), '1724938990');
  t.deepEqual(
    selection.map(({ cidr, prefixes }) => [cidr.text, prefixes.map(({ service }) => service).join()]),
    [
      ['15.200.28.240/28', 'S3'],
      ['15.200.176.128/28', 'S3'],
      ['52.94.248.224/28', 'AMAZON'],
      ['108.175.48.0/22', 'AMAZON,S3'],
      ['108.175.56.0/22', 'AMAZON,S3'],
      ['136.18.0.0/23', 'S3'],
      ...six.map((cidr) => [cidr, 'S3']),
    ],
  );
});

test('a list that is not entry by entry what was published is read back with the entries of each CIDR', (t) => {
  const directory = temporaryDirectory(t);
  const source = {
    services: ['S3'],
    regions: ['us-gov-west-1'],
    exclude_services: ['AMAZON'],
    ip_versions: [6],
  };
  writeRanges(directory, { ...source, aggregate: true });
  const { selection } = readRanges(directory, 'ranges', parseSource({ ...source, aggregate: true }).criteria);
  t.deepEqual(
    selection.map(({ cidr, prefixes }) => [cidr.text, prefixes.map(({ service }) => service).join()]),
    six.map((cidr) => [cidr, 'S3']),
  );
});
