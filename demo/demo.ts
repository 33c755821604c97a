// npm run demo: the day of the incident with this resource in the pipeline, on documents of its own, without a network.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DemoFailure, openResource, startingFrom } from './resource.ts';
import { openPublisher } from './server.ts';
import { tellStory } from './story.ts';
import { openTerminal, wantsColour } from './terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'aws-ip-ranges-demo-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
const publisher = await openPublisher();
try {
  // check keeps its memory here, so that nothing of an earlier run is in it; and no proxy of the caller's is asked.
  const TMPDIR = join(directory, 'tmp');
  mkdirSync(TMPDIR);
  const folder = fileURLToPath(new URL('../dist', import.meta.url));
  const resource = openResource(startingFrom(folder, { PATH: process.env['PATH'], TMPDIR }));
  const terminal = openTerminal(wantsColour(), (text) => process.stdout.write(text));
  await tellStory({ resource, publisher, directory, terminal });
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await publisher.close();
}
