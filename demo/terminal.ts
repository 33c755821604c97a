// What the demo's lines look like: indented below their heading, in colour only where a terminal shows it.
import { inspect, stripVTControlCharacters } from 'node:util';

type Tone = 'bold' | 'red' | 'green';

export interface Terminal {
  heading(text: string): void;
  /** Prints lines below a heading, broken at spaces where they are too long. */
  print(...lines: readonly string[]): void;
  /** Text in a tone. */
  tone(tone: Tone, text: string): string;
}

/** The widest line: what a terminal of 80 columns shows without a break of its own. */
const width = 78;

export function openTerminal(hasColour: boolean, writeText: (text: string) => void): Terminal {
  const tone = (name: Tone, text: string) => {
    const [start, end] = inspect.colors[name] ?? [0, 0];
    return hasColour ? `\u001b[${start}m${text}\u001b[${end}m` : text;
  };
  return {
    tone,
    heading: (text) => writeText(`${tone('bold', text)}\n`),
    print: (...lines) => {
      for (const part of lines.flatMap((line) => wrap(`   ${line}`))) writeText(`${part.trimEnd()}\n`);
    },
  };
}

/** Whether stdout is a terminal whose user wants colour (https://no-color.org). */
export function wantsColour(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** A line in parts that fit, broken at spaces; those that follow are two columns further in. */
function wrap(line: string): string[] {
  const lengthOf = (text: string) => stripVTControlCharacters(text).length;
  const indent = `${/^ */.exec(line)?.[0]}  `;
  const [first = '', ...words] = line.match(/ *[^ ]+/g) ?? [];
  const parts = [first];
  for (const word of words) {
    const last = parts.at(-1) ?? '';
    if (lengthOf(last + word) <= width) parts[parts.length - 1] = last + word;
    else parts.push(indent + word.trimStart());
  }
  return parts;
}
