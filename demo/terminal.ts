// What the demo's lines look like: indented, in columns, in colour only where a terminal shows it.
import { inspect, stripVTControlCharacters } from 'node:util';

type Tone = 'bold' | 'dim' | 'red' | 'green';

export interface Terminal {
  /** Prints what follows, and what to know about it. */
  title(text: string, ...notes: readonly string[]): void;
  /** Prints lines below a heading, as they are. */
  print(...lines: readonly string[]): void;
  /** Prints the heading of a numbered step. */
  step(number: number, executable: string, text: string): void;
  /** Prints rows in columns of equal width. */
  table(rows: readonly (readonly string[])[]): void;
  /** Text in a tone. */
  tone(tone: Tone, text: string): string;
}

/** The widest line: what a terminal of 80 columns shows without a break of its own. */
const width = 78;

/** A terminal to write to. Without colour, escape codes of what the executables wrote are left out too. */
export function openTerminal(hasColour: boolean, writeText: (text: string) => void): Terminal {
  const tone = (name: Tone, text: string) => (hasColour ? colour(name, text) : text);
  const write = (line: string) => writeText(`${hasColour ? line : stripVTControlCharacters(line)}\n`);
  const print = (...lines: readonly string[]) => {
    for (const line of lines.flatMap((each) => each.split('\n'))) {
      for (const part of wrap(line, width - 3)) write(part === '' ? '' : `   ${part}`);
    }
  };
  return {
    print,
    tone,
    title: (text, ...notes) => {
      write(tone('bold', text));
      print(...notes.map((note) => tone('dim', note)));
    },
    step: (number, executable, text) => {
      write('');
      const name = `${number}  ${executable.padEnd(5)}  `;
      const [first = '', ...rest] = wrap(text, width - name.length);
      write(tone('bold', `${name}${first}`));
      for (const line of rest) write(tone('bold', `${' '.repeat(name.length)}${line.trimStart()}`));
    },
    table: (rows) => print(...alignColumns(rows)),
  };
}

/** Whether stdout is a terminal whose user wants colour (https://no-color.org). */
export function wantsColour(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

function colour(tone: Tone, text: string): string {
  const [start, end] = inspect.colors[tone] ?? [0, 0];
  return `\u001b[${start}m${text}\u001b[${end}m`;
}

/** A line in parts of at most so many characters, broken at spaces; those that follow are two columns further in. */
function wrap(line: string, most: number): string[] {
  const lengthOf = (text: string) => stripVTControlCharacters(text).length;
  if (lengthOf(line) <= most) return [line];
  const indent = `${/^ */.exec(line)?.[0]}  `;
  const parts: string[] = [];
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    const last = parts.at(-1);
    if (last !== undefined && lengthOf(last + word) <= most) parts[parts.length - 1] = last + word;
    else parts.push(last === undefined ? word : indent + word.trimStart());
  }
  return parts;
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widthOf = (text: string | undefined) => stripVTControlCharacters(text ?? '').length;
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column])))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}
