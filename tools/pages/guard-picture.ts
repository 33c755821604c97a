// The picture of the guard's verdict, docs/guard.svg: what `out` says of rules that hold two of the five ranges that AWS
// published on 29 August 2024. `tsx tools/pages/guard-picture.ts` writes it from the executables in dist/.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { incidentDay, readDocument } from '../../demo/publications.ts';
import { openResource, type Run, startingFrom } from '../../demo/resource.ts';
import { openPublisher } from '../../demo/server.ts';
import { twoRanges } from '../../demo/story.ts';

const rules = twoRanges.map((destination) => ({
  protocol: 'tcp',
  destination,
  ports: '443',
}));

/** Draws the picture, of runs against a server on loopback. */
export async function guardPicture(run: Run): Promise<string> {
  const publisher = await openPublisher();
  const directory = mkdtempSync(join(tmpdir(), 'guard-picture-'));
  try {
    publisher.publish(readDocument(incidentDay));
    const source = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4], url: publisher.url };
    const resource = openResource(run);
    const version = await resource.check(source);
    const published = await resource.get(source, version, join(directory, 'ranges'));
    mkdirSync(join(directory, 'planned'));
    writeFileSync(join(directory, 'planned/rules.json'), JSON.stringify(rules));
    const { exitCode, stderr } = await resource.put(source, directory, {
      rules: 'planned/rules.json',
      ranges: 'ranges',
    });
    if (exitCode !== 1) throw new Error(`the guard ended with exit code ${exitCode}: ${stderr}`);
    return draw(published, stderr);
  } finally {
    rmSync(directory, { recursive: true });
    await publisher.close();
  }
}

/** The published CIDRs beside what the verdict says of each, and its first line below. */
function draw(published: readonly string[], verdict: string): string {
  const [, sentence, traffic] =
    /rules\.json (leaves out \d+ of \d+ published CIDRs) for (tcp \d+) /.exec(verdict) ?? [];
  if (sentence === undefined || traffic === undefined)
    throw new Error(`the guard says something else: ${verdict}`);
  const missing = published.filter((cidr) => new RegExp(`^ *missing +${cidr}(?: |$)`, 'm').test(verdict));
  const rows = published.flatMap((cidr, index) => {
    const y = 84 + 23 * index;
    const state = missing.includes(cidr) ? 'missing' : 'allowed';
    return [text('mono', 20, y, cidr), text(`mono ${state}`, 275, y, state)];
  });
  const below = 84 + 23 * published.length;
  const title = `Rules of 29 August 2024: ${missing.length} of ${published.length} published ranges are missing, and the guard fails the build`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 440 ${below + 80}" width="440" height="${below + 80}" role="img" aria-labelledby="title">`,
    `<title id="title">${title}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" x=".5" y=".5" width="439" height="${below + 79}" rx="6"/>`,
    text('head', 20, 30, 'Egress rules about to be deployed, 29 August 2024'),
    text('quiet', 20, 57, 'AWS publishes for S3, us-gov-west-1'),
    text('quiet', 275, 57, `the new rules, ${traffic}`),
    ...rows,
    `<rect class="bar" x="12" y="${below - 9}" width="416" height="77" rx="6"/>`,
    text('mono missing', 24, below + 13, 'put: guard failed'),
    text('mono', 24, below + 35, sentence),
    text('quiet', 24, below + 57, 'The build stops here, and nothing is deployed.'),
    '</svg>',
    '',
  ].join('\n');
}

function text(kind: string, x: number, y: number, content: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${content}</text>`;
}

const style = [
  'text{font:14px system-ui,-apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;fill:#1f2328}',
  '.mono{font:15px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}',
  '.head{font-size:16px;font-weight:600}.quiet{fill:#59636e}',
  '.allowed{fill:#1a7f37}.missing{fill:#d1242f;font-weight:600}',
  '.ground{fill:#fff;stroke:#d1d9e0}.bar{fill:#ffebe9}',
  '@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.allowed{fill:#3fb950}',
  '.missing{fill:#ff7b72}.ground{fill:#0d1117;stroke:#3d444d}.bar{fill:#3c1618}}',
].join('');

if (import.meta.filename === process.argv[1]) {
  writeFileSync('docs/guard.svg', await guardPicture(startingFrom('dist', { PATH: process.env['PATH'] })));
}
