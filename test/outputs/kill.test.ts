// SIGKILL at any moment: a killed `in` leaves an empty destination complete or untouched, and one with files without half a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { documentWith, incidentCidrs, ipv4, ipv6, s3Source } from '../helpers/documents.ts';
import { check, installed, readFiles, succeed, type Version } from '../helpers/executables.ts';
import { documentHandler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Kills spread over a run: few for a change, as many as KILLS says on demand. */
const kills = Number(process.env['KILLS'] ?? 60);

/** Processes at a time: as many as a small machine can really run. */
const parallel = 3;

const leftover = /^\.(.*\.)?aws-ip-ranges-resource-/;

type Files = Readonly<Record<string, string>>;

interface Subject {
  readonly request: { readonly source: object; readonly version: Version };
  /** What an undisturbed run writes. */
  readonly files: Files;
}

/** A document of real size that grows to `padding` characters more, and what `in` makes of it. */
async function publish(
  t: ExecutionContext,
  token: string,
  cidrs = incidentCidrs,
  padding = 0,
): Promise<Subject> {
  const document = JSON.parse(documentWith(token, cidrs)) as Record<'prefixes' | 'ipv6_prefixes', unknown[]>;
  for (let i = 0; i < 10_000; i++) {
    document.prefixes.push(...ipv4('EC2', 'us-east-1', `10.${i >> 8}.${i & 255}.0/24`));
    if (i < 6000)
      document.ipv6_prefixes.push(...ipv6('EC2', 'us-east-1', `2600:1f00:${(4096 + i).toString(16)}::/48`));
  }
  const text = JSON.stringify(
    { ...document, ...(padding > 0 && { padding: 'x'.repeat(padding) }) },
    undefined,
    2,
  );
  const server = await startServer(t, documentHandler(text));
  const source = s3Source(server.url);
  const request = { source, version: await check(t, { source }) };
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', request, directory);
  return { request, files: await readFiles(directory) };
}

/** An empty destination in a directory of its own. */
async function newDestination(t: ExecutionContext): Promise<{ parent: string; destination: string }> {
  const parent = temporaryDirectory(t);
  const destination = join(parent, 'ranges');
  await mkdir(destination);
  return { parent, destination };
}

/** Runs `in` and has it killed when `moment` comes. Resolves with whether it was. */
async function runKilled(
  { request }: Subject,
  destination: string,
  moment: (kill: () => void) => () => void,
): Promise<boolean> {
  const child = spawn(installed('in'), [destination], { stdio: ['pipe', 'ignore', 'ignore'] });
  const closed = once(child, 'close');
  const cancel = moment(() => void child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(request));
  const [, signal] = await closed;
  cancel();
  return signal === 'SIGKILL';
}

const after = (milliseconds: number) => (kill: () => void) => {
  const timer = setTimeout(kill, milliseconds);
  return () => clearTimeout(timer);
};

/** So many milliseconds after something appears in the directory: `in` has begun to write. */
const afterWritingIn = (directory: string, milliseconds: number) => (kill: () => void) => {
  const watcher = watch(directory, () => setTimeout(kill, milliseconds));
  return () => watcher.close();
};

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

/** Milliseconds that an undisturbed run takes while as many others run. */
async function measure(t: ExecutionContext, subject: Subject): Promise<number> {
  const durations = await inParallel(Array(parallel).fill(0), async () => {
    const { destination } = await newDestination(t);
    const started = performance.now();
    t.false(await runKilled(subject, destination, () => () => undefined));
    return performance.now() - started;
  });
  return durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
}

async function isComplete(t: ExecutionContext, destination: string, files: Files): Promise<boolean> {
  const found = await readFiles(destination);
  if (Object.keys(found).length === 0) return false;
  // Not deepEqual: the difference of two documents of this size takes longer than the test.
  t.true(JSON.stringify(found) === JSON.stringify(files), `${Object.keys(found)} in the destination`);
  return true;
}

/** A later run into the same destination makes up for the killed one, and leaves nothing aside. */
async function assertMended(
  t: ExecutionContext,
  subject: Subject,
  parent: string,
  more: Files = {},
): Promise<void> {
  const destination = join(parent, 'ranges');
  await succeed(t, 'in', subject.request, destination);
  t.true(await isComplete(t, destination, sorted({ ...subject.files, ...more })));
  t.deepEqual(await readdir(parent), ['ranges']);
}

const sorted = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));

