// npm run demo: the main job on documents of its own, without a network; with --live, check and in against AWS.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openExecutables } from './executables.ts';
import { DemoFailure } from './failure.ts';
import { showLive } from './live.ts';
import { openPublisher } from './server.ts';
import { tellStory } from './story.ts';
import { openTerminal, wantsColour } from './terminal.ts';

const folder = fileURLToPath(new URL('../dist', import.meta.url));
const terminal = openTerminal(wantsColour(), (text) => process.stdout.write(text));

const usage = `npm run demo [-- --live | --help]

Runs the built check, in and out in the order of the incident of 29 August
2024, and ends with an error when one of them does not do what is said here:

  1  check finds what AWS published on that day
  2  in writes the five ranges
  3  out stops a build that allows two of them
  4  out passes a build that allows all five
  5  check, with version_on: cidrs, skips publications with the same list
  6  in still serves the version of that day, which holds its list

It needs no network: AWS is a server on loopback, with documents that the
repository carries (demo/documents/README.md). It takes some seconds.

  --live  runs check and in against what AWS publishes now, over the network
  --help  this text
`;

try {
  const [mode, ...rest] = process.argv.slice(2);
  if (rest.length > 0 || !(mode === undefined || mode === '--live' || mode === '--help')) {
    throw new DemoFailure(
      `unknown arguments: ${process.argv.slice(2).join(' ')}; there are --live and --help`,
    );
  }
  if (mode === '--help') process.stdout.write(usage);
  else await show(mode);
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
}

async function show(mode: '--live' | undefined): Promise<void> {
  const directory = makeDirectory();
  // Where check keeps its memory: a directory of this run alone, so that nothing of an earlier run is in it.
  const TMPDIR = join(directory, 'tmp');
  mkdirSync(TMPDIR);
  if (mode === undefined) await showStory(directory, TMPDIR);
  else await showLive({ run: openExecutables(folder, { ...process.env, TMPDIR }), directory, terminal });
}

async function showStory(directory: string, TMPDIR: string): Promise<void> {
  const publisher = await openPublisher();
  try {
    // Without proxy settings of the caller: the server is on this machine.
    const run = openExecutables(folder, { PATH: process.env['PATH'], TMPDIR });
    await tellStory({ run, publisher, directory, terminal });
  } finally {
    await publisher.close();
  }
}

/** A temporary directory that is gone when the process ends. */
function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aws-ip-ranges-demo-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));
  return directory;
}
