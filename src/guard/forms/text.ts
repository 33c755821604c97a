// Text: CIDRs, addresses and ranges `a-b` in lines.
import { isAscii, isUtf8 } from 'node:buffer';
import { takeIpv4 } from '../../addresses/cidr.ts';
import { openRangeSet, type RangeSet } from '../../addresses/range-set.ts';
import { UserError } from '../../errors.ts';
import type { Candidates } from '../form.ts';
import { listRules, requireBearable } from '../list-rules.ts';
import { parseDestination } from '../rule.ts';
import type { RulesFile } from '../rules-file.ts';
import { explained, notUtf8 } from '../what-it-is.ts';

/** The form in words. */
export const textName = 'lines of CIDRs, addresses and ranges';

/** Bytes that a line may have: hundreds of thousands of CIDRs. */
const longestLine = 1 << 24;

/** Bytes of the start that show what a text is instead. */
const telling = 1 << 16;

/**
 * Reads lines of CIDRs, addresses and ranges, separated by commas, spaces or tabs where a line has several, in quotes or
 * not. Comments start with `#`, with `//` that stands by itself, or with `;` at the start of a line: anywhere else
 * these could hide what a separator was meant to part. Rejects with a UserError that names the line of anything else.
 */
export async function readText(file: RulesFile): Promise<Candidates> {
  const lines = openLines(file.name);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const part of file.parts()) {
      const end = part.lastIndexOf(0x0a) + 1;
      lines.read(end === 0 ? Buffer.alloc(0) : Buffer.concat([rest, part.subarray(0, end)]));
      rest = end === 0 ? Buffer.concat([rest, part]) : Buffer.from(part.subarray(end));
      if (rest.length > longestLine) throw tooLong(file.name, lines.count() + 1);
    }
    lines.read(rest);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw explained(error, file.start.subarray(0, telling).toString(), file.name);
  }
  if (lines.isBlank()) throw empty(file.name);
  return { all: [{ names: [], read: () => listRules(lines.set, file.name) }] };
}

interface Lines {
  readonly set: RangeSet;
  /** Reads whole lines. */
  read(bytes: Buffer): void;
  count(): number;
  /** Whether there was nothing but white space. */
  isBlank(): boolean;
}

function openLines(file: string): Lines {
  const set = openRangeSet();
  let number = 0;
  let isBlank = true;
  return {
    set,
    count: () => number,
    isBlank: () => isBlank,
    read(bytes) {
      if (!isUtf8(bytes)) throw notUtf8(file);
      const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
      for (let start = number === 0 && text.startsWith('\u{feff}') ? 1 : 0; start < text.length; ) {
        const newline = text.indexOf('\n', start);
        const end = newline === -1 ? text.length : newline;
        const line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
        start = end + 1;
        number++;
        // Seldom: counting sorts.
        if (number % (1 << 20) === 0) requireBearable(set, file);
        // A file of empty lines alone would take minutes.
        if (line === '') continue;
        if (line.trim() !== '') isBlank = false;
        if (!takeIpv4(line, set.addIpv4)) readLine(line, `${file}, line ${number}`, set);
      }
    },
  };
}

/** A line that is more than an IPv4 network or address. */
function readLine(line: string, place: string, set: RangeSet): void {
  refuseBreaks(line, place);
  const words = line
    .replace(/#.*|(?<![^ \t,])\/\/.*|^[ \t]*;.*/, '')
    // From the start of white space alone: a try from each place in it takes minutes of a million of them.
    .replace(/(?<![ \t])[ \t]*-[ \t]*/g, '-')
    .split(/[ \t,]+/);
  for (const word of words) {
    const text = word.replace(/^(["'])(.*)\1$/, '$2');
    if (text !== '' && !takeIpv4(text, set.addIpv4)) set.add(parseDestination(text, place));
  }
}

/** Other programs start a line at these characters: what follows would be a comment here, and a rule there. */
function refuseBreaks(line: string, place: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const found = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/.exec(line)?.[0];
  if (found === undefined) return;
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  throw new UserError(
    `${place} has the control character U+${code} in it, at which other programs may start a line; end lines with \\n or \\r\\n`,
  );
}

function tooLong(file: string, line: number): UserError {
  return new UserError(`${file}, line ${line} is longer than ${longestLine} bytes; write one CIDR a line`);
}

function empty(file: string): UserError {
  return new UserError(
    `${file} is empty: whatever should have written it wrote nothing; a list without rules is written as []`,
  );
}
