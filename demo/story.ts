// The week of 29 August 2024 as this resource would have seen it, checked at every step.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carriedHistory, carriedSource } from '../replay/arguments.ts';
import { buildsWith } from '../replay/builds.ts';
import { always } from '../replay/period.ts';
import { readHistory } from '../replay/read-history.ts';
import { readFiles } from '../replay/stored-files.ts';
import { parseSource } from '../src/config/source.ts';
import type { VersionOn } from '../src/version.ts';
import type { Run } from './executables.ts';
import { expect } from './failure.ts';
import {
  dayBefore,
  fiveRanges,
  incidentDay,
  laterPublications,
  newRanges,
  type Publication,
  readDocument,
} from './publications.ts';
import { isSame, openResource, type Resource, type Version } from './resource.ts';
import type { Publisher } from './server.ts';
import type { Terminal } from './terminal.ts';

/** What the story needs. */
export interface Stage {
  readonly run: Run;
  readonly publisher: Publisher;
  /** An empty directory for what the builds write. */
  readonly directory: string;
  readonly terminal: Terminal;
}

const selection = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] };

/** Two of the five. Which two the job of the incident kept is not known; 108.175.56.0/22 was not among them. */
const twoRanges = ['108.175.48.0/22', '136.18.0.0/23'];

/** Tells the story. Rejects with a DemoFailure at the first step that does not end as the story says. */
export async function tellStory(stage: Stage): Promise<void> {
  const { run, publisher, terminal } = stage;
  const source = { ...selection, url: publisher.url, timeout: '30s' };
  const resource = openResource(run, source);
  terminal.title(
    'The incident of 29 August 2024, with this resource in the pipeline',
    'source: {services: [S3], regions: [us-gov-west-1], ip_versions: [4]}',
    "AWS's own documents, shortened (demo/documents/README.md), on loopback",
  );
  const version = await findVersion(resource, stage);
  const build = await getRanges(resource, version, stage);
  await stopTwoRanges(resource, build, stage);
  await passFiveRanges(resource, build, stage);
  await followPublications(source, version, stage);
  await getOldRanges(resource, version, stage);
  await countNineYears(stage);
}

async function findVersion(resource: Resource, { publisher, terminal }: Stage): Promise<Version> {
  publisher.publish(readDocument(dayBefore));
  const given = await resource.check();
  publisher.publish(readDocument(incidentDay));
  const found = await resource.check(given);
  expect(given['syncToken'] === dayBefore, `check found ${show(given)}, not syncToken ${dayBefore}`);
  expect(found['syncToken'] === incidentDay, `check found ${show(found)}, not syncToken ${incidentDay}`);
  terminal.step(1, 'check', 'AWS publishes on 29 August 2024, and the check finds it');
  terminal.table([row('known', given), row('new', found)]);
  return found;
}

async function getRanges(resource: Resource, version: Version, stage: Stage): Promise<string> {
  const { terminal } = stage;
  const build = join(stage.directory, 'build');
  mkdirSync(build);
  const ranges = await resource.get(version, join(build, 'ranges'));
  expectRanges(ranges, fiveRanges);
  const others = readdirSync(join(build, 'ranges')).filter((name) => name !== 'cidrs.txt');
  terminal.step(2, 'in', 'the job gets cidrs.txt, five ranges:');
  terminal.print(ranges.join('  '));
  terminal.print(terminal.tone('dim', `and ${others.slice(0, 4).join(', ')}, …`));
  return build;
}

async function stopTwoRanges(resource: Resource, build: string, { terminal }: Stage): Promise<void> {
  const { exitCode, stdout, stderr } = await guard(resource, build, twoRanges);
  expect(exitCode === 1, `the guard let rules with two of five ranges pass (exit code ${exitCode})`);
  expect(stdout === '', `the guard failed, but wrote ${JSON.stringify(stdout)} on stdout`);
  for (const range of fiveRanges.filter((item) => !twoRanges.includes(item))) {
    expect(stderr.includes(range), `the guard failed without naming ${range}: ${stderr}`);
  }
  terminal.step(3, 'out', 'the incident: code that expects two ranges allows two of the five');
  terminal.print(...stderr.trimEnd().split('\n'), terminal.tone('red', 'exit 1: never deployed'));
}

