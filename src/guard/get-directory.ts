// The directory that in wrote, read back: believed only when its manifest verifies it and it is of this resource.
import { join } from 'node:path';
import { type Cidr, type Family, parseCidr } from '../addresses/cidr.ts';
import type { Criteria } from '../config/criteria.ts';
import type { Source } from '../config/source.ts';
import { plainName, show, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import { sha256 } from '../files/sha256.ts';
import { readCidrs } from '../selection/held.ts';
import { selectionRecord } from '../selection/keys.ts';
import { requireQuota } from '../selection/select.ts';
import type { Selection } from '../selection/selection.ts';
import { cidrLines, type PrefixRecord, selectionOf } from '../selection/selection.ts';
import { heldList, holdsList, isFromFuture, parseVersion, type Version } from '../version.ts';
import { isObject, type JsonObject } from './json-place.ts';
import { readRegularFile, whatIsThere } from './rules-file.ts';
import { faultOfStructure } from './rules-json.ts';

/** What a resource must have in common with the one whose get wrote the directory. */
type Resource = Criteria & Pick<Source, 'version_on'>;

/** Files that the manifest must name, since they are compared with the version. */
const required = ['cidrs.txt', 'sync_token', 'create_date'] as const;

/** Files whose content is compared; of the others only the digests are. */
const compared: ReadonlySet<string> = new Set([...required, 'prefixes.json']);

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
  resource: Resource,
  now: number,
): { version: Version; selection: Selection } {
  const place = `params.ranges: ${name}`;
  const { manifest, files } = readVerified(directory, place, () =>
    whatIsThere(directory, name, "the directory of the build's sources"),
  );
  requireSameResource(manifest, resource, place);
  const { version } = manifest;
  if (isFromFuture(version.syncToken, now)) {
    throw altered(
      place,
      `its syncToken ${version.syncToken} is more than a day ahead of this machine's clock, so AWS cannot have published it`,
    );
  }
  const list = textOf(files, 'cidrs.txt');
  const cidrs = readLines(list, place);
  const prefixes = files.get('prefixes.json');
  const selection = prefixes ? readPrefixes(prefixes, place) : withKnownPrefixes(cidrs, resource);
  if (prefixes && cidrLines(selection) !== list) {
    throw altered(place, 'prefixes.json does not amount to the list of cidrs.txt');
  }
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
export interface GetDirectory {
  readonly version: Version;
  /** The selection as manifest.json has it. */
  readonly selection: unknown;
  readonly cidrs: readonly Cidr[];
}

/** As readRanges, for a directory of any resource. `place` is what messages start with. */
export function readGetDirectory(directory: string, place: string): GetDirectory {
  const { manifest, files } = readVerified(directory, place, () =>
    whatIsThere(directory, directory, 'the working directory'),
  );
  return {
    version: manifest.version,
    selection: manifest.selection,
    cidrs: readLines(textOf(files, 'cidrs.txt'), place),
  };
}

/** The manifest and the files that it names, which are what get wrote. `there` says what stands where there is no manifest. */
function readVerified(
  directory: string,
  place: string,
  there: () => string | undefined,
): { readonly manifest: Manifest; readonly files: ReadonlyMap<string, Buffer> } {
  const manifest = readManifest(directory, place, there);
  const files = readFiles(directory, manifest, place);
  requireVersion(manifest.version, files, place);
  return { manifest, files };
}

interface Manifest {
  readonly version: Version;
  readonly selection: unknown;
  readonly versionOn: unknown;
  readonly files: JsonObject;
}

function readManifest(directory: string, place: string, there: () => string | undefined): Manifest {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(join(directory, 'manifest.json'));
  } catch (error) {
    const what = there();
    throw new UserError(
      `${place} holds no manifest.json that can be read (${fileFault(error)}); name the directory of the ` +
        `get step of this resource${what === undefined ? '' : ` (${what})`}`,
    );
  }
  const content = parseJson(bytes);
  if (isObject(content)) {
    const { selection, version_on: versionOn, files } = content;
    const version = parseVersion(content['version']);
    if (version !== undefined && isObject(files) && required.every((file) => Object.hasOwn(files, file))) {
      return { version, selection, versionOn, files };
    }
  }
  throw altered(place, 'its manifest.json is not one that get writes');
}

/**
 * Those of the files that the manifest names whose content is compared, by their names. Throws a UserError for a file that the
 * manifest does not describe, and when cidrs.txt is not the list of the version.
 */
