// Measures what stands side by side: one run of each in turn, again and again, so that a busy moment meets all alike.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account, Accountant, Command } from './accountant.ts';
import type { Publisher } from './publisher.ts';
import { type Spread, spread } from './statistics.ts';

/** Something that does the job of a scenario. */
export interface Subject {
  readonly name: string;
  /** The process for one run. `directory` is new, empty, and gone after the run. */
  command(directory: string): Command;
}

/** A job, and who does it. */
export interface Scenario {
  readonly name: string;
  readonly subjects: readonly Subject[];
}

/** What a subject takes for a scenario's job. */
export interface Measurement {
  readonly scenario: string;
  readonly subject: string;
  /** Seconds. */
  readonly wall: Spread;
  /** Seconds of processor time. */
  readonly cpu: Spread;
  /** Bytes resident at most. */
  readonly memory: Spread;
  /** Bytes that the server sent. */
  readonly received: Spread;
}

export interface Equipment {
  readonly accountant: Accountant;
  readonly publisher: Publisher;
  /** Where the runs get their directories. */
  readonly workspace: string;
}

type Run = Account & { readonly received: number };

/** Runs every subject once to warm the system's caches, then `rounds` times in turn. Rejects when a run fails. */
export async function measure(
  { name, subjects }: Scenario,
  rounds: number,
  equipment: Equipment,
): Promise<Measurement[]> {
  const runs = subjects.map(() => [] as Run[]);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const run = await runOnce(subject, equipment);
      if (round > 0) runs[index]?.push(run);
    }
  }
  return subjects.map((subject, index) => {
    const of = (measureOf: (run: Run) => number) => spread((runs[index] ?? []).map(measureOf));
    return {
      scenario: name,
      subject: subject.name,
      wall: of(({ wall }) => wall),
      cpu: of(({ cpu }) => cpu),
      memory: of(({ memory }) => memory),
      received: of(({ received }) => received),
    };
  });
}

async function runOnce(subject: Subject, { accountant, publisher, workspace }: Equipment): Promise<Run> {
  const directory = await mkdtemp(join(workspace, 'run-'));
  const account = await accountant.run(subject.command(directory));
  const received = await publisher.bytesSent();
  await rm(directory, { recursive: true });
  if (account.code !== 0) {
    throw new Error(`${subject.name} ended with ${account.code}: ${account.errors || account.output}`);
  }
  return { ...account, received };
}
