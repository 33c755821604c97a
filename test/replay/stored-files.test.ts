// Where documents are kept: whatever the form and the order, each is read once; what is odd stops nothing.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { parsePeriod } from '../../replay/period.ts';
import type { Reading } from '../../replay/read-history.ts';
import { packBundle } from '../../src/files/bundle.ts';
import { februaryFiles as files, readPath } from '../helpers/replay.ts';
import { tar } from '../helpers/tar.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const tokens = files.map(({ token }) => token);
const tokensIn = ({ histories: [history] }: Reading) =>
  history?.publications.map(({ version }) => String(version.syncToken));

test('a folder, archives and bundles of the same documents give the same history', async (t) => {
  const directory = temporaryDirectory(t);
  const folder = join(directory, 'folder');
  mkdirSync(folder);
  for (const { name, body } of files) writeFileSync(join(folder, `${name}.gz`), gzipSync(body));
  writeFileSync(join(folder, 'README.md'), 'no document');
  const entries = files.toReversed();
  const others = [
    { name: './._1.json', body: 'hidden' },
    { name: 'notes.txt', body: '?' },
  ];
  writeFileSync(join(directory, 'a.tar'), tar(...entries));
  writeFileSync(join(directory, 'a.tar.gz'), gzipSync(tar(...entries, ...others)));
  const bundles = join(directory, 'bundles');
  mkdirSync(bundles);
  for (const { token, body: bytes } of files) {
    const bundle = [
      { name: 'cidrs.json', bytes: Buffer.from('{}') },
      { name: 'ip-ranges.json', bytes },
    ];
    writeFileSync(join(bundles, `aws-ip-ranges-${token}.tgz`), await packBundle(bundle, 0));
  }
  // One document is a history too.
  writeFileSync(join(directory, 'a.json'), files[0]?.body ?? '');
  for (const [path, expected] of [
    ['folder', tokens],
    ['a.tar.gz', tokens],
    ['a.tar', tokens],
    ['bundles', tokens],
    ['a.json', tokens.slice(0, 1)],
    [`folder/${tokens[1]}.json.gz`, tokens.slice(1, 2)],
  ] as const) {
    const reading = await readPath(join(directory, path));
    t.deepEqual(tokensIn(reading), expected, path);
    t.deepEqual(reading.strangers, [], path);
    t.is(reading.cut, undefined, path);
  }
});

test('odd files of a folder and odd entries of an archive are named, and the others read', async (t) => {
  const directory = temporaryDirectory(t);
  const folder = join(directory, 'folder');
  mkdirSync(folder);
  for (const { name, body } of files) writeFileSync(join(folder, name), body);
  mkdirSync(join(folder, '1-folder.json'));
  symlinkSync('nowhere', join(folder, '2-link.json'));
  execFileSync('mkfifo', [join(folder, '3-pipe.json')]);
  writeFileSync(join(folder, '4-page.json'), '<html>');
  writeFileSync(join(folder, '5-cut.json.gz'), gzipSync('{}').subarray(0, 12));
  writeFileSync(join(folder, '6-empty.json'), '');
  writeFileSync(join(folder, 'aws-ip-ranges-7.tgz'), await packBundle([], 0));
  const archive = tar(
    { name: '1-folder.json', type: '5' },
    { name: '2-link.json', type: '2', linkname: tokens[0] ?? '' },
    { name: '4-page.json', body: '<html>' },
    { name: '5-cut.json.gz', body: gzipSync('{}').subarray(0, 12) },
    ...files,
  );
  writeFileSync(join(directory, 'odd.tar'), archive);
  const inBoth = [
    '4-page.json: it is a page of HTML or XML',
    '5-cut.json.gz: it cannot be decompressed: unexpected end of file',
  ];
  for (const [path, ...reasons] of [
    [
      'folder',
      '1-folder.json: it is no file',
      '2-link.json: there is no such file or directory',
      '3-pipe.json: it is no file',
      ...inBoth,
      '6-empty.json: it is empty',
      'aws-ip-ranges-7.tgz: it is a bundle without ip-ranges.json',
    ],
    // A folder has nothing in it that could be read.
    ['odd.tar', '2-link.json: it is no file, but a symlink', ...inBoth],
  ] as const) {
    const reading = await readPath(join(directory, path));
    t.deepEqual(tokensIn(reading), tokens);
    t.deepEqual(
      reading.strangers.map(({ name, reason }) => `${name}: ${reason}`),
      reasons,
    );
  }
});

test('of an archive that is cut or damaged, what comes before the fault is read', async (t) => {
  const directory = temporaryDirectory(t);
  const whole = tar(...files);
  const zipped = gzipSync(whole, { level: 0 });
  const third = files
    .slice(0, 2)
    .reduce((sum, { body }) => sum + 512 + Math.ceil(body.length / 512) * 512, 0);
  const broken = Buffer.from(whole);
  broken.write('?', third + 20);
  const cases = [
    ['end.tar', whole.subarray(0, third + 600), 2, /Unexpected end of data|middle of a file/],
    ['end.tar.gz', zipped.subarray(0, third + 600), 2, /unexpected end of file/],
    ['header.tar', broken, 2, /Invalid tar header/],
    [
      'size.tar',
      tar(...files.slice(0, 1), { name: 'x.json', size: Buffer.from('zzzzzzzzzzz\0') }),
      1,
      /Invalid header|damaged/,
    ],
  ] as const;
  for (const [name, bytes, expected, fault] of cases) {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    const reading = await readPath(path);
    t.deepEqual(tokensIn(reading), tokens.slice(0, expected), name);
    t.regex(reading.cut ?? '', fault, name);
  }
});

test('only documents of the period are taken', async (t) => {
  const directory = temporaryDirectory(t);
  for (const { name, body } of files) writeFileSync(join(directory, name), body);
  const cases = [
    [undefined, undefined, [0, 1, 2]],
    ['2021-02-16', undefined, [1, 2]],
    [undefined, '2021-02-16', [0, 1]],
    ['2021-02-16T12:01', '2021-02', [2]],
    [tokens[1], tokens[1], [1]],
    ['2021-02-16T12:00Z', '2021-02-16T12:00:00', [1]],
  ] as const;
  for (const [since, until, expected] of cases) {
    const reading = await readPath(directory, {}, parsePeriod(since, until));
    t.deepEqual(
      tokensIn(reading),
      expected.map((index) => tokens[index] ?? ''),
      `${since} to ${until}`,
    );
    t.is(reading.outside, tokens.length - expected.length);
  }
});

test('a period that is none is refused', (t) => {
  for (const text of ['yesterday', '2021-13', '2021-02-30', '21', '2021-2-3', '2021-02-16 12:00', '']) {
    t.throws(
      () => parsePeriod(text, undefined),
      { name: 'UserError', message: /^--since is ".*"; it takes 2024, / },
      text,
    );
  }
  t.throws(() => parsePeriod('2022', '2021-06'), { message: '--until 2021-06 is before --since 2022' });
});
