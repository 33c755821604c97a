// JSON of a rules file, refused where JSON.parse would take without a word what the guard must not.
import { isAscii, isUtf8 } from 'node:buffer';
import { show, UserError } from '../errors.ts';
import { countStrings } from '../ip-ranges/members.ts';
import { type JsonStructure, scanJson } from './json-structure.ts';
import type { RulesFile } from './rules-file.ts';
import { notUtf8 } from './what-it-is.ts';

/** Levels of arrays and objects that no plan comes near, with modules in modules; recursion fails far beyond. */
const deepest = 256;

/** Bytes that JSON may have: while it is parsed and read, a signal has to wait. Plans of thousands of resources have a few MiB. */
const largest = 64 * 1024 * 1024;

/** The content of a file that starts like JSON. Rejects with a UserError that says what is wrong with it. */
export async function readJson(file: RulesFile): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of file.parts()) {
    size += part.length;
    if (size > largest) throw tooLarge(file.name);
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  parts.length = 0;
  if (!isUtf8(bytes)) throw notUtf8(file.name);
  const structure = await scanJson(bytes);
  refuseDeep(structure, file.name);
  refuseLarge(structure, bytes.length, file.name);
  const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8').replace(/^\u{feff}/u, '');
  const content = parse(text, file.name);
  if (countStrings(content, deepest + 1) !== structure.strings) {
    throw new UserError(
      `${file.name} gives a key twice in one object, so that its meaning depends on the reader; write each key once`,
    );
  }
  return content;
}

function tooLarge(name: string): UserError {
  return new UserError(
    `${name} is JSON of more than ${largest} bytes (64 MiB), which would keep the guard busy for too long; name a file with ` +
      'fewer resources or rules, or write the CIDRs in lines of text',
  );
}

function refuseDeep({ depth }: JsonStructure, name: string): void {
  if (depth <= deepest) return;
  throw new UserError(
    `${name} nests values more than ${deepest} levels deep, as nothing does that the guard reads; name a file of rules`,
  );
}

/** Values, and the rules that are made of them, take more memory than their text: a container that has not enough of it would end the run without a word. */
function refuseLarge({ containers, strings, commas }: JsonStructure, size: number, name: string): void {
  const needed = 2 * size + 300 * containers + 40 * strings + 16 * commas;
  const { heap_size_limit: limit } = process.getBuiltinModule('node:v8').getHeapStatistics();
  if (needed < 0.7 * limit) return;
  throw new UserError(
    `${name} has ${commas + 1} values in ${size} bytes, more than the guard can hold in memory here; name a file with ` +
      'fewer of them',
  );
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (/^\s*\{"@/.test(text)) {
      throw new UserError(
        `${name} is the log of terraform plan -json; save the plan with -out and write it with terraform show -json`,
      );
    }
    throw new UserError(
      `${name} starts like JSON, but it is not valid or not complete (${text.length} characters, the last of ` +
        `them ${show(text.slice(-20))})`,
    );
  }
}
