// The rules file as bytes.
import { show, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import { readRegularFile } from './regular-file.ts';
import { whatIsThere } from './what-is-there.ts';

/** A rules file. */
export interface RulesFile {
  /** Its name, for messages. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Reads the file at a path; `name` is the path as the put step has it. Throws a UserError when it cannot be read. */
export function readRulesFile(path: string, name: string): RulesFile {
  try {
    return { name, bytes: readRegularFile(path) };
  } catch (error) {
    const there = whatIsThere(path, name, 'their directory');
    throw new UserError(
      `params.rules is ${show(name)}, which cannot be read: ${fileFault(error)}; ` +
        `name a file below the build's sources${there === undefined ? '' : ` (${there})`}`,
    );
  }
}
