// Nine years of real publications, driven through check and in: every version, and the lists that in writes, against
// counts that know nothing of the resource's code.
import test from 'ava';
import { buildsWith, changesIn } from '../replay/builds.ts';
import { countReturns, listsSeen, paceOf } from '../replay/pace.ts';
import { timeOf } from '../replay/source-history.ts';
import { check } from '../src/check.ts';
import { get } from '../src/in.ts';
import { type Document, parseDocument } from '../src/ip-ranges/document.ts';
import type { Version } from '../src/version.ts';
import { readHistory } from './helpers/history.ts';
import { inMemory } from './helpers/in-memory.ts';
import { readPath } from './helpers/replay.ts';
import { bareOf } from './helpers/versions.ts';

const kept = await readHistory();
const documents = kept.map(({ bytes }) => parseDocument(bytes));

const usGovWest = { services: ['S3'], regions: ['us-gov-west-1'] };

interface Entry {
  readonly ip_prefix?: string;
  readonly ipv6_prefix?: string;
  readonly region: string;
}

/** What sorts as text in numeric order, IPv4 first, since AWS's networks have `::` only at their end. */
const sortKey = (cidr: string) =>
  [cidr.includes(':') ? '6' : '4', ...cidr.split(/[.:/]/)].map((part) => part.padStart(4, '0')).join();

/** The CIDRs of S3 in us-gov-west-1 in a document, in the order of text. */
function plainList(bytes: Buffer, families: readonly number[]): string[] {
  const { prefixes = [], ipv6_prefixes = [] } = JSON.parse(bytes.toString()) as Record<string, Entry[]>;
  return [...(families.includes(4) ? prefixes : []), ...(families.includes(6) ? ipv6_prefixes : [])]
    .filter(({ region }) => region === 'us-gov-west-1')
    .map(({ ip_prefix, ipv6_prefix }) => ip_prefix ?? ipv6_prefix ?? '')
    .sort();
}

/** Gives each document to check with the newest version that Concourse has, and returns the versions in order. */
async function versionsOf(source: object): Promise<{ version: Version; index: number }[]> {
  const versions: { version: Version; index: number }[] = [];
  for (const [index, document] of documents.entries()) {
    const version = versions.at(-1)?.version;
    const { outside } = inMemory(document);
    for (const answer of await check({ source, ...(version && { version }) }, outside)) {
      if (JSON.stringify(answer) !== JSON.stringify(version)) versions.push({ version: answer, index });
    }
  }
  return versions;
}

/** The lines of cidrs.txt that in writes for a version while AWS publishes a document; without one it must do without. */
async function linesOf(source: object, version: unknown, document: Document | undefined): Promise<string[]> {
  let text = '';
  const write: Parameters<typeof get>[1] = (files) => {
    text = String(files.find(({ name }) => name === 'cidrs.txt')?.bytes);
  };
  await get({ source, version }, write, inMemory(document).outside);
  return text.trimEnd().split('\n');
}

test('version_on: syncToken makes a version of each of the 5,269 publications, three documents of one token are one', async (t) => {
  const versions = await versionsOf({ ...usGovWest, ip_versions: [4], version_on: 'syncToken' });
  t.deepEqual([kept.length, versions.length], [5271, 5269]);
  t.deepEqual(
    versions.map(({ version }) => String(version.syncToken)),
    [...new Set(kept.map(({ syncToken }) => syncToken))],
  );
});

for (const { families, changes, lists } of [
  { families: [4, 6], changes: 22, lists: 21 },
  { families: [4], changes: 11, lists: 10 },
]) {
  test(`version_on: cidrs makes ${changes} versions of nine years, IPv${families.join(' and IPv')}, of ${lists} lists, and in serves each`, async (t) => {
    const source = { ...usGovWest, ip_versions: families, version_on: 'cidrs' };
    const plain = kept.map(({ bytes }) => plainList(bytes, families));
    const texts = plain.map((list) => list.join());
    const versions = await versionsOf(source);
    t.is(versions.length, changes);
    t.deepEqual(
      versions.map(({ index }) => index),
      texts.flatMap((text, index) => (text === texts[index - 1] ? [] : [index])),
    );
    // One came back, and is a version of its own: 52.95.142.0/23 went on 2021-02-16.
    t.is(new Set(versions.map(({ version }) => version.digest)).size, lists);
    for (const [position, { version, index }] of versions.entries()) {
      const next = versions[position + 1]?.index ?? documents.length;
      const expected = plain[index]?.toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
      // From the list that it holds for ever; without it while its document is published, and until the last one with that list.
      for (const [asked, served] of [
        [version, undefined],
        [bareOf(version), documents[index]],
        [bareOf(version), documents[next - 1]],
      ] as const) {
        t.deepEqual(await linesOf(source, asked, served), expected, version.syncToken);
      }
    }
  });
}

test('the replay of nine years finds the same, and the pace of publications', async (t) => {
  const source = { ...usGovWest, ip_versions: [4] };
  const { histories, cut, strangers } = await readPath('demo/history.tar.gz', source);
  const [history] = histories;
  t.deepEqual([histories.length, cut, strangers], [1, undefined, []]);
  if (history === undefined) return;
  const builds = (['syncToken', 'cidrs'] as const).map((mode) => buildsWith(mode, history).length);
  t.deepEqual(builds, [5269, 11]);
  t.deepEqual([changesIn(history).length, countReturns(history), listsSeen(history, 600)], [10, 1, 11]);
  t.like(history.repeats, Array(2).fill({ syncToken: '1500590532', isSame: true }));
  const pace = paceOf(history.publications.map(timeOf));
  t.deepEqual(
    [600, 3600, 7200].map((seconds) => pace?.supersededWithin(seconds).toFixed(2)),
    ['0.00', '0.15', '0.35'],
  );
});
