// The directory that in wrote, read back: believed only when its manifest proves it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cidr, compareCidrs, isCidr, parseCidr } from '../cidr.ts';
import type { Criteria } from '../config/source.ts';
import { messageOf, show, UserError } from '../errors.ts';
import type { Prefix } from '../ip-ranges/document.ts';
import { selectionRecord } from '../outputs/manifest.ts';
import { groupPrefixes, type Selection } from '../selection/select.ts';
import { sha256 } from '../sha256.ts';
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
  const prefixes = readPrefixes(readBytes(directory, 'prefixes.json', name), name);
  return { version: manifest.version, selection: readSelection(list.toString(), prefixes, name) };
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

function readPrefixes(bytes: Buffer, name: string): Selection {
  const content = parseJson(bytes);
  if (!Array.isArray(content) || !content.every(isPrefix)) {
    throw altered(name, 'prefixes.json holds something else than entries of ip-ranges.json');
  }
  return groupPrefixes(content);
}

/** The CIDRs of cidrs.txt, each with the entries that it has addresses of: its own, parts of it, what it is a part of. */
function readSelection(list: string, entries: Selection, name: string): Selection {
  const selection = list
    .split('\n')
    .slice(0, -1)
    .map((text) => ({ cidr: readCidr(text, name), prefixes: [] as Prefix[] }));
  // One pass over both in numeric order: of two networks that share addresses, the first one contains the other.
  const items = [
    ...entries.map(({ cidr, prefixes }) => ({ cidr, prefixes, into: undefined })),
    ...selection.map(({ cidr, prefixes }) => ({ cidr, prefixes: [], into: prefixes })),
  ].sort((a, b) => compareCidrs(a.cidr, b.cidr));
  let open: typeof items = [];
  for (const item of items) {
    const { family, first } = item.cidr;
    open = open.filter(({ cidr }) => cidr.family === family && cidr.last >= first);
    for (const outer of open) {
      outer.into?.push(...item.prefixes);
      item.into?.push(...outer.prefixes);
    }
    open.push(item);
  }
  const orphan = selection.find(({ prefixes }) => prefixes.length === 0);
  if (orphan !== undefined) throw altered(name, `prefixes.json has no entry for ${orphan.cidr.text}`);
  return selection;
}

function readCidr(text: string, name: string): Cidr {
  const cidr = parseCidr(text, text.includes(':') ? 6 : 4);
  if (cidr === undefined) throw altered(name, `cidrs.txt has the line ${show(text)}`);
  return cidr;
}

function isPrefix(value: unknown): value is Prefix {
  if (!isObject(value) || typeof value['region'] !== 'string' || typeof value['service'] !== 'string')
    return false;
  const { ip_prefix: ipv4, ipv6_prefix: ipv6 } = value;
  return ipv4 === undefined
    ? typeof ipv6 === 'string' && isCidr(ipv6, 6)
    : typeof ipv4 === 'string' && isCidr(ipv4, 4);
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
