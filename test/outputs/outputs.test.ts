// What in writes: whatever fails, no half file, and manifest.json only beside all others; rules that Cloud Foundry takes.
import { execFileSync } from 'node:child_process';
import fs, {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseInParams } from '../../src/config/params.ts';
import { remarkOnGroup, securityGroup } from '../../src/outputs/security-group.ts';
import { writeFiles } from '../../src/outputs/writer.ts';
import { select } from '../../src/selection/select.ts';
import { filesOfGet } from '../helpers/contract.ts';
import { incident } from '../helpers/documents.ts';
import { assertFailure, check, readFiles, run, succeed } from '../helpers/executables.ts';
import { criteriaOf, documentOf } from '../helpers/ip-ranges.ts';
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

/** Functions that change a disk. */
const operations = ['writeFileSync', 'renameSync', 'unlinkSync'] as const;

/** Writes the files to a disk of which every operation fails whose number, from 0, `fails` chooses; a file is then half written. */
function writeFailing(destination: string, fails: (index: number) => boolean) {
  let asked = 0;
  const originals = Object.fromEntries(operations.map((name) => [name, fs[name]]));
  for (const name of operations) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    const failing = (...args: unknown[]) => {
      if (!fails(asked++)) return original(...args);
      if (name === 'writeFileSync') original(args[0], String(args[1]).slice(0, 100), args[2]);
      throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO', syscall: name });
    };
    Object.assign(fs, { [name]: failing });
  }
  syncBuiltinESMExports();
  let error = 'none';
  try {
    writeFiles(destination, files);
  } catch (thrown) {
    error = String(thrown);
  } finally {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  }
  return { error, operations: asked };
}

const destinations: [title: string, prepare: (destination: string) => void][] = [
  ['an empty destination', () => undefined],
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
        const ending = writeFailing(destination, fails);
        return { destination, before, after: snapshot(destination), ...ending };
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
    ['missing', 'there is no such file or directory; create the directory first'],
    ['file', 'a part of its path is a file, not a directory'],
    ['file/below', 'a part of its path is a file, not a directory; create the directory first'],
    ['link', 'there is no such file or directory; create the directory first'],
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
    t.deepEqual(readFiles(disk), { 'cidrs.txt': 'old', 'manifest.json': 'old' });
    execFileSync('mount', ['-o', 'remount,ro', disk]);
  }
});

// Rules of a Cloud Foundry security group: Cloud Foundry refuses the whole group for one that it does not take.

/** The rules of a selection, and the remark on what they leave out. */
function rulesOf(
  cidrs: readonly string[],
  group: object = {},
  source: Readonly<Record<string, unknown>> = {},
) {
  const criteria = criteriaOf({ allow_empty: true, regions: ['us-gov-west-1'], ...source });
  const document = documentOf([
    ...cidrs.map((cidr) => `${cidr} S3 us-gov-west-1`),
    '9.0.0.0/8 EC2 us-gov-west-1',
    '8.0.0.0/8 S3 us-east-1',
  ]);
  const selection = select(document, criteria);
  const { security_group: params } = parseInParams({ security_group: group });
  return { rules: securityGroup(selection, criteria, params), remark: remarkOnGroup(selection, params) };
}

const four = ['10.0.0.0/24', '10.0.1.0/24'];
const six = ['2600::/32'];

test('rules are of IPv4 alone unless ip_versions says otherwise, and what is left out unasked is told', (t) => {
  for (const [cidrs, ip_versions, expected, isTold] of [
    [[...four, ...six], undefined, four, true],
    [six, undefined, six, false],
    [[], undefined, [], false],
    [[...four, ...six], [4], four, false],
    [[...four, ...six], [6, 4], [...four, ...six], false],
  ] as const) {
    const { rules, remark } = rulesOf(cidrs, ip_versions && { ip_versions });
    t.deepEqual(
      rules.map(({ destination }) => destination),
      [...expected],
    );
    t.is(remark?.startsWith('security-group.json has no rule for 1 IPv6 CIDR: ') === true, isTold);
  }
});

test('families without a CIDR are an error, an empty selection is none; rules for every protocol carry no ports', (t) => {
  const message = /^params\.security_group\.ip_versions is \[6\], and the selection has no IPv6 CIDR, so/;
  t.throws(() => rulesOf(four, { ip_versions: [6] }), { name: 'UserError', message });
  t.deepEqual(rulesOf([], { ip_versions: [6] }).rules, []);
  t.false('ports' in (rulesOf(four, { protocol: 'all' }).rules[0] ?? { ports: 443 }));
});

test('combine: true writes one rule for up to 6,000 CIDRs, without white space', (t) => {
  const [rule, ...others] = rulesOf(four, { combine: true }).rules;
  t.is(rule?.destination, '10.0.0.0/24,10.0.1.0/24');
  t.deepEqual(others, []);
  const many = Array.from({ length: 6001 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
  const sizes = (cidrs: readonly string[]) =>
    rulesOf(cidrs, { combine: true }).rules.map(({ destination }) => destination.split(',').length);
  t.deepEqual(sizes(many.slice(1)), [6000]);
  t.deepEqual(sizes(many), [6000, 1]);
});

test('the description says what the source selects, unless the params have one', (t) => {
  const description = (source: Readonly<Record<string, unknown>>, group = {}) =>
    rulesOf(four, group, source).rules[0]?.description;
  t.is(description({}), 'AWS S3 us-gov-west-1');
  t.is(
    description({
      services: ['s3'],
      exclude_services: ['ec2'],
      regions: ['us-gov-west-1'],
      network_border_groups: ['us-gov-*'],
      ip_versions: [4],
      aggregate: true,
    }),
    'AWS S3 without EC2 us-gov-west-1 border group us-gov-*',
  );
  t.is(description({}, { description: 'mine' }), 'mine');
});
