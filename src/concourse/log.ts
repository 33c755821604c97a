// What people read: lines on stderr, in the ANSI colours that Concourse renders.
import { writeAll } from './write.ts';

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
  readonly isDebug: boolean;
  /** Takes the secrets out of a line. */
  readonly redact: (line: string) => string;
}

/** A log on stderr. */
export function stderrLog({ isDebug, redact }: LogOptions): Log {
  const write = (text: string) => writeQuietly(redact(text));
  return {
    info: (line) => write(`${line}\n`),
    note: (line) => write(`\u001b[33mnote:\u001b[0m ${line}\n`),
    debug: (line) => {
      if (isDebug) write(`\u001b[2mdebug: ${line}\u001b[0m\n`);
    },
    error: (line) => write(`\u001b[31merror:\u001b[0m ${line}\n`),
  };
}

function writeQuietly(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // A message that cannot be written changes nothing about the run's result.
  }
}
