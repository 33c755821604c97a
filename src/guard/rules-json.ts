// JSON of a rules file, with words for what is wrong with it.
import { UserError } from '../errors.ts';

/** Values in JSON: a plan of 64 MiB has fewer. Beyond it they may not fit in memory, and that end leaves no message. */
const mostValues = 5_000_000;

/** Deepest nesting that is accepted: nothing that the guard reads comes near it, and recursive code fails far beyond it. */
const deepest = 256;

/** The content of a file that starts like JSON. Throws a UserError that says what is wrong with it. */
export function readJson(text: string, name: string): unknown {
  if (/^\s*\{"@/.test(text)) {
    throw new UserError(
      `${name} is the log of terraform plan -json; save the plan with -out and write it with terraform show -json`,
    );
  }
  const fault = faultOfStructure(text);
  if (fault !== undefined) throw new UserError(`${name}${fault}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(
      `${name} starts like JSON, but it is not valid; write the file with a tool that prints JSON`,
    );
  }
}

/**
 * Why JSON is not parsed, as the rest of a sentence about it; undefined when it may be. Looks at brackets, commas and quotes alone:
 * it finds what people add to JSON or leave out, and counts values and levels.
 */
export function faultOfStructure(text: string): string | undefined {
  let level = 0;
  let values = 1;
  let previous = '';
  for (let at = 0; at < text.length; at++) {
    const mark = text.charAt(at);
    if (mark <= ' ') continue;
    if (level > deepest) {
      return ` nests values more than ${deepest} levels deep, as nothing does that the guard reads; name a file of rules`;
    }
    const fault = faultOfMark(mark, previous, level);
    if (fault !== undefined) return `${placeOf(text, at)}: ${fault}`;
    if (mark === '"') at = endOfString(text, at);
    else if (mark === ',') values++;
    else if (mark === ']' || mark === '}') level--;
    else if (mark === '[' || mark === '{') {
      level++;
      values++;
    }
    previous = mark;
  }
  if (level > 0) return ` starts like JSON, but it is not complete (${text.length} characters)`;
  if (values <= mostValues) return undefined;
  return ` has more than ${mostValues} values, more than the guard reads; name a file of rules`;
}

/** What is wrong with a mark behind another one, at a level of arrays and objects. */
function faultOfMark(mark: string, previous: string, level: number): string | undefined {
  if (level === 0 && previous !== '') {
    return mark === '[' || mark === '{'
      ? 'the second of several JSON values; write one value, such as a list of them'
      : 'the JSON ends before, and other text follows; write the JSON alone';
  }
  if (mark === '/' || mark === '#') return 'a comment; JSON has no comments';
  if (previous === ',' && /[\]}]/.test(mark)) return `a comma before ${mark}; JSON allows none`;
  return undefined;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  return `, line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
}

/** Where the string ends that starts there. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  return end;
}
