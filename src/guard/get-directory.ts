// The directory that in wrote, read back: believed only when its manifest verifies it and it is of this resource.
import { join } from 'node:path';
import type { Cidr } from '../addresses/cidr.ts';
import type { Source } from '../config/source.ts';
import { plainName, show, UserError } from '../errors.ts';
import { sha256 } from '../files/sha256.ts';
import { readCidrs } from '../selection/held.ts';
import { selectionRecord } from '../selection/keys.ts';
import { requireQuota } from '../selection/select.ts';
import { type PrefixRecord, type Selection, selectionOf } from '../selection/selection.ts';
import { heldList, holdsList, isFromFuture, parseVersion, type Version } from '../version.ts';
import { isObject, type JsonObject } from './json-place.ts';
import { readRegularFile, whatIsThere } from './rules-file.ts';
import { faultOfStructure } from './rules-json.ts';

/** Files that the manifest must name, since they are compared with the version. */
const required = ['cidrs.txt', 'sync_token', 'create_date'];

/** Files whose content is compared; of the others only the digests are. */
const compared: ReadonlySet<string> = new Set([...required, 'prefixes.json']);

/** CIDRs that a list may have; AWS publishes 11,000. */
const mostCidrs = 100_000;

/**
 * The version and selection in the directory of a get step: the list of cidrs.txt, whose digest is the version's. Each
 * CIDR comes with its entries from prefixes.json, where the get wrote that file. Files that the manifest does not name
 * are not looked at. Throws a UserError when a file is missing or altered, when the directory is of a resource with
 * another selection or version_on, and when the list is empty or too long for the source. `name` is the directory's,
 * for messages.
 */
export function readRanges(
  directory: string,
  name: string,
  resource: Source,
  now: number,
): { version: Version; selection: Selection } {
  const place = `params.ranges: ${name}`;
  const there = () => whatIsThere(directory, name, "the directory of the build's sources");
  const get = readGetDirectory(directory, place, there);
  requireSameResource(get, resource, place);
  const { version, cidrs } = get;
  if (isFromFuture(version.syncToken, now)) {
    throw altered(
      place,
      `its syncToken ${version.syncToken} is more than a day ahead of this machine's clock, so AWS cannot have published it`,
    );
  }
  const prefixes = get.contents.get('prefixes.json');
  const selection = prefixes ? withEntries(cidrs, prefixes, place) : withKnownPrefixes(cidrs, resource);
  if (selection.length === 0 && !resource.allow_empty) {
    throw new UserError(
      `params.ranges: the list in ${name} is empty, which any rules cover; set source.allow_empty: true if that is ` +
        'what you want',
    );
  }
  requireQuota(selection, version, resource);
  return { version, selection };
}

/** What the directory of a get holds, whichever resource it is of. */
export type GetDirectory = ReturnType<typeof readGetDirectory>;

/**
 * As readRanges, for a directory of any resource: its manifest, its list, and the bytes of the files whose content counts.
 * `place` is what messages start with, and `there` says what stands where there is no manifest.
 */
export function readGetDirectory(
  directory: string,
  place: string,
  there = () => whatIsThere(directory, directory, 'the working directory'),
) {
  const manifest = readManifest(directory, place, there);
  const { version, files } = manifest;
  const contents = new Map<string, Buffer>();
  for (const [file, recorded] of Object.entries(files)) {
    // A path would lead out of the directory.
    if (!/^\w[\w.-]*$/.test(file)) throw altered(place, 'manifest.json names a file elsewhere');
    const bytes = readRegularFile(join(directory, file), (why) =>
      altered(place, `${plainName(file)} cannot be read: ${why}`),
    );
    if (!isObject(recorded) || recorded['sha256'] !== sha256(bytes)) {
      throw altered(place, `${plainName(file)} is not what get wrote`);
    }
    if (compared.has(file)) contents.set(file, bytes);
  }
  const [list = '', syncToken, createDate] = required.map((file) => contents.get(file)?.toString());
  const lines = list === '' ? [] : list.replace(/\n$/, '').split('\n', mostCidrs + 1);
  const checks: readonly (readonly [holds: boolean, words: string])[] = [
    [version.digest === `sha256:${sha256(list)}`, 'cidrs.txt is not the list of its version'],
    [version.syncToken === syncToken, 'sync_token is not that of the version in its manifest'],
    [version.createDate === createDate, 'create_date is not that of the version in its manifest'],
    [
      !holdsList(version) || heldList(version) === lines.join(' '),
      'the list that its version holds is not the one of cidrs.txt',
    ],
  ];
  for (const [holds, words] of checks) if (!holds) throw altered(place, words);
  if (lines.length > mostCidrs) {
    throw new UserError(`${place} has a list of more than ${mostCidrs} CIDRs, more than the guard reads`);
  }
  const cidrs = readCidrs(lines, () => altered(place, 'cidrs.txt is no ordered list of CIDRs'));
  return { ...manifest, contents, cidrs };
}

