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
import { type KeptDocument, readHistory } from './helpers/history.ts';
import { inMemoryOutside } from './helpers/in-memory.ts';
import { readPath } from './helpers/replay.ts';
import { bareOf } from './helpers/versions.ts';

const kept = await readHistory();
const documents = kept.map(({ bytes }) => parseDocument(bytes));
const carried = 'demo/history.tar.gz';

const usGovWest = { services: ['S3'], regions: ['us-gov-west-1'] };

interface Published {
  readonly prefixes: readonly Entry[];
  readonly ipv6_prefixes: readonly Entry[];
}

interface Entry {
  readonly ip_prefix?: string;
  readonly ipv6_prefix?: string;
  readonly region: string;
}

/** The CIDRs of S3 in us-gov-west-1 in a document, in the order of text. */
function plainList({ bytes }: KeptDocument, families: readonly number[]): string[] {
  const { prefixes, ipv6_prefixes } = JSON.parse(bytes.toString()) as Published;
  const entries = [...(families.includes(4) ? prefixes : []), ...(families.includes(6) ? ipv6_prefixes : [])];
  return entries
    .filter(({ region }) => region === 'us-gov-west-1')
    .map(({ ip_prefix, ipv6_prefix }) => ip_prefix ?? ipv6_prefix ?? '')
    .sort();
}

/** Gives each document to check with the newest version that Concourse has, and returns the versions in order. */
async function versionsOf(source: object): Promise<{ version: Version; index: number }[]> {
  const versions: { version: Version; index: number }[] = [];
  for (const [index, document] of documents.entries()) {
    const given = versions.at(-1)?.version;
    const request = { source, ...(given === undefined ? {} : { version: given }) };
    const answer = await check(
      request,
      inMemoryOutside(() => document),
    );
    for (const version of answer) {
      if (JSON.stringify(version) !== JSON.stringify(given)) versions.push({ version, index });
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
  const response = await get({ source, version }, write, {
    ...inMemoryOutside(() => {
      if (document === undefined) throw new Error('a document was asked for');
      return document;
    }),
    now: Date.now,
  });
  if (JSON.stringify(response.version) !== JSON.stringify(version)) throw new Error('another version');
  return text.trimEnd().split('\n');
}

test('version_on: syncToken makes a version of each of the 5,269 publications, three documents of one token are one', async (t) => {
  const source = { ...usGovWest, ip_versions: [4], version_on: 'syncToken' };
  const tokens = new Set(kept.map(({ syncToken }) => syncToken));
  const versions = await versionsOf(source);
  t.is(kept.length, 5271);
  t.is(versions.length, 5269);
  t.deepEqual(
    versions.map(({ version }) => String(version.syncToken)),
    [...tokens],
  );
});

for (const { families, expected } of [
  { families: [4, 6], expected: 22 },
  { families: [4], expected: 11 },
]) {
  test(`version_on: cidrs makes ${expected} versions of nine years, IPv${families.join(' and IPv')}, and in serves each`, async (t) => {
    const source = { ...usGovWest, ip_versions: families, version_on: 'cidrs' };
    const lists = kept.map((document) => plainList(document, families));
    const texts = lists.map((list) => list.join());
    const starts = texts.flatMap((text, index) => (text === texts[index - 1] ? [] : [index]));
    const versions = await versionsOf(source);
    t.is(versions.length, expected);
    t.deepEqual(
      versions.map(({ index }) => index),
      starts,
    );
    for (const [position, { version, index }] of versions.entries()) {
      const next = versions[position + 1]?.index ?? documents.length;
      // From the list that it holds for ever; without it while its document is published, and until the last one with that list.
      for (const [asked, served] of [
        [version, undefined],
        [bareOf(version), documents[index]],
        [bareOf(version), documents[next - 1]],
      ] as const) {
        t.deepEqual((await linesOf(source, asked, served)).sort(), lists[index], version.syncToken);
      }
    }
  });
}

test('52.95.142.0/23 is in three versions of S3 in us-gov-west-1: it went, came back, and went', async (t) => {
  const versions = await versionsOf({ ...usGovWest, ip_versions: [4], version_on: 'cidrs' });
  const has = ({ index }: { index: number }) => documents[index]?.bytes.includes('52.95.142.0/23');
  const around = versions.filter(({ version: { syncToken } }) => /^16(13515|14103|15926)/.test(syncToken));
  t.deepEqual(
    around.map((item) => [String(item.version.syncToken), has(item)]),
    [
      ['1613515452', false],
      ['1614103452', true],
      ['1615926851', false],
    ],
  );
  const [gone, back, again] = around.map(({ version: { digest } }) => digest);
  t.is(new Set([gone, back, again]).size, 3, 'with it went 52.95.144.0/24 the second time');
  t.is(
    back,
    versions[versions.findIndex(({ version }) => version === around[0]?.version) - 1]?.version.digest,
  );
});

test('the replay of nine years finds the same, and the pace of publications', async (t) => {
  const { histories, cut, strangers } = await readPath(carried, { ...usGovWest, ip_versions: [4] });
  const [history] = histories;
  t.deepEqual([histories.length, cut, strangers], [1, undefined, []]);
  if (history === undefined) return;
  t.is(buildsWith('syncToken', history).length, 5269);
  t.is(buildsWith('cidrs', history).length, 11);
  t.is(changesIn(history).length, 10);
  t.is(countReturns(history), 1);
  t.is(listsSeen(history, 600), 11);
  t.deepEqual(
    history.repeats.map(({ syncToken, isSame }) => [String(syncToken), isSame]),
    [
      ['1500590532', true],
      ['1500590532', true],
    ],
  );
  const pace = paceOf(history.publications.map(timeOf));
  t.is(pace?.supersededWithin(600), 0);
  t.is(pace?.supersededWithin(3600).toFixed(2), '0.15');
  t.is(pace?.supersededWithin(7200).toFixed(2), '0.35');
});
