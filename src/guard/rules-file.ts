// Files of the build's sources: only regular ones of a bearable size, so that no path in params can make a run wait forever.
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { firstOf, printable, show, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';

/** A rules file. */
export interface RulesFile {
  /** Its name, for messages. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Reads the file at a path; `name` is the path as the put step has it. Throws a UserError when it cannot be read. */
export function readRulesFile(path: string, name: string): RulesFile {
  const bytes = readRegularFile(path, (why) => {
    const there = whatIsThere(path, name, 'their directory');
    return new UserError(
      `params.rules is ${show(name)}, which cannot be read: ${why}; ` +
        `name a file below the build's sources${there === undefined ? '' : ` (${there})`}`,
    );
  });
  return { name, bytes };
}

/** Bytes that a file may have; a plan of thousands of resources has a few MiB. */
const largest = 64 * 1024 * 1024;

/** The bytes of a file. Throws what `fault` makes of why it is not read. */
export function readRegularFile(path: string, fault: (why: string) => UserError): Buffer {
  let descriptor: number | undefined;
  try {
    // O_NONBLOCK: opening a FIFO does not wait for somebody who writes to it.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) {
      const kind = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a FIFO' : 'a device';
      throw new Error(`it is ${kind}, not a file`);
    }
    if (stats.size > largest) {
      throw new Error(`it has ${stats.size} bytes, more than the ${largest} (64 MiB) that the guard reads`);
    }
    return readFileSync(descriptor);
  } catch (error) {
    throw fault(fileFault(error));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Names that a message lists before it only counts them. */
const listed = 10;

/**
 * `plan holds rules.json, show.json`: describes the nearest directory on the path that can be listed. It is for the message about a
 * path that cannot be read, since most often another name was meant. Undefined when none can be listed. `name` is the path as the
 * user gave it, and `here` says in words what that is relative to.
 */
export function whatIsThere(path: string, name: string, here: string): string | undefined {
  try {
    const names = readdirSync(path).sort().map(printable);
    const list = names.length === 0 ? 'nothing' : firstOf(names, listed).join(', ');
    return `${name === '.' ? here : printable(name)} holds ${list}`;
  } catch {
    return name === dirname(name) ? undefined : whatIsThere(dirname(path), dirname(name), here);
  }
}