function readManifest(directory: string, place: string, there: () => string | undefined) {
  const bytes = readRegularFile(join(directory, 'manifest.json'), (why) => {
    const what = there();
    return new UserError(
      `${place} holds no manifest.json that can be read (${why}); name the directory of the get step of this resource` +
        `${what === undefined ? '' : ` (${what})`}`,
    );
  });
  const content = parseJson(bytes);
  const { selection, version_on: versionOn, files, version: written } = isObject(content) ? content : {};
  const version = parseVersion(written);
  if (version !== undefined && isObject(files) && required.every((file) => Object.hasOwn(files, file))) {
    return { version, selection, versionOn, files };
  }
  throw altered(place, 'its manifest.json is not one that get writes');
}

/**
 * A version is put where this resource has its versions. One from the get of another resource, be it one that differs
 * in version_on alone, would be a new version here and start builds for nothing.
 */
function requireSameResource({ selection, versionOn }: GetDirectory, resource: Source, place: string): void {
  const own: JsonObject = { ...selectionRecord(resource), version_on: resource.version_on };
  const there: JsonObject = { ...(isObject(selection) ? selection : {}), version_on: versionOn };
  const keys = [...new Set([...Object.keys(own), ...Object.keys(there)])];
  const differences = keys
    .filter((key) => JSON.stringify(own[key]) !== JSON.stringify(there[key]))
    .map(
      (key) =>
        `${plainName(key)} is ${shown(there[key])} there and ${shown(own[key])} in this resource's source`,
    );
  if (differences.length === 0) return;
  throw new UserError(
    `${place} is of another resource: ${differences.join('; ')}; use the directory of a get of this resource`,
  );
}

/** A member of a manifest: null stands for all, and an older release's manifest has no version_on. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'left out (all)';
  const text = show(value);
  return /^[\w[\]",.*?/ -]+$/.test(text) ? text : 'something else';
}

/** The list without its entries: one service of one region needs none. */
function withKnownPrefixes(cidrs: readonly Cidr[], { services, regions = [] }: Source): Selection {
  const [service = '', region = ''] = [services[0], regions[0]];
  const isOne = services.length === 1 && regions.length === 1 && !/[*?]/.test(region);
  const prefixes = isOne ? [{ service: service.toUpperCase(), region }] : [];
  return cidrs.map((cidr) => ({ cidr, prefixes }));
}

/** The list with the entries of prefixes.json, which must amount to it. */
function withEntries(cidrs: readonly Cidr[], prefixes: Buffer, place: string): Selection {
  const texts = new Set<unknown>(cidrs.map(({ text }) => text));
  const isEntry = (value: unknown): value is PrefixRecord =>
    isObject(value) &&
    typeof value['region'] === 'string' &&
    typeof value['service'] === 'string' &&
    texts.has(value['cidr'] ?? value['ip_prefix'] ?? value['ipv6_prefix']);
  const content = parseJson(prefixes);
  const selection = Array.isArray(content) && content.every(isEntry) ? selectionOf(content) : [];
  if (selection.length === cidrs.length) return selection;
  throw altered(place, 'prefixes.json does not amount to the list of cidrs.txt');
}

/** Undefined for what is no JSON, or more of it than the guard reads. */
function parseJson(bytes: Buffer): unknown {
  try {
    const text = bytes.toString();
    return faultOfStructure(text) === undefined ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function altered(place: string, what: string): UserError {
  return new UserError(`${place} cannot be trusted: ${what}; get the resource again`);
}
