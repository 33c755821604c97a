// Makes the files of a destination appear together, or none of them.
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf, show, UserError } from '../errors.ts';
import type { OutputFile } from '../output-file.ts';

/** Marks directories of this writer, so that a later run finds what a killed one left. */
const mark = '.aws-ip-ranges-resource-';

/**
 * Writes the files to an existing directory. They are first written to a directory aside; then an empty destination
 * is replaced by it in one step, and where that cannot be (a mount point, or files that are there already) each file
 * is moved into place, the last one last. On failure the destination is as it was; throws a UserError.
 * `onInterrupt` takes what is to be undone when a signal ends the run.
 */
export function writeTogether(
  destination: string,
  files: readonly OutputFile[],
  onInterrupt: (undo: () => void) => () => void,
): void {
  const target = requireDirectory(destination);
  try {
    if (replaceEmptyDirectory(target, files, onInterrupt)) return;
    moveIntoDirectory(target, files, onInterrupt);
  } catch (error) {
    throw new UserError(
      `cannot write to ${show(destination)}: ${messageOf(error)}; the destination is as it was before`,
    );
  }
}

function requireDirectory(destination: string): string {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(destination).isDirectory();
  } catch (error) {
    throw new UserError(
      `the destination ${show(destination)} cannot be used: ${messageOf(error)}; create the directory first`,
    );
  }
  if (!isDirectory) throw new UserError(`the destination ${show(destination)} is not a directory`);
  return realpathSync(destination);
}

/** One rename: atomic. False when the destination cannot be replaced, which leaves it as it was. */
function replaceEmptyDirectory(
  target: string,
  files: readonly OutputFile[],
  onInterrupt: OnInterrupt,
): boolean {
  if (readdirSync(target).length > 0 || isWorkingDirectory(target)) return false;
  const stat = statSync(target);
  const parent = dirname(target);
  if (statSync(parent).dev !== stat.dev) return false;
  const prefix = `.${basename(target)}${mark}`;
  let staging: string;
  try {
    removeLeftovers(parent, prefix);
    staging = mkdtempSync(join(parent, prefix));
  } catch {
    return false;
  }
  return withCleanUp(staging, onInterrupt, () => {
    writeFiles(staging, files);
    chmodSync(staging, stat.mode);
    chownSync(staging, stat.uid, stat.gid);
    try {
      renameSync(staging, target);
      return true;
    } catch {
      return false;
    }
  });
}

/** One rename a file; those that went before are taken back when one fails. */
function moveIntoDirectory(target: string, files: readonly OutputFile[], onInterrupt: OnInterrupt): void {
  removeLeftovers(target, mark);
  const staging = mkdtempSync(join(target, mark));
  withCleanUp(staging, onInterrupt, () => {
    const replaced = join(staging, 'replaced');
    mkdirSync(replaced);
    writeFiles(staging, files);
    const undo: (() => void)[] = [];
    try {
      for (const { name } of files) {
        const path = join(target, name);
        if (existsSync(path)) {
          if (lstatSync(path).isDirectory()) throw new Error(`${show(name)} is a directory there`);
          renameSync(path, join(replaced, name));
          undo.push(() => renameSync(join(replaced, name), path));
        }
        renameSync(join(staging, name), path);
        undo.push(() => renameSync(path, join(staging, name)));
      }
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
  });
}

type OnInterrupt = (undo: () => void) => () => void;

/** Runs `work` and removes the directory aside, however it ends. */
function withCleanUp<T>(staging: string, onInterrupt: OnInterrupt, work: () => T): T {
  const cleanUp = () => rmSync(staging, { recursive: true, force: true });
  const done = onInterrupt(cleanUp);
  try {
    return work();
  } finally {
    done();
    cleanUp();
  }
}

function writeFiles(directory: string, files: readonly OutputFile[]): void {
  for (const { name, bytes } of files) writeFileSync(join(directory, name), bytes, { flag: 'wx' });
}

/** What a killed run left aside. Concourse never has two runs share a destination. */
function removeLeftovers(directory: string, prefix: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(prefix)) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/** A process whose working directory is replaced would be left in a directory without a name. */
function isWorkingDirectory(target: string): boolean {
  const here = process.cwd();
  return here === target || here.startsWith(`${target}/`);
}
