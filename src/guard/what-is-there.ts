// What a directory holds, for the message about a path in it that cannot be read: most often another name was meant.
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { firstOf, printable } from '../errors.ts';

/** Names that a message lists before it only counts them. */
const listed = 10;

/**
 * `plan holds rules.json, show.json`: describes the nearest directory on the path that can be listed, or a link that leads nowhere.
 * Undefined when none can be listed. `name` is the path as the user gave it, and `here` what that is relative to, in words.
 */
export function whatIsThere(path: string, name: string, here: string): string | undefined {
  let [directory, label] = [path, name];
  for (let names = namesIn(directory); ; names = namesIn(directory)) {
    if (names !== undefined) return `${label === '.' ? here : printable(label)} holds ${listOf(names)}`;
    if (isDangling(directory)) return `${printable(label)} is a link to what is not there`;
    if (label === dirname(label)) return undefined;
    [directory, label] = [dirname(directory), dirname(label)];
  }
}

function namesIn(directory: string): string[] | undefined {
  try {
    return readdirSync(directory).sort();
  } catch {
    return undefined;
  }
}

/** Whether a symbolic link is there that leads to nothing. */
function isDangling(path: string): boolean {
  const options = { throwIfNoEntry: false };
  try {
    return lstatSync(path, options) !== undefined && statSync(path, options) === undefined;
  } catch {
    return false;
  }
}

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  return firstOf(names.map(printable), listed).join(', ');
}
