// What people read: lines on stderr, in the ANSI colours that Concourse renders.
import { inAscii, printable } from '../errors.ts';
import type { Output } from './write.ts';

/** The lines of one run, for people. */
export interface Log {
  /** Progress and results. */
  info(line: string): void;
  /** Something that deserves a look, though the run goes on. */
  note(line: string): void;
  /** Only with `debug: true`. */
  debug(line: string): void;
  /** Why the run fails. */
  error(line: string): void;
}

export interface LogOptions {
  /** Lets the debug lines through. */
  readonly isDebug?: boolean;
  /** Takes the secrets out of a line. */
  readonly redact?: (line: string) => string;
  /** Whether words that start a line are coloured: unless NO_COLOR is set and not empty (https://no-color.org). */
  readonly hasColours: boolean;
}

/** A log on stderr. */
export function stderrLog(stderr: Output, { hasColours, isDebug, redact }: LogOptions): Log {
  // A document's names get into messages, and could hold what rewrites a terminal.
  const clean = (text: string) => inAscii((redact?.(text) ?? text).split('\n').map(printable).join('\n'));
  const write = (line: string) => {
    try {
      stderr.write(line);
    } catch {
      // A message that cannot be written changes nothing about the run's result.
    }
  };
  const coloured = (code: number, text: string) => (hasColours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    info: (line) => write(`${clean(line)}\n`),
    note: (line) => write(`${coloured(33, 'note:')} ${clean(line)}\n`),
    debug: (line) => {
      if (isDebug) write(`${coloured(2, `debug: ${clean(line)}`)}\n`);
    },
    error: (line) => write(`${coloured(31, 'error:')} ${clean(line)}\n`),
  };
}
