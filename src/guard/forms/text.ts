// Text: CIDRs, addresses and ranges `a-b` in lines.
import { parseAddress } from '../../addresses/cidr.ts';
import { UserError } from '../../errors.ts';
import type { Candidates } from '../form.ts';
import { allowAt, collectRules, type Rule } from '../rule.ts';
import { explained } from '../what-it-is.ts';

/** The form in words. */
export const textName = 'lines of CIDRs, addresses and ranges';

/** Bytes that a text may have: hundreds of thousands of CIDRs. */
const largest = 16 * 1024 * 1024;

/** Characters of the start that show what a text is instead. */
const telling = 1 << 16;

/**
 * Reads lines of CIDRs, addresses and ranges, separated by commas, spaces or tabs where a line has several, in quotes or
 * not. Comments start with `#`, with `//` that stands by itself, or with `;` at the start of a line: anywhere else
 * these could hide what a separator was meant to part. Throws a UserError that names the line of anything else.
 */
export function readText(text: string, name: string): Candidates {
  const length = Buffer.byteLength(text);
  if (length > largest) {
    throw new UserError(
      `${name} has ${length} bytes of text, more than the ${largest} (16 MiB) that the guard reads; name the file of rules`,
    );
  }
  if (text.trim() === '') {
    throw new UserError(
      `${name} is empty: whatever should have written it wrote nothing; a list without rules is written as []`,
    );
  }
  try {
    const rules = collectRules(name, text.split('\n').entries(), ([index, line]) =>
      line === '' || line === '\r' ? [] : readLine(line.replace(/\r$/, ''), `${name}, line ${index + 1}`),
    );
    return { all: [{ names: [], read: () => ({ rules, isWithoutPorts: true }) }] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw explained(error, text.slice(0, telling), name);
  }
}

function readLine(line: string, place: string): Rule[] {
  refuseBreaks(line, place);
  const words = line
    .replace(/#.*|(?<![^ \t,])\/\/.*|^[ \t]*;.*/, '')
    // From the start of white space alone: a try from each place in it takes minutes of a million of them.
    .replace(/(?<![ \t])(?:[ \t]+-[ \t]*|-[ \t]+)/g, '-')
    .split(/[ \t,]+/)
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
    .filter((word) => word !== '');
  refuseMask(words, place);
  return words.map((value) => allowAt({ file: place, path: '', value }));
}

/** An address and its mask are no two addresses. */
function refuseMask([address = '', mask = '', ...others]: readonly string[], place: string): void {
  const bits = parseAddress(mask);
  if (others.length > 0 || bits?.family !== 4 || parseAddress(address)?.family !== 4) return;
  const isRun = (value: bigint) => (value & (value + 1n)) === 0n;
  if (!isRun(bits.number) && !isRun(0xffffffffn - bits.number)) return;
  throw new UserError(
    `${place} is an address with a netmask or wildcard mask; write it as a CIDR such as 52.95.144.0/24`,
  );
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
