// Writes the files of a destination so that none is ever seen half written, and the last one only when all are there.
import { existsSync, lstatSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { show, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import type { OutputFile } from '../files/output-file.ts';

/**
 * Writes the files to an existing directory, beside what is there; a file or link of the same name is replaced. Each is written
 * under a temporary name and renamed. The last file says that all are there: one of an earlier run is removed before any other
 * file is replaced. Concourse gives an empty directory and throws it away when the step fails, so nothing is restored.
 *
 * Throws a UserError, and removes what it wrote, when a file cannot be written. It is synchronous, so that a signal ends the run
 * before or after it.
 */
export function writeFiles(destination: string, files: readonly OutputFile[]): void {
  const temporary = ({ name }: OutputFile) => join(destination, `.${name}.part`);
  const final = ({ name }: OutputFile) => join(destination, name);
  const written: string[] = [];
  let current = '';
  try {
    for (const file of files) {
      current = file.name;
      // A killed run may have left one.
      removeFile(temporary(file));
      written.push(temporary(file));
      writeFileSync(temporary(file), file.bytes, { flag: 'wx' });
    }
    for (const file of files.slice(-1)) removeFile(final(file));
    for (const file of files) {
      current = file.name;
      renameSync(temporary(file), final(file));
      written.push(final(file));
    }
  } catch (error) {
    for (const path of written) {
      try {
        removeFile(path);
      } catch {
        // On a disk that fails, a file may stay. The last one is not there then, so the directory counts as unfinished.
      }
    }
    const wayOut = existsSync(destination) ? '' : '; create the directory first';
    throw new UserError(`cannot write ${current} to ${show(destination)}: ${fileFault(error)}${wayOut}`);
  }
}

/** Removes a file or a link, if there is one. Throws for a directory. */
function removeFile(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path);
}
