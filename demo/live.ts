// check and in against AWS itself.
import { join } from 'node:path';
import type { Run } from './executables.ts';
import { DemoFailure } from './failure.ts';
import { openResource } from './resource.ts';
import type { Terminal } from './terminal.ts';

/** CIDRs that are printed. */
const shown = 8;

/** What the live demo needs. */
export interface LiveStage {
  readonly run: Run;
  /** An empty directory for what `in` writes. */
  readonly directory: string;
  readonly terminal: Terminal;
}

/** Prints the current version and its first ranges. Rejects with a DemoFailure when AWS cannot be reached. */
export async function showLive({ run, directory, terminal }: LiveStage): Promise<void> {
  const resource = openResource(run, { services: ['S3'], regions: ['us-gov-west-1'], timeout: '20s' });
  terminal.title(
    'S3 in us-gov-west-1, as AWS publishes it now',
    'source: {services: [S3], regions: [us-gov-west-1]}',
  );
  try {
    terminal.step(1, 'check', 'the current version');
    const version = await resource.check();
    terminal.table(Object.entries(version));
    terminal.step(2, 'in', 'the first lines of cidrs.txt');
    const cidrs = await resource.get(version, join(directory, 'ranges'));
    terminal.print(...cidrs.slice(0, shown));
    if (cidrs.length > shown) terminal.print(terminal.tone('dim', `and ${cidrs.length - shown} more`));
  } catch (error) {
    if (!(error instanceof DemoFailure)) throw error;
    throw new DemoFailure(
      `AWS's document could not be had from this machine; npm run demo, without --live, needs no network\n${error.message}`,
    );
  }
}
