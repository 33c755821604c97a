// What people read: lines on stderr, in the ANSI colours that Concourse renders.
import { inAscii, isObject, printable } from '../errors.ts';
import { redactor } from './secrets.ts';
import type { Request } from './types.ts';
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

/** A log on stderr, for a run with this request, which is not validated yet: one that fails validation can be debugged. */
export function stderrLog(stderr: Output, env: NodeJS.ProcessEnv, request: Request = {}): Log {
  const redact = redactor(request, env);
  // A document's names get into messages, and could hold what rewrites a terminal.
  const clean = (text: string) => inAscii(redact(text).split('\n').map(printable).join('\n'));
  const write = (line: string) => {
    try {
      stderr.write(`${line}\n`);
    } catch {
      // A message that cannot be written changes nothing about the run's result.
    }
  };
  // https://no-color.org
  const coloured = (code: number, text: string) =>
    env['NO_COLOR'] ? text : `\u001b[${code}m${text}\u001b[0m`;
  const isDebug = isObject(request.source) && request.source['debug'] === true;
  return {
    info: (line) => write(clean(line)),
    note: (line) => write(`${coloured(33, 'note:')} ${clean(line)}`),
    debug: (line) => isDebug && write(coloured(2, `debug: ${clean(line)}`)),
    error: (line) => write(`${coloured(31, 'error:')} ${clean(line)}`),
  };
}
