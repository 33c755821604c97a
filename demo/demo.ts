// npm run demo: the day of the incident with this resource in the pipeline, on documents of its own, without a network.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DemoFailure, openResource, startingFrom } from './resource.ts';
import { openPublisher } from './server.ts';
import { tellStory } from './story.ts';
import { openTerminal, wantsColour } from './terminal.ts';

const usage = `npm run demo

Runs the built check, in and out in the order of the incident of 29 August
2024, against a server on loopback that takes AWS's place, and ends with an
error when one of them does not do what is said. It needs no network.
The documents are AWS's own, shortened (demo/documents/README.md).
`;

const args = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'aws-ip-ranges-demo-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
try {
  if (args.length === 0) await show();
  else if (args.join() === '--help') process.stdout.write(usage);
  else throw new DemoFailure(`unknown arguments: ${args.join(' ')}; there is --help`);
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
}

async function show(): Promise<void> {
  const publisher = await openPublisher();
  try {
    // check keeps its memory here, so that nothing of an earlier run is in it; and no proxy of the caller's is asked.
    const TMPDIR = join(directory, 'tmp');
    mkdirSync(TMPDIR);
    const folder = fileURLToPath(new URL('../dist', import.meta.url));
    const resource = openResource(startingFrom(folder, { PATH: process.env['PATH'], TMPDIR }));
    const terminal = openTerminal(wantsColour(), (text) => process.stdout.write(text));
    await tellStory({ resource, publisher, directory, terminal });
  } finally {
    await publisher.close();
  }
}
