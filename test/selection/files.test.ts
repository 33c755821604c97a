// The files of a derived selection: what in writes for it, and what the guard reads back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseInParams } from '../../src/config/params.ts';
import { readRanges } from '../../src/guard/get-directory.ts';
import { renderFiles } from '../../src/outputs/render.ts';
import { versionOf } from '../../src/selection/held.ts';
import { select } from '../../src/selection/select.ts';
import { criteriaOf, documentOf, prefix } from '../helpers/ip-ranges.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const lines = ['10.0.0.0/24 AMAZON us-east-1', '10.0.0.128/25 EC2 us-east-1', '10.0.1.0/24 AMAZON us-east-1'];
const criteria = criteriaOf({ services: ['amazon'], exclude_services: ['ec2'], aggregate: true });
const document = documentOf(lines);
const selection = select(document, criteria);
const version = versionOf(document, selection);
const files = new Map(
  renderFiles(
    { version, document, selection, criteria, versionOn: 'cidrs' },
    parseInParams({ document: true }),
  ).map(({ name, bytes }) => [name, bytes]),
);

test('the lists hold the derived CIDRs, prefixes.json the published entries behind each', (t) => {
  t.is(files.get('cidrs.txt')?.toString(), '10.0.0.0/25\n10.0.1.0/24\n');
  t.deepEqual(JSON.parse(files.get('prefixes.json')?.toString() ?? ''), [
    { cidr: '10.0.0.0/25', ...prefix('10.0.0.0/24 AMAZON us-east-1') },
    { cidr: '10.0.1.0/24', ...prefix('10.0.1.0/24 AMAZON us-east-1') },
  ]);
});

test('manifest.json records what was excluded and that the list is aggregated', (t) => {
  const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as { selection: unknown };
  t.deepEqual(manifest.selection, {
    services: ['AMAZON'],
    exclude_services: ['EC2'],
    regions: null,
    network_border_groups: null,
    ip_versions: [4, 6],
    aggregate: true,
  });
});

test('the guard reads the derived selection back, and refuses it for a source without the keys', (t) => {
  const directory = temporaryDirectory(t);
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);

  t.deepEqual(readRanges(directory, 'ranges', { criteria, versionOn: 'cidrs' }, 2e12), {
    version,
    selection,
  });
  t.throws(
    () =>
      readRanges(
        directory,
        'ranges',
        {
          criteria: criteriaOf({ services: ['amazon'], exclude_services: ['ec2'] }),
          versionOn: 'cidrs',
        },
        2e12,
      ),
    {
      message:
        /^params\.ranges: ranges is of another resource: aggregate is true there and false in this resource's source; use/,
    },
  );
});
