// The directory of the get step is believed only when its manifest verifies it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseSource } from '../../src/config/source.ts';
import { sha256 } from '../../src/files/sha256.ts';
import { readRanges } from '../../src/guard/get-directory.ts';
import { ipv4, renderDocument } from '../helpers/documents.ts';
import { runOut } from '../helpers/executables.ts';
import { five, govSource, six, two, writeFiles, writeRanges } from '../helpers/guard.ts';
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
        `^error: params\\.ranges: ranges cannot be trusted: ${file} is not what get wrote; get the resource again\n$`,
      ),
      (directory) => writeFileSync(join(directory, file), `${five.slice(0, 2).join('\n')}\n`),
    );
  }
  await isRefused(
    t,
    /ranges cannot be trusted: security-group\.json cannot be read: there is no such file or directory; get/,
    (directory) => rmSync(join(directory, 'security-group.json')),
  );
  await isRefused(
    t,
    /ranges holds no manifest\.json that can be read \(there is no such file or directory\); name the directory of the get step of this resource \(ranges holds cidrs\.json, cidrs\.txt, /,
    (directory) => rmSync(join(directory, 'manifest.json')),
  );
  await isRefused(
    t,
    /ranges holds no manifest\.json .* \(the directory of the build's sources holds rules\)\n/,
    (directory) => rmSync(directory, { recursive: true }),
  );
});

test('an altered list is refused even if the manifest was adapted to it', async (t) => {
  const list = `${five.slice(0, 2).join('\n')}\n`;
  await isRefused(t, /cannot be trusted: cidrs\.txt is not the list of its version/, (directory) => {
    writeFileSync(join(directory, 'cidrs.txt'), list);
    changeManifest(directory, ({ files }) => {
      if (files) files['cidrs.txt'] = { sha256: sha256(list), size: list.length };
    });
  });
});

test('a damaged or foreign manifest is refused', async (t) => {
  const damaged = /cannot be trusted: its manifest\.json is not one that get writes/;
  for (const text of ['', '{', '[]', 'null', '{"version":{}}']) {
    await isRefused(t, damaged, (directory) => writeFileSync(join(directory, 'manifest.json'), text));
  }
  for (const file of ['cidrs.txt', 'sync_token', 'create_date']) {
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
    await isRefused(t, /cannot be trusted: manifest\.json names a file elsewhere; /, (directory) =>
      changeManifest(directory, ({ files }) =>
        Object.assign(files ?? {}, { [name]: { sha256: sha256(five.join('\n')) } }),
      ),
    );
  }
});

test('sync_token and create_date must agree with the version', async (t) => {
  for (const [file, text] of [
    ['sync_token', '1724938991'],
    ['create_date', '2024-08-29-13-43-11'],
  ] as const) {
    await isRefused(
      t,
      new RegExp(`cannot be trusted: ${file} is not that of the version in its manifest; `),
      (directory) => {
        writeFileSync(join(directory, file), text);
        changeManifest(directory, ({ files }) => {
          if (files) files[file] = { sha256: sha256(text), size: text.length };
        });
      },
    );
  }
  // A version of another publication, which no check has found.
  await isRefused(t, /sync_token is not that of the version in its manifest; /, (directory) =>
    changeManifest(directory, ({ version }) => Object.assign(version ?? {}, { syncToken: '1724938991' })),
  );
});

test('the directory of another resource is refused, with what differs and nothing else', async (t) => {
  const intact = () => undefined;
  const refusal = (differences: string) =>
    `error: params.ranges: ranges is of another resource: ${differences}; use the directory of a get of this resource\n`;
  for (const [change, differences] of [
    [
      { regions: ['us-gov-east-1'] },
      'regions is ["us-gov-west-1"] there and ["us-gov-east-1"] in this resource\'s source',
    ],
    [
      { regions: undefined },
      'regions is ["us-gov-west-1"] there and left out (all) in this resource\'s source',
    ],
    [
      { aggregate: true, ip_versions: [4, 6] },
      "ip_versions is [4] there and [4,6] in this resource's source; aggregate is false there and true in this resource's source",
    ],
    [{ version_on: 'cidrs' }, 'version_on is "syncToken" there and "cidrs" in this resource\'s source'],
  ] as const) {
    const { code, stdout, stderr } = await putWith(t, intact, { ...govSource, ...change });
    t.is(stderr, refusal(differences));
    t.is(stdout, '');
    t.is(code, 1);
  }
  // As an earlier release wrote it.
  const { stderr } = await putWith(t, (directory) =>
    changeManifest(directory, (manifest) => delete manifest['version_on']),
  );
  t.is(stderr, refusal('version_on is missing there and "syncToken" in this resource\'s source'));
});

