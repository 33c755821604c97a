// The memory of `version_on: cidrs`: which version a token had for this source, so that a document whose list was
// the same is not downloaded at every check. Concourse keeps a check's container for a while; the memory lives as long.
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { contractVersion } from '../config/contract.ts';
import type { Source } from '../config/source.ts';
import { sha256 } from '../files/sha256.ts';
import { parseVersion, type SyncToken, type Version } from '../version.ts';

export interface Memory {
  /** The version that the token had, if it is remembered. */
  recall(token: SyncToken): Version | undefined;
  remember(version: Version): void;
}

/** Tokens kept: enough for edges of the CDN that serve different documents for a while. */
const capacity = 8;

/** Bytes that a memory may have; with long lists in its versions it keeps fewer. */
const limit = 2 ** 20;

/**
 * The memory for a source, a file in the temporary directory. One that is missing, damaged, another user's or of
 * another source counts as empty. Failing to write it only costs the next check a download.
 */
export function openMemory(source: Source, directory = temporaryDirectory()): Memory {
  const key = keyOf(source);
  const path = join(directory, `aws-ip-ranges-resource-${key.slice(0, 32)}.json`);
  const versions = load(path, key);
  return {
    recall: (token) => versions.find(({ syncToken }) => syncToken === token),
    remember: (version) => {
      const others = versions.filter(({ syncToken }) => syncToken !== version.syncToken);
      save(path, key, [version, ...others].slice(0, capacity));
    },
  };
}

/** node:os is loaded here, since few runs need it. */
function temporaryDirectory(): string {
  return process.getBuiltinModule('node:os').tmpdir();
}

/** Only the same source by the same contract has the same memory. */
function keyOf(source: Source): string {
  return sha256(JSON.stringify([contractVersion, source]));
}

function load(path: string, key: string): Version[] {
  try {
    // In a directory that everyone can write to, a link or another user's file is somebody's trap.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile() || stat.uid !== process.getuid?.() || stat.size > limit) return [];
      const content: unknown = JSON.parse(readFileSync(fd, 'utf8'));
      if (typeof content !== 'object' || content === null || !('key' in content) || content.key !== key)
        return [];
      if (!('versions' in content) || !Array.isArray(content.versions)) return [];
      return content.versions.flatMap((version) => parseVersion(version) ?? []);
    } finally {
      closeSync(fd);
    }
  } catch {
    return [];
  }
}

function save(path: string, key: string, versions: readonly Version[]): void {
  const temporary = `${path}.${process.pid}`;
  const kept = [...versions];
  const content = () => JSON.stringify({ key, versions: kept });
  while (kept.length > 1 && Buffer.byteLength(content()) > limit) kept.pop();
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, content(), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch {
    // Best effort.
  }
}