async function passFiveRanges(resource: Resource, build: string, { terminal }: Stage): Promise<void> {
  const { exitCode, stderr } = await guard(resource, build, fiveRanges);
  expect(exitCode === 0, `the guard refused rules with all five ranges: ${stderr}`);
  terminal.step(4, 'out', 'code that takes as many ranges as there are allows all five');
  terminal.print(...stderr.trimEnd().split('\n'), terminal.tone('green', 'exit 0: deployed'));
}

/** Drives check in both modes through the later publications, giving each answer back as Concourse does. */
async function followPublications(source: object, first: Version, stage: Stage): Promise<void> {
  const { run, publisher, terminal } = stage;
  const each = openResource(run, { ...source, version_on: 'syncToken' });
  const changed = openResource(run, { ...source, version_on: 'cidrs' });
  let known = { each: first, changed: first };
  let ranges: string[] = [];
  const rows = [['published (UTC)', 'what AWS changed', 'syncToken', 'cidrs']];
  for (const publication of laterPublications) {
    publisher.publish(readDocument(publication.syncToken));
    const next = { each: await each.check(known.each), changed: await changed.check(known.changed) };
    expect(!isSame(next.each, known.each), `version_on: syncToken skipped ${publication.syncToken}`);
    expectChange(publication, known.changed, next.changed);
    if (publication.isAnotherList) {
      ranges = await changed.get(next.changed, join(stage.directory, publication.syncToken));
    }
    const verdict = publication.isAnotherList
      ? terminal.tone('green', 'new')
      : terminal.tone('dim', 'skipped');
    rows.push([publishedAt(next.each), publication.changes, 'new', verdict]);
    known = next;
  }
  expectRanges(ranges, [...newRanges, ...fiveRanges]);
  terminal.step(5, 'check', 'the next publications; version_on: cidrs skips an unchanged list');
  terminal.table(rows);
  terminal.print(
    `${laterPublications.length} builds against one, with ${ranges.length} ranges: ${newRanges.join(' and ')} are new`,
  );
}

/** A plan that waits for its apply: AWS has published since, and the version that it was made from is still served. */
async function getOldRanges(
  resource: Resource,
  version: Version,
  { directory, terminal }: Stage,
): Promise<void> {
  const ranges = await resource.get(version, join(directory, 'planned'));
  expectRanges(ranges, fiveRanges);
  terminal.step(6, 'in', 'a plan of 29 August is applied now: its version holds its list');
  terminal.print(`the same ${ranges.length} ranges, without a request to AWS`);
}

/** What the same setting would have done with every publication of nine years: npm run replay has the details. */
async function countNineYears({ terminal }: Stage): Promise<void> {
  const { criteria } = parseSource(carriedSource);
  const { histories } = await readHistory(readFiles(carriedHistory), [criteria], always, () => undefined);
  const [history] = histories;
  expect(history !== undefined, 'demo/history.tar.gz holds no document');
  const builds = (versionOn: VersionOn) => buildsWith(versionOn, history).length.toLocaleString('en-US');
  terminal.print(
    '',
    `Nine years of S3 in us-gov-west-1: ${builds('syncToken')} builds against ${builds('cidrs')} (npm run replay)`,
  );
}

function expectChange({ syncToken, isAnotherList }: Publication, known: Version, next: Version): void {
  if (isAnotherList) {
    expect(next['syncToken'] === syncToken, `version_on: cidrs skipped ${syncToken}, which has another list`);
  } else {
    expect(
      isSame(next, known),
      `version_on: cidrs made ${show(next)} of ${syncToken}, which has the same list`,
    );
  }
}

/** Writes the rules as Cloud Foundry has them and runs the guard on them. */
function guard(resource: Resource, build: string, destinations: readonly string[]) {
  const rules = destinations.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));
  writeFileSync(join(build, 'asg.json'), JSON.stringify(rules));
  return resource.put(build, { rules: 'asg.json', ranges: 'ranges' });
}

function expectRanges(ranges: readonly string[], expected: readonly string[]): void {
  expect(ranges.join() === expected.join(), `in wrote ${ranges.join(' ')} instead of ${expected.join(' ')}`);
}

function row(name: string, version: Version): string[] {
  return [
    name,
    publishedAt(version),
    `syncToken ${version['syncToken']}`,
    `${version['digest']?.slice(0, 19)}…`,
  ];
}

/** `2024-08-29 13:43` for the createDate `2024-08-29-13-43-10`. */
function publishedAt(version: Version): string {
  const [year, month, day, hour, minute] = (version['createDate'] ?? '').split('-');
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

function show(version: Version): string {
  return JSON.stringify(version);
}
