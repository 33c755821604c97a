// JSON of a rules file, with words for what is wrong with it.
import { UserError } from '../errors.ts';

/** Values in JSON: a plan of 64 MiB has fewer. Beyond it they may not fit in memory, and that end leaves no message. */
const mostValues = 5_000_000;

/** Levels of arrays and objects that nothing comes near which the guard reads; what recurses fails far beyond. */
const deepest = 256;

/** The content of a file that starts like JSON. Throws a UserError that says what is wrong with it. */
export function readJson(text: string, name: string): unknown {
  const fault = faultOfSize(text);
  if (fault !== undefined) throw new UserError(`${name} ${fault}; name a file of rules`);
  return parse(text, name);
}

/** Why JSON is not parsed, as the rest of a sentence about it; undefined when it may be. Looks at the marks of structure alone. */
export function faultOfSize(text: string): string | undefined {
  let level = 0;
  let values = 1;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at);
    if (mark === 0x22 /* " */) isString = !isString;
    else if (isString) at += mark === 0x5c /* \ */ ? 1 : 0;
    else if (mark === 0x2c /* , */) values++;
    else if (mark === 0x5b /* [ */ || mark === 0x7b /* { */) {
      values++;
      if (++level > deepest)
        return `nests values more than ${deepest} levels deep, as nothing does that the guard reads`;
    } else if (mark === 0x5d /* ] */ || mark === 0x7d /* } */) level--;
  }
  return values > mostValues ? `has more than ${mostValues} values, more than the guard reads` : undefined;
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
    throw new UserError(`${name}${faultOf(text)}`);
  }
}

/** Strings, words, and single characters, with the white space before them. */
const token = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|.)/gsy;

/** What people add to JSON or leave out, as the rest of a sentence about the file. */
function faultOf(text: string): string {
  let level = 0;
  let previous = '';
  for (const { 0: whole, 1: part = '', index } of text.trimEnd().matchAll(token)) {
    const at = index + whole.length - part.length;
    if (level === 0 && previous !== '') {
      return part === '{' || part === '['
        ? ' holds several JSON values, one after the other; write one value, such as a list of them'
        : `${placeOf(text, at)}: the JSON ends before, and other text follows; write the JSON alone`;
    }
    if (part === '/' || part === '#') return `${placeOf(text, at)}: a comment; JSON has no comments`;
    const isClosing = part === ']' || part === '}';
    if (isClosing && previous === ',')
      return `${placeOf(text, at)}: a comma before ${part}; JSON allows none`;
    if (isClosing) level--;
    if (part === '{' || part === '[') level++;
    previous = part;
  }
  return level > 0
    ? ` starts like JSON, but it is not complete (${text.length} characters)`
    : ' starts like JSON, but it is not valid; write the file with a tool that prints JSON';
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  return `, line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
}
