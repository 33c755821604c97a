// Whatever fails, no file of a destination is half written, and manifest.json is there only when all others are.
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { writeFiles } from '../../src/outputs/writer.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { incident } from '../helpers/documents.ts';
import { assertFailure, check, readFiles, run, succeed } from '../helpers/executables.ts';
import { onFailingDisk } from '../helpers/failing-disk.ts';
import { publish } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const files = ['cidrs.txt', 'ip-ranges.json', 'manifest.json'].map((name) => ({
  name,
  bytes: Buffer.from(`new ${name}`.repeat(1000)),
}));
const complete = Object.fromEntries(files.map(({ name, bytes }) => [name, bytes.toString()]));

/** Files by name, and where links lead. */
function snapshot(directory: string): Record<string, string> {
  const entries = readdirSync(directory).map((name) => {
    const path = join(directory, name);
    return [name, lstatSync(path).isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'utf8')];
  });
  return Object.fromEntries(entries);
}

const withoutTemporary = (found: Record<string, string>) =>
  Object.fromEntries(Object.entries(found).filter(([name]) => !/^\..*\.part$/.test(name)));

const destinations: [title: string, prepare: (destination: string) => void][] = [
  ['an empty destination', () => undefined],
  ['one with other files', (destination) => writeFileSync(join(destination, 'mine'), 'mine')],
  [
    'one that an earlier run filled, and with what a killed run left',
    (destination) => {
      for (const name of ['cidrs.txt', 'manifest.json', 'mine', '.cidrs.txt.part', '.manifest.json.part'])
        writeFileSync(join(destination, name), `old ${name}`);
    },
  ],
  [
    'one with links in place of files',
    (destination) => {
      writeFileSync(join(destination, 'mine'), 'mine');
      for (const name of ['cidrs.txt', 'manifest.json', '.cidrs.txt.part'])
        symlinkSync('mine', join(destination, name));
      symlinkSync('nowhere', join(destination, 'ip-ranges.json'));
    },
  ],
];

for (const [title, prepare] of destinations) {
  test.serial(
    `${title}: a disk that fails, or a kill, leaves no half file, and manifest.json only beside all others`,
    (t) => {
      /** What is there before and after, on a disk of which some operations fail. */
      const attempt = (fails: (index: number) => boolean) => {
        const destination = temporaryDirectory(t);
        prepare(destination);
        const before = withoutTemporary(snapshot(destination));
        let error: unknown;
        const operations = onFailingDisk(fails, () => {
          try {
            writeFiles(destination, files);
          } catch (thrown) {
            error = thrown;
          }
        });
        return {
          destination,
          before,
          after: snapshot(destination),
          error: String(error ?? 'none'),
          operations,
        };
      };
      const undisturbed = attempt(() => false);
      t.is(undisturbed.error, 'none');
      t.deepEqual(undisturbed.after, { ...undisturbed.before, ...complete });
      t.true(undisturbed.operations >= 2 * files.length);
      for (let at = 0; at < undisturbed.operations; at++) {
        // Fails once: what was written is removed.
        const once = attempt((index) => index === at);
        t.regex(once.error, /^UserError: cannot write [\w.-]+ to ".*": the disk fails$/, `operation ${at}`);
        for (const [name, text] of Object.entries(withoutTemporary(once.after)))
          t.is(once.before[name], text, `operation ${at}: ${name}`);
        t.is(once.after['mine'], once.before['mine']);
        if ('manifest.json' in once.after) t.deepEqual(withoutTemporary(once.after), once.before);
        // Fails from then on, as after a kill: what is there is whole.
        const { destination, before, after } = attempt((index) => index >= at);
        const seen = withoutTemporary(after);
        for (const [name, text] of Object.entries(seen))
          t.true(text === before[name] || text === complete[name], `operation ${at}: ${name}`);
        t.is(after['mine'], before['mine']);
        if ('manifest.json' in seen) t.deepEqual(seen, before, `operation ${at}`);
        // A later run mends it.
        writeFiles(destination, files);
        t.deepEqual(snapshot(destination), { ...before, ...complete });
      }
    },
  );
}

test('a directory in the place of any file is named, and what was written is removed', (t) => {
  for (const { name } of files) {
    for (const occupied of [name, `.${name}.part`]) {
      const destination = temporaryDirectory(t);
      mkdirSync(join(destination, occupied));
      const message = `cannot write ${name} to ${JSON.stringify(destination)}: it is a directory, not a file`;
      t.throws(() => writeFiles(destination, files), { name: 'UserError', message });
      t.deepEqual(readdirSync(destination), [occupied]);
    }
  }
});

/** A held version and its source, whose document takes 100 KB. */
async function setUp(t: ExecutionContext) {
  const { source } = await publish(t, incident.padEnd(100_000));
  return { source, version: await check(t, { source }), params: { document: true } };
}

test('a missing destination, a file in its place and a link to nowhere are refused, and nothing is created', async (t) => {
  const request = await setUp(t);
  const parent = temporaryDirectory(t);
  writeFileSync(join(parent, 'file'), 'kept');
  symlinkSync(join(parent, 'nowhere'), join(parent, 'link'));
  for (const [name, reason] of [
    ['missing', 'there is no such file or directory'],
    ['file', 'a part of its path is a file, not a directory'],
    ['file/below', 'a part of its path is a file, not a directory'],
    ['link', 'there is no such file or directory'],
  ] as const) {
    const outcome = await run('in', request, { args: [join(parent, name)] });
    assertFailure(t, outcome, new RegExp(`^error: cannot write cidrs.txt to ".*${name}": ${reason}\n$`));
  }
  t.deepEqual(readdirSync(parent).sort(), ['file', 'link']);
});

test('in fills the directory that a link leads to', async (t) => {
  const [link, target] = [join(temporaryDirectory(t), 'link'), temporaryDirectory(t)];
  symlinkSync(target, link);
  await succeed(t, 'in', await setUp(t), link);
  t.deepEqual(readdirSync(target).sort(), filesOfGet({ document: true }));
});

test('a full disk and a read-only one are named, and what was there stays', async (t) => {
  const request = await setUp(t);
  const disk = temporaryDirectory(t);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    t.log('skipped: only root of a machine can mount a disk');
    t.pass();
    return;
  }
  t.teardown(() => execFileSync('umount', [disk]));
  writeFileSync(join(disk, 'cidrs.txt'), 'old');
  writeFileSync(join(disk, 'manifest.json'), 'old');
  for (const reason of [
    /cannot write ip-ranges\.json to ".*": no space is left on the disk\n$/,
    /: the file system is read-only\n$/,
  ]) {
    assertFailure(t, await run('in', request, { args: [disk] }), reason);
    t.deepEqual(await readFiles(disk), { 'cidrs.txt': 'old', 'manifest.json': 'old' });
    execFileSync('mount', ['-o', 'remount,ro', disk]);
  }
});
