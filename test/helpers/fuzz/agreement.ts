// One case of the mutation test: do check and in say what the independent reading of a mutant says, or fail cleanly?
import { isDeepStrictEqual } from 'node:util';
import { check } from '../../../src/check.ts';
import { UserError } from '../../../src/errors.ts';
import type { OutputFile } from '../../../src/files/output-file.ts';
import { get } from '../../../src/in.ts';
import type { Outside } from '../../../src/ip-ranges/outside.ts';
import { findSyncToken } from '../../../src/ip-ranges/published.ts';
import { receiveDocument } from '../../../src/ip-ranges/received.ts';
import { filesOfGet } from '../contract.ts';
import { incident } from '../documents.ts';
import type { Version } from '../executables.ts';
import { type Mutant, mutate } from './mutate.ts';
import { createRandom, type Random } from './random.ts';
import { type Choice, type List, type Reading, readDocument, readList, readStart } from './reading.ts';

const expectedFiles = { true: filesOfGet({ document: true }).join(), false: filesOfGet().join() };

/** When the cases are read: no token more than a day beyond is taken for a publication. */
const now = 1787411825000;

/** A mutant with a request for it, and what the independent reading expects. */
export interface Case extends Mutant {
  readonly source: Choice & { readonly version_on?: 'syncToken' | 'cidrs' };
  /** The version that check is given. */
  readonly given: Version;
  readonly expected: Expected | undefined;
}

/** What the document amounts to for the source; undefined in its place when it has to be refused. */
export interface Expected {
  readonly reading: Reading;
  readonly list: List;
  readonly version: Version;
}

const sources: readonly [Case['source'], ...Case['source'][]] = [
  { services: ['S3'], regions: ['us-gov-west-1'] },
  { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4], version_on: 'cidrs' },
  { services: ['s3', 'Amazon'], regions: ['us-gov-*'] },
  { services: ['AMAZON', 'S3', 'EC2', 'CLOUDFRONT'], version_on: 'cidrs' },
  { services: ['S3'], network_border_groups: ['us-*-1', '*'], max_cidrs: 17 },
  { services: ['S3'], regions: ['us-gov-east-?', '*t-1'], ip_versions: [6], allow_empty: true },
];

/** The case of this seed and index, always the same one. */
export function makeCase(seed: number, index: number): Case {
  const random = createRandom(seed, index);
  const mutant = mutate(random);
  const source = random.pick(sources);
  return { ...mutant, source, given: givenVersion(random, source), expected: read(mutant.bytes, source) };
}

/** What the independent reading of the bytes expects for a source. */
export function read(bytes: Buffer, source: Choice): Expected | undefined {
  const reading = readDocument(bytes);
  if (reading === undefined) return undefined;
  const list = readList(reading, source);
  if (list === undefined) return undefined;
  const { syncToken, createDate } = reading;
  if (Number(syncToken) * 1000 > now + 86_400_000) return undefined;
  return { reading, list, version: { syncToken, createDate, digest: list.digest, ...held(list, source) } };
}

/** What a version has beside its digest: its list and the words for it, when the list is short. */
function held({ ipv4, ipv6 }: List, { services, regions, network_border_groups, ip_versions }: Choice) {
  const cidrs = [...ipv4, ...ipv6];
  if (cidrs.length > 64) return {};
  const joined = (names: readonly string[]) => names.toSorted().join(' + ');
  const words = [
    joined(services.map((service) => service.toUpperCase())),
    regions === undefined ? 'all regions' : joined(regions),
  ];
  if (network_border_groups !== undefined) words.push(`border group ${joined(network_border_groups)}`);
  if (ip_versions?.length === 1) words.push(`IPv${ip_versions[0]}`);
  return { selection: words.join(', '), cidrs: cidrs.join(' ') };
}

/** Has check and in read the case. Resolves with what they do wrongly, or undefined. */
export async function disagreement(one: Case): Promise<string | undefined> {
  const { bytes, source, given, expected } = one;
  const outside = outsideWith(bytes);
  const first = await outcomeOf(() => check({ source }, outside));
  const fault = compare('check', first, expected && [expected.version]);
  if (fault !== undefined) return fault;

  const next = await outcomeOf(() => check({ source, version: given }, outside));
  const answer = expectedAnswer(one);
  const laterFault = compare(`check of ${JSON.stringify(given)}`, next, answer && [answer]);
  if (laterFault !== undefined) return laterFault;

  const same = await inFault(expected?.version ?? given, one, outside, { document: true });
  if (same !== undefined || expected === undefined) return same;
  // Without its list the version is served for another token too, and another list for none.
  const { createDate, digest } = given;
  return inFault({ syncToken: '1', createDate, digest }, one, outside, { document: false });
}

async function inFault(
  version: Version,
  { source, bytes, expected }: Case,
  outside: Outside,
  params: { readonly document: boolean },
): Promise<string | undefined> {
  const written: OutputFile[] = [];
  const request = { source: withoutVersionOn(source), version, params };
  const outcome = await outcomeOf(() => get(request, (files) => void written.push(...files), outside));
  const isServed = expected !== undefined && expected.version.digest === version.digest;
  if (!isServed) {
    if (written.length > 0) return `in wrote ${written.length} files for a document that it has to refuse`;
    return compare('in', outcome, undefined);
  }
  if (outcome instanceof Error) return compare('in', outcome, {});
  if (!isDeepStrictEqual(outcome.version, version)) return `in answered ${JSON.stringify(outcome)}`;
  return fileFault(written, version, source, expected, params.document ? bytes : undefined);
}

