// The directory that in wrote, read back: believed only when its manifest proves it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Family, isCidr } from '../addresses/cidr.ts';
import type { Criteria } from '../config/source.ts';
import { messageOf, show, UserError } from '../errors.ts';
import { sha256 } from '../files/sha256.ts';
import { selectionRecord } from '../outputs/manifest.ts';
import { cidrLines } from '../selection/digest.ts';
import { type PrefixRecord, selectionOf } from '../selection/records.ts';
import type { Selection } from '../selection/selection.ts';
import { parseVersion, type Version } from '../version.ts';
import { isObject, type JsonObject } from './json-place.ts';

/**
 * The version and selection in the directory of a get step: the list of cidrs.txt, whose digest is the version's, with
 * the entries of prefixes.json that each CIDR comes from. Files that the manifest does not name are not looked at.
 * Throws a UserError when a file is missing or altered, or when the directory was made for another selection. `name`
 * is the directory's, for messages.
 */
export function readRanges(
  directory: string,
  name: string,
  criteria: Criteria,
): { version: Version; selection: Selection } {
  const manifest = readManifest(directory, name);
  for (const [file, recorded] of Object.entries(manifest.files)) {
    // A path would lead out of the directory.
    if (!/^\w[\w.-]*$/.test(file)) throw altered(name, `manifest.json names the file ${show(file)}`);
    const digest = isObject(recorded) ? recorded['sha256'] : undefined;
    if (sha256(readBytes(directory, file, name)) !== digest) {
      throw altered(name, `${file} is not what get wrote`);
    }
  }
  if (JSON.stringify(manifest.selection) !== JSON.stringify(selectionRecord(criteria))) {
    throw new UserError(
      `params.ranges: ${name} holds ${JSON.stringify(manifest.selection)}, but this resource's source selects ` +
        `${JSON.stringify(selectionRecord(criteria))}; use the directory of a get of this resource`,
    );
  }
  const list = readBytes(directory, 'cidrs.txt', name);
  if (`sha256:${sha256(list)}` !== manifest.version.digest) {
    throw altered(name, 'cidrs.txt is not the list of its version');
  }
  const selection = readSelection(readBytes(directory, 'prefixes.json', name), name);
  if (cidrLines(selection) !== list.toString()) {
    throw altered(name, 'prefixes.json does not amount to the list of cidrs.txt');
  }
  return { version: manifest.version, selection };
}

interface Manifest {
  readonly version: Version;
  readonly selection: unknown;
  readonly files: JsonObject;
}

function readManifest(directory: string, name: string): Manifest {
  if (!existsSync(join(directory, 'manifest.json'))) {
    throw new UserError(
      `params.ranges: ${name} holds no manifest.json; name the directory of the get step of this resource`,
    );
  }
  const content = parseJson(readBytes(directory, 'manifest.json', name));
  if (isObject(content)) {
    const { selection, files } = content;
    const version = parseVersion(content['version']);
    if (version !== undefined && isObject(files) && 'cidrs.txt' in files && 'prefixes.json' in files) {
      return { version, selection, files };
    }
  }
  throw altered(name, 'its manifest.json is not one that get writes');
}

function readSelection(bytes: Buffer, name: string): Selection {
  const content = parseJson(bytes);
  if (!Array.isArray(content) || !content.every(isRecord)) {
    throw altered(name, 'prefixes.json holds something else than entries of ip-ranges.json');
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
  return typeof value === 'string' && isCidr(value, family);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function readBytes(directory: string, file: string, name: string): Buffer {
  try {
    return readFileSync(join(directory, file));
  } catch (error) {
    throw altered(name, messageOf(error));
  }
}

function altered(name: string, what: string): UserError {
  return new UserError(`params.ranges: ${name} cannot be believed: ${what}; get the resource again`);
}
