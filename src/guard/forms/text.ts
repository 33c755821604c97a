// Text: CIDRs, addresses and ranges `a-b` in lines.
import type { Candidates } from '../form.ts';
import { allow, parseDestination, type Rule } from '../rule.ts';

/** The form in words. */
export const textName = 'lines of CIDRs, addresses and ranges';

/**
 * Reads lines of CIDRs, addresses and ranges, separated by commas or white space where a line has several, in quotes or
 * not. Comments start with `#`, with `//` that stands by itself, or with `;` at the start of a line: anywhere else
 * these could hide what a separator was meant to part. Throws a UserError that tells the line of anything else.
 */
export function textCandidates(text: string, file: string): Candidates {
  const read = () => ({
    rules: text.split(/\r\n|\n|\r/).flatMap((line, index) => readLine(line, `${file}, line ${index + 1}`)),
    isWithoutPorts: true as const,
  });
  return { all: [{ names: [], read }] };
}

function readLine(line: string, place: string): Rule[] {
  return line
    .replace(/#.*|(?<![^\s,])\/\/.*|^\s*;.*/, '')
    .split('-')
    .map((part) => part.trim())
    .join('-')
    .split(/[\s,]+/)
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
    .filter((word) => word !== '')
    .map((word) => allow(parseDestination(word, place)));
}