function fileFault(
  written: readonly OutputFile[],
  version: Version,
  { ip_versions: families = [4, 6] }: Choice,
  { reading, list }: Expected,
  document: Buffer | undefined,
): string | undefined {
  const files = new Map(written.map((file) => [file.name, file.bytes]));
  const lines = (cidrs: readonly string[]) => cidrs.map((cidr) => `${cidr}\n`).join('');
  const texts = {
    'cidrs.txt': lines([...list.ipv4, ...list.ipv6]),
    'ipv4.txt': lines(list.ipv4),
    'ipv6.txt': lines(list.ipv6),
    sync_token: version.syncToken,
    create_date: version.createDate,
  };
  for (const [name, text] of Object.entries(texts)) {
    if (files.get(name)?.toString() !== text)
      return `${name} is ${JSON.stringify(files.get(name)?.toString())}`;
  }
  if (document !== undefined && files.get('ip-ranges.json')?.equals(document) !== true) {
    return 'ip-ranges.json is not the document';
  }
  const values: Readonly<Record<string, unknown>> = {
    'cidrs.json': {
      sync_token: version.syncToken,
      create_date: version.createDate,
      cidr_blocks: list.ipv4,
      ipv6_cidr_blocks: list.ipv6,
    },
    ...(document !== undefined && { 'prefixes.json': list.entries }),
    'ip_ranges.auto.tfvars.json': {
      ...(families.includes(4) && { aws_ip_ranges_cidr_blocks: list.ipv4 }),
      ...(families.includes(6) && { aws_ip_ranges_ipv6_cidr_blocks: list.ipv6 }),
    },
  };
  for (const [name, value] of Object.entries(values)) {
    // Through JSON, which has no numbers beyond those that it can write.
    if (files.get(name)?.toString().trimEnd() !== JSON.stringify(value, undefined, 2)) {
      return `${name} is ${files.get(name)}`;
    }
  }
  const rules = JSON.parse(String(files.get('security-group.json'))) as { destination: string }[];
  if (
    !isDeepStrictEqual(
      rules.map(({ destination }) => destination),
      [...list.ipv4, ...list.ipv6],
    )
  )
    return 'security-group.json differs';
  const manifest = JSON.parse(String(files.get('manifest.json'))) as Record<string, unknown>;
  const servedFrom = { sync_token: reading.syncToken, create_date: reading.createDate };
  if (!isDeepStrictEqual([manifest['version'], manifest['served_from']], [version, servedFrom])) {
    return 'manifest.json tells of another version';
  }
  const names = [...files.keys()].sort().join();
  return names === expectedFiles[document === undefined ? 'false' : 'true'] ? undefined : `in wrote ${names}`;
}

/** The version rules of the design, for a check of the given version. */
function expectedAnswer({ bytes, source, given, expected }: Case): Version | undefined {
  const start = readStart(bytes);
  if (start !== undefined && Number(start) <= Number(given.syncToken)) return given;
  if (expected === undefined) return undefined;
  const { version } = expected;
  if (Number(version.syncToken) <= Number(given.syncToken)) return given;
  return source.version_on === 'cidrs' && version.digest === given.digest ? given : version;
}

/** The version of the unmutated document, now and then with a token before or after it. */
function givenVersion(random: Random, source: Choice): Version {
  const version = read(Buffer.from(incident), source)?.version;
  if (version === undefined) throw new Error('the source does not fit the unmutated document');
  return { ...version, syncToken: random.pick([version.syncToken, '1724884996', '1725321189']) };
}

async function outcomeOf<T>(run: () => Promise<T>): Promise<T | Error> {
  try {
    return await run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function compare(name: string, outcome: unknown, expected: unknown): string | undefined {
  if (!(outcome instanceof Error)) {
    return isDeepStrictEqual(outcome, expected) ? undefined : `${name} answered ${JSON.stringify(outcome)}`;
  }
  if (!(outcome instanceof UserError)) return `${name} failed with a bug: ${outcome.stack}`;
  if (!/^[^\p{Cc}\p{Cf}\u2028\u2029]+$/u.test(outcome.message))
    return `${name} failed with control characters: ${JSON.stringify(outcome.message)}`;
  return expected === undefined ? undefined : `${name} refused what it has to accept: ${outcome.message}`;
}

function outsideWith(bytes: Buffer): Outside {
  const log = { info() {}, note() {}, debug() {}, error() {} };
  return {
    log,
    now: () => now,
    openDocuments: async () => ({
      published: {
        syncToken: async () => findSyncToken(bytes.toString('latin1', 0, 256)),
        document: async (use) => use(receiveDocument(bytes, 60_000)),
      },
      history: undefined,
    }),
    openMemory: () => ({ recall: () => undefined, remember() {} }),
    // Nothing takes long, and each watch over it would start a thread.
    interruptAfter: (_milliseconds, work) => work(),
  };
}

function withoutVersionOn({ version_on: _, ...choice }: Case['source']): Choice {
  return choice;
}
