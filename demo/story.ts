// The week of 29 August 2024 as this resource would have seen it, checked at every step.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  dayBefore,
  fiveRanges,
  incidentDay,
  laterPublications,
  newRanges,
  readDocument,
} from './publications.ts';
import { DemoFailure, type Outcome, type Resource, type Source, type Version } from './resource.ts';
import type { Publisher } from './server.ts';
import type { Terminal } from './terminal.ts';

/** What the story needs. */
interface Stage {
  readonly resource: Resource;
  readonly publisher: Publisher;
  /** An empty directory for what the builds write. */
  readonly directory: string;
  readonly terminal: Terminal;
}

/** Two of the five. Which two the job of the incident kept is not known; 108.175.56.0/22 was not among them. */
export const twoRanges = ['108.175.48.0/22', '136.18.0.0/23'];

/**
 * Tells the story in as many lines as a terminal of 24 shows at once. Rejects with a DemoFailure at the first step that does
 * not end as the story says.
 */
export async function tellStory(stage: Stage): Promise<void> {
  const { publisher, terminal } = stage;
  const source = {
    services: ['S3'],
    regions: ['us-gov-west-1'],
    ip_versions: [4],
    url: publisher.url,
    timeout: '30s',
  };
  terminal.heading('29 August 2024, with this resource in the pipeline (S3, us-gov-west-1, IPv4)');
  const version = await findVersion(source, stage);
  const missing = await guardRules(source, version, stage);
  await followPublications(source, version, stage);
  await getOldRanges(source, version, stage);
  terminal.print(
    '',
    `The guard stopped a deployment that left out ${missing} of ${fiveRanges.length} published ranges.`,
    'Next: the quick start in README.md, or npm run replay on nine years.',
  );
}

async function findVersion(source: Source, { resource, publisher, terminal }: Stage): Promise<Version> {
  publisher.publish(readDocument(dayBefore));
  const given = await resource.check(source);
  publisher.publish(readDocument(incidentDay));
  const found = await resource.check(source, given);
  expect(given['syncToken'] === dayBefore, `check found ${show(given)}, not syncToken ${dayBefore}`);
  expect(found['syncToken'] === incidentDay, `check found ${show(found)}, not syncToken ${incidentDay}`);
  terminal.heading('1  check  AWS publishes, and the check finds it');
  terminal.print(`syncToken ${found['syncToken']}, created ${found['createDate']}`);
  return found;
}

/** Judges two of the five ranges, then all. Returns how many were missing. */
async function guardRules(source: Source, version: Version, stage: Stage): Promise<number> {
  const { resource, terminal } = stage;
  const build = join(stage.directory, 'build');
  mkdirSync(build);
  const ranges = await resource.get(source, version, join(build, 'ranges'));
  expectRanges(ranges, fiveRanges);
  terminal.heading('2  in     the job gets five ranges, as text, JSON and for Terraform');
  terminal.print(ranges.join('  '));

  const guard = (destinations: readonly string[]): Promise<Outcome> => {
    const rules = destinations.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));
    writeFileSync(join(build, 'asg.json'), JSON.stringify(rules));
    return resource.put(source, build, { rules: 'asg.json', ranges: 'ranges' });
  };
  const stopped = await guard(twoRanges);
  expect(
    stopped.exitCode === 1,
    `the guard let rules with two of five ranges pass (exit code ${stopped.exitCode})`,
  );
  expect(stopped.stdout === '', `the guard failed, but wrote ${JSON.stringify(stopped.stdout)} on stdout`);
  const missing = fiveRanges.filter((range) => !twoRanges.includes(range));
  for (const range of missing) {
    expect(stopped.stderr.includes(range), `the guard failed without naming ${range}: ${stopped.stderr}`);
  }
  terminal.heading('3  out    code that expects two ranges allows two of the five');
  terminal.print(...stopped.stderr.trimEnd().split('\n'), terminal.tone('red', 'exit 1: never deployed'));

  const passed = await guard(ranges);
  expect(passed.exitCode === 0, `the guard refused rules with all five ranges: ${passed.stderr}`);
  terminal.heading('4  out    code that takes every range allows all five');
  terminal.print(terminal.tone('green', 'exit 0: deployed'));
  return missing.length;
}

/** Drives check in both modes through the later publications, giving each answer back as Concourse does. */
async function followPublications(source: Source, first: Version, stage: Stage): Promise<void> {
  const { resource, publisher, terminal } = stage;
  const builds = { syncToken: 0, cidrs: 0 };
  const known = { syncToken: first, cidrs: first };
  for (const token of laterPublications) {
    publisher.publish(readDocument(token));
    for (const version_on of ['syncToken', 'cidrs'] as const) {
      const next = await resource.check({ ...source, version_on }, known[version_on]);
      if (!isDeepStrictEqual(next, known[version_on])) builds[version_on]++;
      known[version_on] = next;
    }
  }
  const ranges = await resource.get(source, known.cidrs, join(stage.directory, 'later'));
  expectRanges(ranges, [...newRanges, ...fiveRanges]);
  expect(builds.syncToken === 5, `version_on: syncToken made ${builds.syncToken} versions of 5 publications`);
  expect(builds.cidrs === 1, `version_on: cidrs made ${builds.cidrs} versions, and the list changed once`);
  terminal.heading('5  check  later publications: one of five changes the list');
  terminal.print(
    `version_on: syncToken starts ${builds.syncToken} builds, version_on: cidrs ${builds.cidrs}`,
  );
}

/** A plan that waits for its apply: AWS has published since, and the version that it was made from is still served. */
async function getOldRanges(source: Source, version: Version, stage: Stage): Promise<void> {
  const { resource, publisher, directory, terminal } = stage;
  const before = publisher.requests();
  expectRanges(await resource.get(source, version, join(directory, 'planned')), fiveRanges);
  const asked = publisher.requests() - before;
  expect(asked === 0, `in asked AWS ${asked} times for a list that the version holds`);
  terminal.heading('6  in     AWS now serves a newer list; the version of that day holds its own');
  terminal.print(`the same ${fiveRanges.length} ranges, without a request to AWS`);
}

function expectRanges(ranges: readonly string[], expected: readonly string[]): void {
  expect(ranges.join() === expected.join(), `in wrote ${ranges.join(' ')} instead of ${expected.join(' ')}`);
}

function expect(holds: boolean, message: string): void {
  if (!holds) throw new DemoFailure(message);
}

function show(version: Version): string {
  return JSON.stringify(version);
}
