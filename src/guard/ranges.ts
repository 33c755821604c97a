// The directory that in wrote, read back: believed only when its manifest proves it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Criteria } from '../config/source.ts';
import { messageOf, show, UserError } from '../errors.ts';
import { selectionRecord } from '../outputs/manifest.ts';
import { cidrLines } from '../selection/digest.ts';
import { type PrefixRecord, selectionOf } from '../selection/records.ts';
import type { Selection } from '../selection/select.ts';
import { sha256 } from '../sha256.ts';
import { parseVersion, type Version } from '../version.ts';

/**
 * The version and selection in the directory of a get step. Throws a UserError when a file is missing or altered, or
 * when the directory was made for another selection. `name` is the directory's, for messages.
 */
export function readRanges(
  directory: string,
  name: string,
  criteria: Criteria,
): { version: Version; selection: Selection } {
  const manifest = readManifest(directory, name);
  for (const [file, recorded] of Object.entries(manifest.files)) {
    if (!/^[\w.-]+$/.test(file)) throw altered(name, `manifest.json names the file ${show(file)}`);
    if (sha256(readBytes(directory, file, name)) !== recorded.sha256)
      throw altered(name, `${file} is not what get wrote`);
  }
  if (JSON.stringify(manifest.selection) !== JSON.stringify(selectionRecord(criteria))) {
    throw new UserError(
      `params.ranges: ${name} holds ${JSON.stringify(manifest.selection)}, but this resource's source selects ` +
        `${JSON.stringify(selectionRecord(criteria))}; use the directory of a get of this resource`,
    );
  }
  const records = JSON.parse(readBytes(directory, 'prefixes.json', name).toString()) as PrefixRecord[];
  const selection = selectionOf(records, criteria);
  if (`sha256:${sha256(cidrLines(selection))}` !== manifest.version.digest) {
    throw altered(name, 'prefixes.json does not amount to the list of its version');
  }
  return { version: manifest.version, selection };
}

interface Manifest {
  readonly version: Version;
  readonly selection: unknown;
  readonly files: Readonly<Record<string, { readonly sha256?: unknown }>>;
}

function readManifest(directory: string, name: string): Manifest {
  if (!existsSync(join(directory, 'manifest.json'))) {
    throw new UserError(
      `params.ranges: ${name} holds no manifest.json; name the directory of the get step of this resource`,
    );
  }
  const text = readBytes(directory, 'manifest.json', name).toString();
  try {
    const content = JSON.parse(text) as { version?: unknown; selection?: unknown; files?: unknown };
    const version = parseVersion(content.version);
    const { files } = content;
    if (version !== undefined && typeof files === 'object' && files !== null && 'prefixes.json' in files) {
      return { version, selection: content.selection, files: files as Manifest['files'] };
    }
  } catch {
    // Told below.
  }
  throw altered(name, 'its manifest.json is not one that get writes');
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