function readFiles(directory: string, { files, version }: Manifest, place: string): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  for (const [file, recorded] of Object.entries(files)) {
    // A path would lead out of the directory.
    if (!/^\w[\w.-]*$/.test(file)) throw altered(place, 'manifest.json names a file elsewhere');
    const bytes = readFile(directory, file, place);
    const digest = sha256(bytes);
    if (!isObject(recorded) || digest !== recorded['sha256']) {
      throw altered(place, `${plainName(file)} is not what get wrote`);
    }
    if (file === 'cidrs.txt' && `sha256:${digest}` !== version.digest) {
      throw altered(place, 'cidrs.txt is not the list of its version');
    }
    if (compared.has(file)) contents.set(file, bytes);
  }
  return contents;
}

function readFile(directory: string, file: string, place: string): Buffer {
  try {
    return readRegularFile(join(directory, file));
  } catch (error) {
    throw altered(place, `${plainName(file)} cannot be read: ${fileFault(error)}`);
  }
}

/** Throws a UserError when a file that repeats a part of the version disagrees with it. */
function requireVersion(version: Version, files: ReadonlyMap<string, Buffer>, place: string): void {
  if (
    holdsList(version) &&
    heldList(version) !== textOf(files, 'cidrs.txt').trimEnd().replaceAll('\n', ' ')
  ) {
    throw altered(place, 'the list that its version holds is not the one of cidrs.txt');
  }
  for (const [file, value] of [
    ['sync_token', version.syncToken],
    ['create_date', version.createDate],
  ] as const) {
    if (textOf(files, file) !== value)
      throw altered(place, `${file} is not that of the version in its manifest`);
  }
}

function textOf(files: ReadonlyMap<string, Buffer>, file: string): string {
  return files.get(file)?.toString() ?? '';
}

/**
 * A version is put where this resource has its versions. One from the get of another resource, be it one that differs
 * in version_on alone, would be a new version here and start builds for nothing.
 */
function requireSameResource({ selection, versionOn }: Manifest, resource: Resource, place: string): void {
  const own: JsonObject = { ...selectionRecord(resource), version_on: resource.version_on };
  const there: JsonObject = { ...(isObject(selection) ? selection : {}), version_on: versionOn };
  const keys = [...new Set([...Object.keys(own), ...Object.keys(there)])];
  const differences = keys
    .filter((key) => JSON.stringify(own[key]) !== JSON.stringify(there[key]))
    .map((key) => `${key} is ${shown(there[key])} there and ${shown(own[key])} in this resource's source`);
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
function withKnownPrefixes(cidrs: readonly Cidr[], criteria: Criteria): Selection {
  const [service, ...services] = criteria.services;
  const [region, ...regions] = criteria.regions ?? [];
  const isOne = services.length + regions.length === 0 && region !== undefined && !/[*?]/.test(region);
  const prefixes = isOne && service !== undefined ? [{ service: service.toUpperCase(), region }] : [];
  return cidrs.map((cidr) => ({ cidr, prefixes }));
}

/** CIDRs that a list may have; all that AWS publishes are 17,000. */
const mostCidrs = 100_000;

/** The CIDRs of cidrs.txt. */
function readLines(text: string, place: string): Cidr[] {
  if (text !== '' && !text.endsWith('\n')) throw altered(place, 'the last line of cidrs.txt has no end');
  const lines = text.split('\n', mostCidrs + 2).slice(0, -1);
  if (lines.length > mostCidrs) {
    throw new UserError(`${place} has a list of more than ${mostCidrs} CIDRs, more than the guard reads`);
  }
  return readCidrs(lines, () => altered(place, 'cidrs.txt is no ordered list of CIDRs'));
}

function readPrefixes(bytes: Buffer, place: string): Selection {
  const content = parseJson(bytes);
  if (!Array.isArray(content) || !content.every(isRecord)) {
    throw altered(place, 'prefixes.json holds something else than entries of ip-ranges.json');
  }
  return selectionOf(content);
}

function isRecord(value: unknown): value is PrefixRecord {
  if (!isObject(value) || typeof value['region'] !== 'string' || typeof value['service'] !== 'string') {
    return false;
  }
  const { ip_prefix: ipv4, ipv6_prefix: ipv6, cidr } = value;
  const isEntry = ipv4 === undefined ? isText(ipv6, 6) : isText(ipv4, 4);
  return isEntry && (cidr === undefined || isText(cidr, 4) || isText(cidr, 6));
}

function isText(value: unknown, family: Family): boolean {
  return typeof value === 'string' && parseCidr(value, family) !== undefined;
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