test('an empty list is refused unless allow_empty, and max_cidrs counts', async (t) => {
  // Every CIDR of S3 is one of AMAZON's too.
  const document = renderDocument({
    prefixes: ['S3', 'AMAZON'].flatMap((service) => ipv4(service, 'us-gov-west-1', ...five)),
  });
  const put = async (source: object, written: object) => {
    const sources = temporaryDirectory(t);
    writeFiles(sources, { rules: five.join('\n') });
    writeRanges(join(sources, 'ranges'), written, document);
    return runOut({ source, params: { rules: 'rules', ranges: 'ranges' } }, sources);
  };
  const none = { ...govSource, exclude_services: ['AMAZON'] };
  const allowed = { ...none, allow_empty: true };
  const refused = await put(none, allowed);
  t.is(
    refused.stderr,
    'error: params.ranges: the list in ranges is empty, which any rules cover; set source.allow_empty: true if that is ' +
      'what you want\n',
  );
  t.is(refused.code, 1);
  t.is((await put(allowed, allowed)).code, 0);

  const long = await put({ ...govSource, max_cidrs: 4 }, govSource);
  t.regex(
    long.stderr,
    /^error: source\.max_cidrs is 4, but AWS's document \(syncToken 1724938990\) lists 5 CIDRs for S3, us-gov-west-1, IPv4/,
  );
  t.is(long.code, 1);
});

test('a directory without prefixes.json names CIDRs without their services, or with those of the source', async (t) => {
  const without = (directory: string) => {
    rmSync(join(directory, 'prefixes.json'), { force: true });
    changeManifest(directory, ({ files }) => delete files?.['prefixes.json']);
  };
  const put = async (source: object) => {
    const sources = temporaryDirectory(t);
    writeFiles(sources, { rules: two.join('\n') });
    writeRanges(join(sources, 'ranges'), source);
    without(join(sources, 'ranges'));
    return (await runOut({ source, params: { rules: 'rules', ranges: 'ranges' } }, sources)).stderr;
  };
  t.regex(await put(govSource), /^ {2}missing {2}136\.18\.0\.0\/23 {4}us-gov-west-1 {2}S3$/m);
  for (const source of [
    { ...govSource, services: ['S3', 'AMAZON'] },
    { ...govSource, regions: ['us-gov-*'] },
    { ...govSource, regions: ['us-gov-west-?'] },
  ]) {
    t.regex(
      await put(source),
      /^ {2}missing {2}136\.18\.0\.0\/23\n {2}\(which region each is in stands here when the get has document: true\)$/m,
    );
  }
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
  const { version, selection } = readRanges(directory, 'ranges', parseSource(source), 2e12);
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
  const { selection } = readRanges(directory, 'ranges', parseSource({ ...source, aggregate: true }), 2e12);
  t.deepEqual(
    selection.map(({ cidr, prefixes }) => [cidr.text, prefixes.map(({ service }) => service).join()]),
    six.map((cidr) => [cidr, 'S3']),
  );
});

test('a version in the manifest that holds another list than cidrs.txt is refused', async (t) => {
  await isRefused(
    t,
    /cannot be trusted: the list that its version holds is not the one of cidrs\.txt/,
    (directory) =>
      changeManifest(directory, ({ version }) =>
        Object.assign(version ?? {}, { cidrs: two.join(' '), selection: 'x' }),
      ),
  );
});