test.serial(
  `${kills} kills spread over a run leave an empty destination complete or untouched`,
  async (t) => {
    const subject = await publish(t, '1724938990');
    const [moments, rounds] = [kills, Math.ceil(kills / 30)];
    const tally = { complete: 0, untouched: 0, leftovers: 0 };
    for (let round = 0; round < rounds; round++) {
      // Measured anew, since the machine may have other work by now.
      const span = 1.2 * (await measure(t, subject));
      const delays = Array.from(
        { length: moments / rounds },
        (_, i) => (span * (i * rounds + round)) / (moments - 1),
      );
      await inParallel(delays, async (delay) => {
        const { parent, destination } = await newDestination(t);
        await runKilled(subject, destination, after(delay));
        tally[(await isComplete(t, destination, subject.files)) ? 'complete' : 'untouched']++;
        const aside = (await readdir(parent)).filter((name) => name !== 'ranges');
        if (aside.length === 0) return;
        tally.leftovers++;
        t.true(aside.length === 1 && leftover.test(aside[0] ?? ''), aside.join());
        if (tally.leftovers <= 5) await assertMended(t, subject, parent);
      });
    }
    t.log(
      `${tally.complete} complete, ${tally.untouched} untouched, ${tally.leftovers} with a directory left aside`,
    );
    t.is(tally.complete + tally.untouched, moments);
    t.true(tally.complete > 0 && tally.untouched > 0);
  },
);

test.serial('kills while it writes leave an empty destination complete or untouched', async (t) => {
  const subject = await publish(t, '1724938990', incidentCidrs, 20_000_000);
  let leftovers = 0;
  await inParallel([...Array(20).keys()], async (delay) => {
    const { parent, destination } = await newDestination(t);
    await runKilled(subject, destination, afterWritingIn(parent, delay / 2));
    await isComplete(t, destination, subject.files);
    if ((await readdir(parent)).length === 1) return;
    leftovers++;
    if (leftovers <= 3) await assertMended(t, subject, parent);
  });
  t.log(`${leftovers} of 20 with a directory left aside`);
  t.true(leftovers > 0, 'none was killed while it wrote');
});

test.serial('kills while it writes beside other files leave each of them whole, old or new', async (t) => {
  const older = await publish(t, '1724884996', incidentCidrs.slice(1));
  const subject = await publish(t, '1724938990', incidentCidrs, 20_000_000);
  const before = { ...older.files, mine: 'kept' };
  const tally = { old: 0, new: 0, mixed: 0, leftovers: 0 };
  await inParallel([...Array(30).keys()], async (delay) => {
    const { parent, destination } = await newDestination(t);
    for (const [name, text] of Object.entries(before)) await writeFile(join(destination, name), text);
    await runKilled(subject, destination, afterWritingIn(destination, 2 * delay));
    const names = await readdir(destination);
    const visible = names.filter((name) => !leftover.test(name));
    t.deepEqual(visible.sort(), Object.keys(before).sort());
    const found = await readFilesNamed(destination, visible);
    const renewed = visible.filter((name) => name !== 'mine' && found[name] === subject.files[name]);
    for (const name of visible) {
      t.true(
        found[name] === before[name as keyof typeof before] || renewed.includes(name),
        `${name} is neither`,
      );
    }
    const isNew = renewed.length === Object.keys(subject.files).length;
    tally[isNew ? 'new' : renewed.some((name) => found[name] !== older.files[name]) ? 'mixed' : 'old']++;
    if (names.length === visible.length) return;
    tally.leftovers++;
    if (tally.leftovers <= 3) await assertMended(t, subject, parent, { mine: 'kept' });
  });
  t.log(
    `${tally.old} old, ${tally.new} new, ${tally.mixed} mixed, ${tally.leftovers} with a directory left aside`,
  );
  t.true(tally.leftovers > 0, 'none was killed while it wrote');
});

async function readFilesNamed(directory: string, names: readonly string[]): Promise<Files> {
  const read = names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(read));
}
