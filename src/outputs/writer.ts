// Makes the files of a destination appear together, or none of them.
import {
  chmodSync,
  chownSync,
  linkSync,
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
import { show, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import type { OutputFile } from '../files/output-file.ts';

/** Marks directories of this writer, so that a later run finds what a killed one left. */
const mark = '.aws-ip-ranges-resource-';

/**
 * Writes the files to an existing directory. They are first written to a directory aside. An empty destination is then
 * replaced by it in one step: whenever the run is killed, all files are there or none. Where that cannot be (a mount
 * point, or files that are there already) each file is moved into place in one step, the last one last: whenever the
 * run is killed, each name is the whole old file or the whole new one.
 *
 * Throws a UserError that says how it left the destination: as it was before, unless the disk refuses even that. All of
 * it is synchronous, so that a signal ends the run before or after it, never in between.
 */
export function writeTogether(destination: string, files: readonly OutputFile[]): void {
  const target = requireDirectory(destination);
  removeLeftovers(dirname(target), markBeside(target));
  removeLeftovers(target, mark);
  if (replaceEmptyDirectory(target, files)) return;
  try {
    moveIntoDirectory(target, files);
  } catch (error) {
    const left =
      error instanceof StuckError
        ? `some of the new files are there, since taking them back failed: ${fileFault(error.cause)}`
        : 'the destination is as it was before';
    throw new UserError(`cannot write to ${show(destination)}: ${fileFault(error)}; ${left}`);
  }
}

/** Files that were moved in could not be taken back; `cause` says why. */
class StuckError extends Error {}

function requireDirectory(destination: string): string {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(destination).isDirectory();
  } catch (error) {
    throw new UserError(
      `the destination ${show(destination)} cannot be used: ${fileFault(error)}; create the directory first`,
    );
  }
  if (!isDirectory) throw new UserError(`the destination ${show(destination)} is not a directory`);
  return realpathSync(destination);
}

/** One rename: atomic. False when that is not possible, which leaves the destination as it was. */
function replaceEmptyDirectory(target: string, files: readonly OutputFile[]): boolean {
  const parent = dirname(target);
  try {
    const { dev, mode, uid, gid } = statSync(target);
    if (readdirSync(target).length > 0 || isWorkingDirectory(target)) return false;
    if (statSync(parent).dev !== dev) return false;
    withDirectory(join(parent, markBeside(target)), (staging) => {
      writeFiles(staging, files);
      chownSync(staging, uid, gid);
      chmodSync(staging, mode);
      renameSync(staging, target);
    });
    return true;
  } catch {
    return false;
  }
}

/** One rename a file; those that went before are taken back when one fails. */
function moveIntoDirectory(target: string, files: readonly OutputFile[]): void {
  withDirectory(join(target, mark), (staging) => {
    const replaced = join(staging, 'replaced');
    mkdirSync(replaced);
    writeFiles(staging, files);
    const undo: (() => void)[] = [];
    try {
      for (const { name } of files) {
        const path = join(target, name);
        const copy = join(replaced, name);
        const old = keep(path, copy);
        const back = old === 'absent' ? () => rmSync(path) : () => renameSync(copy, path);
        if (old === 'moved') undo.push(back);
        renameSync(join(staging, name), path);
        if (old !== 'moved') undo.push(back);
      }
    } catch (error) {
      takeBack(undo, error);
      throw error;
    }
  });
}

/** Has what is at `path` kept at `copy`, too or instead. Throws for a directory. */
function keep(path: string, copy: string): 'absent' | 'linked' | 'moved' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'absent';
  if (stat.isDirectory()) throw new Error(`${show(basename(path))} is a directory there`);
  try {
    linkSync(path, copy);
    return 'linked';
  } catch {
    // A file system without links: for a moment there is no file of this name.
    renameSync(path, copy);
    return 'moved';
  }
}

function takeBack(undo: (() => void)[], reason: unknown): void {
  try {
    for (const step of undo.reverse()) step();
  } catch (cause) {
    throw new StuckError(fileFault(reason), { cause });
  }
}

/** Runs `work` with a new directory, and removes what is left of it, however it ends. */
function withDirectory(prefix: string, work: (directory: string) => void): void {
  const directory = mkdtempSync(prefix);
  try {
    work(directory);
  } finally {
    remove(directory);
  }
}

function writeFiles(directory: string, files: readonly OutputFile[]): void {
  for (const { name, bytes } of files) writeFileSync(join(directory, name), bytes, { flag: 'wx' });
}

/** What the directory aside is called, beside a destination that it is to replace. */
function markBeside(target: string): string {
  return `.${basename(target)}${mark}`;
}

/** What a killed run left aside. Concourse never has two runs share a destination. */
function removeLeftovers(directory: string, prefix: string): void {
  try {
    for (const name of readdirSync(directory)) {
      if (name.startsWith(prefix)) remove(join(directory, name));
    }
  } catch {
    // A directory that cannot be listed, such as the parent of another user's destination, holds nothing of ours.
  }
}

/** Removes a directory as far as that is possible: a leftover changes nothing about the files. */
function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // Left for a later run.
  }
}

/** A process whose working directory is replaced would be left in a directory without a name. */
function isWorkingDirectory(target: string): boolean {
  const here = process.cwd();
  return here === target || here.startsWith(`${target}/`);
}
