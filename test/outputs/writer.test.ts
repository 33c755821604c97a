// Disk and process: whatever fails, `in` leaves the destination complete or as it was, says which, and leaves nothing aside.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../src/errors.ts';
import { writeTogether } from '../../src/outputs/writer.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { documentWith, incident, ipv4, s3Source } from '../helpers/documents.ts';
import {
  assertFailure,
  check,
  executable,
  readFiles,
  run,
  succeed,
  type Version,
} from '../helpers/executables.ts';
import { type Operation, onFailingDisk } from '../helpers/failing-disk.ts';
import { makeReadOnly, mountDirectory, mountMemory, mountTest } from '../helpers/mounts.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const files = ['cidrs.txt', 'ip-ranges.json', 'manifest.json'].map((name) => ({
  name,
  bytes: Buffer.from(`new ${name}`.repeat(1000)),
}));
const complete = Object.fromEntries(files.map(({ name, bytes }) => [name, bytes.toString()]));

/** What a destination holds before, and the operations of the disk under it. */
interface Scenario {
  readonly title: string;
  readonly prepare: (destination: string) => void;
  readonly hasNoLinks?: boolean;
}

const scenarios: Scenario[] = [
  { title: 'an empty destination', prepare: () => undefined },
  {
    title: 'a destination with other files',
    prepare: (destination) => writeFileSync(join(destination, 'mine'), 'mine'),
  },
  {
    title: 'a destination with files of the same names',
    prepare: (destination) => {
      for (const name of ['cidrs.txt', 'manifest.json', 'mine'])
        writeFileSync(join(destination, name), `old ${name}`);
      // A link that leads nowhere is a file to be kept too.
      symlinkSync('nowhere', join(destination, 'ip-ranges.json'));
    },
  },
  {
    title: 'a destination on a file system without links',
    prepare: (destination) => {
      for (const name of ['cidrs.txt', 'manifest.json'])
        writeFileSync(join(destination, name), `old ${name}`);
    },
    hasNoLinks: true,
  },
];

/** Writes to a prepared destination on a disk of which some operations fail, and shows what came of it. */
function attempt(t: ExecutionContext, scenario: Scenario, fails: (index: number) => boolean) {
  const parent = temporaryDirectory(t);
  const destination = join(parent, 'ranges');
  mkdirSync(destination);
  scenario.prepare(destination);
  const before = snapshot(destination);
  let error: unknown;
  const fault = (index: number, operation: Operation) =>
    (scenario.hasNoLinks === true && operation === 'linkSync') || fails(index);
  const operations = onFailingDisk(fault, () => {
    try {
      writeTogether(destination, files);
    } catch (thrown) {
      error = thrown;
    }
  });
  return { parent, destination, before, after: snapshot(destination), error, operations };
}

/** Files by name, and where links lead; without the directories that a killed run leaves. */
function snapshot(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => !name.startsWith('.aws-ip-ranges-resource-'));
  const entries = names.map((name) => {
    const path = join(directory, name);
    return [name, lstatSync(path).isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'utf8')];
  });
  return Object.fromEntries(entries);
}

function isAside(name: string): boolean {
  return name.includes('.aws-ip-ranges-resource-');
}

for (const scenario of scenarios) {
  test.serial(
    `${scenario.title}: a disk that fails once leaves it complete or as it was, and nothing aside`,
    (t) => {
      const { operations } = attempt(t, scenario, () => false);
      t.true(operations.length > 5);
      for (let at = 0; at < operations.length; at++) {
        const {
          parent,
          destination,
          before,
          after,
          error,
          operations: asked,
        } = attempt(t, scenario, (i) => i === at);
        if (error === undefined) {
          t.deepEqual(after, { ...before, ...complete }, `operation ${at}`);
        } else {
          t.true(error instanceof UserError);
          t.regex(String(error), /cannot write to ".*": EIO: .*; the destination is as it was before$/);
          t.deepEqual(after, before, `operation ${at}`);
        }
        // Only what could not be removed is left.
        if (asked[at] === 'rmSync') continue;
        t.deepEqual(readdirSync(parent), ['ranges'], `operation ${at}`);
        t.deepEqual(readdirSync(destination).filter(isAside), [], `operation ${at}`);
      }
    },
  );

  test.serial(
    `${scenario.title}: a disk that fails from some moment on, or a kill, leaves whole files`,
    (t) => {
      const { operations } = attempt(t, scenario, () => false);
      for (let at = 0; at < operations.length; at++) {
        const { parent, destination, before, after, error } = attempt(t, scenario, (index) => index >= at);
        const isUntouched = JSON.stringify(after) === JSON.stringify(before);
        const isComplete = files.every(({ name }) => after[name] === complete[name]);
        if (error === undefined) t.true(isComplete, `operation ${at}`);
        else if (isUntouched) t.regex(String(error), /EIO: .*; the destination is as it was before$/);
        else
          t.regex(
            String(error),
            /EIO: .*; some of the new files are there, since taking them back failed: EIO/,
          );
        if (Object.keys(before).length === 0) t.true(isUntouched || isComplete, `operation ${at}`);
        for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
          const isMissing = scenario.hasNoLinks === true && after[name] === undefined;
          t.true(
            isMissing || [before[name], complete[name]].includes(after[name]),
            `operation ${at}: ${name}`,
          );
        }
        writeTogether(destination, files);
        t.like(snapshot(destination), complete);
        t.deepEqual(readdirSync(parent), ['ranges'], 'the later run removes what was left');
        t.deepEqual(readdirSync(destination).filter(isAside), []);
      }
    },
  );
}

