// Years of documents: their replay stays small, and takes little longer than parsing them. REPLAY_DOCUMENTS says how
// many; only then is time a matter of the test, as the machine must have nothing else to do for that.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeArchive } from '../helpers/archive.ts';
import { corpusDocument, corpusTest, corpusTokens } from '../helpers/corpus.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const asked = process.env['REPLAY_DOCUMENTS'];
const count = Number(asked ?? 60);

/** What the whole process took, printed as it ends: peak memory in MiB, processor time in seconds. */
const measured = `
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write(\`took \${maxRSS / 1024} MiB, \${(userCPUTime + systemCPUTime) / 1e6} s\\n\`);
});`;

/** Decompresses an archive, and parses each file in it: the least that anyone must do. */
const parsingAlone = `
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
const entries = createReadStream(process.argv[1]).pipe(createGunzip()).pipe(extract());
for await (const entry of entries) {
  const chunks = [];
  for await (const chunk of entry) chunks.push(chunk);
  JSON.parse(Buffer.concat(chunks).toString('latin1'));
}`;

/** Most sources, and the service with the most CIDRs. */
const services = ['S3', 'EC2'];

/** The document again and again, with tokens three hours apart, and each with a CIDR of its own for each of the services. */
function* documents(document: Buffer): Generator<[string, Buffer]> {
  const text = document.toString('latin1');
  const entries = services.map((service) => {
    const pattern = `"ip_prefix": "([^"]*)",\\s*"region": "[^"]*",\\s*"service": "${service}"`;
    const [entry = '', cidr = ''] = new RegExp(pattern).exec(text) ?? [];
    return { entry, cidr };
  });
  const { syncToken } = JSON.parse(text) as { syncToken: string };
  for (let index = 0; index < count; index++) {
    const token = String(1_500_000_000 + index * 3 * 3600);
    const own = `10.${index >> 8}.${index & 255}.0/24`;
    const changed = entries.reduce(
      (all, { entry, cidr }) => all.replace(entry, entry.replace(cidr, own)),
      text,
    );
    yield [`${token}.json`, Buffer.from(changed.replace(syncToken, token), 'latin1')];
  }
}

corpusTest(`${count} documents of 2.6 MB in an archive take less than 250 MiB of memory`, async (t) => {
  t.timeout(20 * 60_000);
  const directory = temporaryDirectory(t);
  const archive = join(directory, 'documents.tar.gz');
  await writeArchive(archive, documents(corpusDocument(corpusTokens().at(-1) ?? '')));

  const baseline = run(['--input-type=module', '-e', parsingAlone, archive]);
  t.is(baseline.status, 0, baseline.stderr);
  for (const service of services) {
    const source = join(directory, `${service}.json`);
    writeFileSync(source, JSON.stringify({ services: [service] }));
    const replay = run([...script(), archive, '--source', source]);
    t.is(replay.status, 0, replay.stderr);
    t.true(replay.stdout.startsWith(`${service}, all regions: ${count} publications\n`), replay.stdout);
    t.regex(
      replay.stdout,
      new RegExp(`^ {2}version_on: syncToken ${count}\n {2}version_on: cidrs {5}${count}$`, 'm'),
    );
    t.true(replay.peak < 250, `${replay.peak} MiB`);
    const ratios = { wall: replay.wall / baseline.wall, processor: replay.processor / baseline.processor };
    const shown = `wall ${ratios.wall.toFixed(2)}, processor ${ratios.processor.toFixed(2)} times decompressing and parsing`;
    t.log(`${service}: ${Math.round(replay.peak)} MiB; ${replay.wall.toFixed(1)} s; ${shown}`);
    if (asked !== undefined) t.true(ratios.wall <= 1.5 && ratios.processor <= 1.5, shown);
  }
});

/** The arguments of node in `npm run replay`. */
function script(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { replay: string } };
  return scripts.replay.split(' ').slice(1);
}

/** Runs node, and measures it in seconds and MiB. */
function run(args: readonly string[]) {
  const probe = `--import=data:text/javascript,${encodeURIComponent(measured)}`;
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [probe, ...args], { encoding: 'utf8' });
  const wall = (performance.now() - start) / 1000;
  const [, peak, processor] = /took ([\d.]+) MiB, ([\d.]+) s/.exec(stderr) ?? [];
  return { status, stdout, stderr, wall, peak: Number(peak), processor: Number(processor) };
}
