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

/** Bytes that a memory may have: enough for so many versions with the longest lists. */
const limit = 16 * 2 ** 20;

/**
 * The memory for a source, a file in the temporary directory. One that is missing, damaged or another user's
 * counts as empty. Failing to write it only costs the next check a download.
 */
export function openMemory(source: Source, env: NodeJS.ProcessEnv): Memory {
  // Only the same source by the same contract has the same memory.
  const name = `aws-ip-ranges-resource-${sha256(JSON.stringify([contractVersion, source]))}.json`;
  // As node:os has it, which few runs need to load.
  const path = join(env['TMPDIR'] || env['TMP'] || env['TEMP'] || '/tmp', name);
  const versions = load(path);
  return {
    recall: (token) => versions.find(({ syncToken }) => syncToken === token),
    remember: (version) => {
      const others = versions.filter(({ syncToken }) => syncToken !== version.syncToken);
      save(path, JSON.stringify([version, ...others].slice(0, capacity)));
    },
  };
}

function load(path: string): Version[] {
  let fd: number | undefined;
  try {
    // In a directory that everyone can write to, a link or another user's file is somebody's trap.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.uid !== process.getuid?.() || stat.size > limit) return [];
    const content: unknown = JSON.parse(readFileSync(fd, 'utf8'));
    return Array.isArray(content) ? content.flatMap((version) => parseVersion(version) ?? []) : [];
  } catch {
    return [];
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function save(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch {
    // Best effort.
  }
}