test.serial('a file that was linked elsewhere keeps its content there', (t) => {
  const scenario = {
    title: '',
    prepare: (destination: string) => {
      writeFileSync(join(destination, 'cidrs.txt'), 'old');
      linkSync(join(destination, 'cidrs.txt'), join(destination, 'other'));
    },
  };
  t.deepEqual(attempt(t, scenario, () => false).after, { ...complete, other: 'old' });
});

/** A server with a document of about 100 KB, and the request for its version. */
async function setUp(t: ExecutionContext): Promise<{ source: object; version: Version }> {
  const document = JSON.parse(documentWith('1724938990')) as { prefixes: unknown[] };
  for (let i = 0; i < 800; i++)
    document.prefixes.push(...ipv4('EC2', 'us-east-1', `10.${i >> 8}.${i & 255}.0/24`));
  const server = await startServer(t, documentHandler(JSON.stringify(document)));
  const source = s3Source(server.url);
  return { source, version: await check(t, { source }) };
}

mountTest('no space: the destination stays as it was, and nothing is left', async (t) => {
  const request = await setUp(t);
  const disk = temporaryDirectory(t);
  mountMemory(t, disk);
  const destination = join(disk, 'ranges');
  mkdirSync(destination);
  for (const expected of [{}, { 'cidrs.txt': 'old', mine: 'kept' }]) {
    for (const [name, text] of Object.entries(expected)) writeFileSync(join(destination, name), text);
    const outcome = await run('in', { ...request, params: { document: true } }, { args: [destination] });
    assertFailure(
      t,
      outcome,
      /cannot write to ".*ranges": no space is left on the disk; the destination is as it was before\n/,
    );
    t.deepEqual(await readFiles(destination), expected);
    t.deepEqual(readdirSync(disk), ['ranges']);
  }
});

mountTest('no space on a destination that is a mount point', async (t) => {
  const request = await setUp(t);
  const disk = temporaryDirectory(t);
  mountMemory(t, disk);
  const outcome = await run('in', { ...request, params: { document: true } }, { args: [disk] });
  assertFailure(t, outcome, /no space is left on the disk; the destination is as it was before\n/);
  t.deepEqual(readdirSync(disk), []);
});

mountTest('a read-only destination is refused and stays as it was', async (t) => {
  const request = await setUp(t);
  const disk = temporaryDirectory(t);
  mountMemory(t, disk, '1m');
  const [empty, full] = [join(disk, 'empty'), join(disk, 'full')];
  mkdirSync(empty);
  mkdirSync(full);
  writeFileSync(join(full, 'cidrs.txt'), 'old');
  makeReadOnly(disk);
  for (const destination of [empty, full]) {
    const outcome = await run('in', request, { args: [destination] });
    assertFailure(
      t,
      outcome,
      /cannot write to ".*": the file system is read-only; the destination is as it was before\n/,
    );
  }
  t.deepEqual([await readFiles(empty), await readFiles(full)], [{}, { 'cidrs.txt': 'old' }]);
});

