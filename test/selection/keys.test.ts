// Every key of the source that selects, with all who must know it: the list, its description, manifest.json, and the
// guard, which reads the list back. A key of the source is in one of the two tables, or the first test fails.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseInParams } from '../../src/config/params.ts';
import { parseSource, sourceKeys } from '../../src/config/source.ts';
import { readRanges } from '../../src/guard/get-directory.ts';
import { renderFiles } from '../../src/outputs/render.ts';
import { versionOf } from '../../src/selection/held.ts';
import { describe, selectionRecord } from '../../src/selection/keys.ts';
import { select } from '../../src/selection/select.ts';
import { documentOf } from '../helpers/ip-ranges.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Keys that select, each with how it is described and a value that gives another list, of a part of an entry where it can. */
const selecting: Readonly<Record<string, { readonly value: unknown; readonly words: string }>> = {
  services: { value: ['EC2'], words: 'EC2, all regions' },
  regions: { value: ['us-east-1'], words: 'S3, us-east-1' },
  network_border_groups: {
    value: ['us-east-1-bos-1'],
    words: 'S3, all regions, border group us-east-1-bos-1',
  },
  ip_versions: { value: [6], words: 'S3, all regions, IPv6' },
  exclude_services: { value: ['EC2'], words: 'S3 without EC2, all regions' },
  aggregate: { value: true, words: 'S3, all regions, aggregated' },
};

/** The same selections in another case. */
const inAnotherCase: Readonly<Record<string, unknown>> = {
  services: ['ec2'],
  regions: ['US-East-1'],
  network_border_groups: ['US-EAST-1-BOS-1'],
  exclude_services: ['ec2'],
};

/** Keys under which the list is the same, or there is none. */
const others = [
  'version_on',
  'allow_empty',
  'max_cidrs',
  'hold_cidrs',
  'url',
  'allow_http',
  'history_url',
  'headers',
  'history_headers',
  'ca_certs',
  'timeout',
  'contract',
  'debug',
];

const document = documentOf([
  '10.0.0.0/24 S3 us-east-1',
  '10.0.1.0/24 S3 us-east-1',
  '10.0.2.0/24 S3 us-east-1 us-east-1-bos-1',
  '10.0.4.0/24 S3 us-west-2',
  '10.0.4.0/25 EC2 us-west-2',
  '2600:1f00::/40 S3 us-east-1',
  '10.0.5.0/24 CLOUDFRONT GLOBAL',
]);

function get(source: Readonly<Record<string, unknown>>) {
  const { criteria, versionOn } = parseSource(source);
  const selection = select(document, criteria);
  const version = versionOf(document, selection);
  const files = renderFiles(
    { version, document, selection, criteria, versionOn },
    parseInParams({ document: true }),
  );
  const fileOf = (name: string) => files.find((file) => file.name === name)?.bytes.toString() ?? '';
  return {
    criteria,
    versionOn,
    files,
    list: fileOf('cidrs.txt'),
    manifest: JSON.parse(fileOf('manifest.json')),
  };
}

const byDefault = get({});

test('a selection in another case is the same one, in every file and in its words', (t) => {
  for (const [key, value] of [...Object.entries(inAnotherCase), ['regions', ['gLOBAL']] as const]) {
    const asAws = key === 'regions' && String(value) === 'gLOBAL' ? ['GLOBAL'] : selecting[key]?.value;
    const [one, other] = [get({ [key]: asAws, allow_empty: true }), get({ [key]: value, allow_empty: true })];
    t.deepEqual(other.files, one.files, key);
    t.is(describe(other.criteria), describe(one.criteria));
  }
});

test('every key of the source either selects or does not', (t) => {
  t.deepEqual([...Object.keys(selecting), ...others].sort(), [...sourceKeys].sort());
});

test('manifest.json and the guard know the selecting keys, and no others', (t) => {
  t.deepEqual(Object.keys(selectionRecord(byDefault.criteria)).sort(), Object.keys(selecting).sort());
});

for (const [key, { value, words }] of Object.entries(selecting)) {
  test(`source.${key}: in the list, its description and manifest.json, and from get to guard`, (t) => {
    const made = get({ [key]: value });
    t.not(made.list, byDefault.list);
    t.is(describe(made.criteria), words);
    t.deepEqual(made.manifest.selection[key], value);
    t.notDeepEqual(byDefault.manifest.selection[key], value);

    const directory = temporaryDirectory(t);
    for (const { name, bytes } of made.files) writeFileSync(join(directory, name), bytes);
    const { selection } = readRanges(directory, 'ranges', made, 2e12);
    t.is(selection.map(({ cidr }) => `${cidr.text}\n`).join(''), made.list);
    t.throws(() => readRanges(directory, 'ranges', byDefault, 2e12), {
      message: new RegExp(`^params\\.ranges: ranges is of another resource: ${key} is `),
    });
  });
}
