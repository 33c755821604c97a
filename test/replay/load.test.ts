// Years of documents: their replay stays small, and takes little longer than parsing them. REPLAY_DOCUMENTS says how
// many; only then is time a matter of the test, as the machine must have nothing else to do for that.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import ava from 'ava';
import { writeArchive } from '../helpers/archive.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const folder = process.env['IP_RANGES_CORPUS'];
const test = folder ? ava : ava.skip;
const asked = process.env['REPLAY_DOCUMENTS'];
const count = Number(asked ?? 150);

/** Memory of the whole process at its peak, printed as it ends. */
const measured = `
process.on('exit', () => process.stderr.write(\`peak \${process.resourceUsage().maxRSS / 1024} MiB\\n\`));`;

/** Decompresses an archive, and parses one of its documents as often as it has some. */
const parsingAlone = `
import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip, gunzipSync } from 'node:zlib';
const [archive, document, count] = process.argv.slice(1);
for await (const chunk of createReadStream(archive).pipe(createGunzip())) chunk.length;
const text = gunzipSync(readFileSync(document)).toString('latin1');
for (let i = 0; i < Number(count); i++) JSON.parse(text);`;

/** The document again and again, with tokens three hours apart. */
function* documents(document: Buffer): Generator<[string, Buffer]> {
  const { syncToken } = JSON.parse(document.toString()) as { syncToken: string };
  const position = document.indexOf(syncToken);
  for (let index = 0; index < count; index++) {
    const token = String(1_500_000_000 + index * 3 * 3600);
    const bytes = Buffer.from(document);
    bytes.write(token, position);
    yield [`${token}.json`, bytes];
  }
}

test(`${count} documents of 2.6 MB in an archive take less than 250 MiB of memory`, async (t) => {
  t.timeout(20 * 60_000);
  const directory = temporaryDirectory(t);
  const newest = join(
    folder ?? '',
    readdirSync(folder ?? '')
      .filter((name) => name.endsWith('.json.gz'))
      .sort()
      .at(-1) ?? '',
  );
  const archive = join(directory, 'documents.tar.gz');
  await writeArchive(archive, documents(gunzipSync(readFileSync(newest))));

  const probe = `--import=data:text/javascript,${encodeURIComponent(measured)}`;
  const replay = run([probe, ...script(), archive]);
  t.is(replay.status, 0, replay.stderr);
  t.true(replay.stdout.startsWith(`S3, all regions: ${count} publications\n`), replay.stdout);
  t.regex(replay.stdout, new RegExp(`^ {2}version_on: syncToken ${count}\n {2}version_on: cidrs {5}1$`, 'm'));

  const peak = Number(/peak ([\d.]+) MiB/.exec(replay.stderr)?.[1]);
  t.true(peak < 250, `${peak} MiB`);
  const baseline = run(['--input-type=module', '-e', parsingAlone, archive, newest, String(count)]);
  t.is(baseline.status, 0, baseline.stderr);
  const ratio = replay.seconds / baseline.seconds;
  t.log(
    `${Math.round(peak)} MiB; ${replay.seconds.toFixed(1)} s, ${ratio.toFixed(2)} times decompressing and parsing`,
  );
  if (asked !== undefined) t.true(ratio <= 1.5, `${ratio} times as long as parsing alone`);
});

/** The arguments of node in `npm run replay`. */
function script(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { replay: string } };
  return scripts.replay.split(' ').slice(1);
}

function run(args: readonly string[]) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr, seconds: (performance.now() - start) / 1000 };
}