mountTest(
  'a destination that is a mount point is filled, as on a worker where each volume is one',
  async (t) => {
    const request = await setUp(t);
    const parent = temporaryDirectory(t);
    const [memory, bound, source] = ['memory', 'bound', 'source'].map((name) => join(parent, name)) as [
      string,
      string,
      string,
    ];
    for (const directory of [memory, bound, source]) mkdirSync(directory);
    mountMemory(t, memory, '10m');
    mountDirectory(t, source, bound);
    for (const destination of [memory, bound]) {
      const before = statSync(destination).ino;
      await succeed(t, 'in', request, destination);
      t.is(statSync(destination).ino, before);
      t.deepEqual(readdirSync(destination).sort(), filesOfGet());
    }
    t.deepEqual(readdirSync(parent).sort(), ['bound', 'memory', 'source']);
  },
);

mountTest('a destination in a read-only directory is filled', async (t) => {
  const request = await setUp(t);
  const parent = temporaryDirectory(t);
  mountMemory(t, parent);
  const destination = join(parent, 'ranges');
  mkdirSync(destination);
  mountMemory(t, destination, '10m');
  makeReadOnly(parent);
  await succeed(t, 'in', request, destination);
  t.deepEqual(readdirSync(destination).sort(), filesOfGet());
});

mountTest("another user's destination that all may write to is filled", async (t) => {
  const request = await setUp(t);
  const parent = temporaryDirectory(t);
  const destination = join(parent, 'ranges');
  mkdirSync(destination);
  for (const directory of [parent, destination]) chmodSync(directory, 0o777);
  const nobody = { uid: 65534, gid: 65534 };
  if (spawnSync(process.execPath, ['--version'], nobody).status !== 0) {
    t.pass('no other user can run Node here');
    return;
  }
  // Not from where it was built, which may be closed to others.
  const copy = join(parent, 'in');
  copyFileSync(executable('in'), copy);
  const child = spawn(process.execPath, [copy, destination], {
    ...nobody,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(JSON.stringify(request));
  t.deepEqual(await once(child, 'close'), [0, null]);
  t.is(statSync(destination).uid, 0);
  t.deepEqual(readdirSync(destination).sort(), filesOfGet());
  t.deepEqual(readdirSync(parent).sort(), ['in', 'ranges']);
});

test('a missing destination, a file in its place and a link to nowhere are refused, and nothing is created', async (t) => {
  const request = await setUp(t);
  const parent = temporaryDirectory(t);
  writeFileSync(join(parent, 'file'), 'kept');
  symlinkSync(join(parent, 'nowhere'), join(parent, 'link'));
  for (const [name, pattern] of [
    [
      'missing',
      /the destination ".*missing" cannot be used: there is no such file or directory; create the directory first/,
    ],
    ['file', /the destination ".*file" is not a directory/],
    [
      'file/below',
      /the destination ".*below" cannot be used: a part of its path is a file, not a directory; create/,
    ],
    ['link', /the destination ".*link" cannot be used: there is no such file or directory; create/],
  ] as const) {
    assertFailure(t, await run('in', request, { args: [join(parent, name)] }), pattern);
  }
  t.deepEqual(readdirSync(parent).sort(), ['file', 'link']);
  t.false(existsSync(join(parent, 'nowhere')));
});

test('a destination by way of a link is filled where the link leads', async (t) => {
  const request = await setUp(t);
  const parent = temporaryDirectory(t);
  mkdirSync(join(parent, 'ranges'));
  symlinkSync('ranges', join(parent, 'link'));
  await succeed(t, 'in', request, join(parent, 'link'));
  t.is(readlinkSync(join(parent, 'link')), 'ranges');
  t.deepEqual(readdirSync(join(parent, 'ranges')).sort(), filesOfGet());
  t.deepEqual(readdirSync(parent).sort(), ['link', 'ranges']);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} while in waits leaves the destination as it was, and that is said`, async (t) => {
    const { version } = await setUp(t);
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    // Half a document, and then nothing.
    const server = await startServer(t, (_request, response) => {
      response.write(incident.slice(0, 900), () => arrive());
    });
    const parent = temporaryDirectory(t);
    const destination = join(parent, 'ranges');
    mkdirSync(destination);
    writeFileSync(join(destination, 'cidrs.txt'), 'old');
    const child = spawn(executable('in'), [destination]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const closed = once(child, 'close');
    const params = { document: true };
    child.stdin.end(JSON.stringify({ source: s3Source(server.url), version, params }));
    await arrived;
    child.kill(signal);
    t.is((await closed)[0], signal === 'SIGTERM' ? 143 : 130);
    t.true(stderr.endsWith(`stopped by ${signal}; the destination is as it was before\n`), stderr);
    t.deepEqual(await readFiles(destination), { 'cidrs.txt': 'old' });
    t.deepEqual(readdirSync(parent), ['ranges']);
  });
}
