// Runs processes one at a time and tells what each took, by way of accountant.py: Node does not account for its children.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process to run. */
export interface Command {
  /** The executable's path and its arguments. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What stdin, a pipe, holds: at most 64 KiB. */
  readonly input: string;
}

/** What a process took and said. */
export interface Account {
  /** The exit code, or minus the number of the signal that ended it. */
  readonly code: number;
  /** Seconds from start to end. */
  readonly wall: number;
  /** Seconds of processor time, user and system, with the processes that it waited for. */
  readonly cpu: number;
  /** Bytes that it, or the largest of the processes that it waited for, had resident at most. */
  readonly memory: number;
  readonly output: string;
  readonly errors: string;
}

export interface Accountant {
  run(command: Command): Promise<Account>;
  close(): void;
}

/** Starts the helper process, which needs Python 3. */
export function openAccountant(): Accountant {
  const script = fileURLToPath(new URL('accountant.py', import.meta.url));
  const helper = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: helper.stdout })[Symbol.asyncIterator]();
  return {
    async run(command) {
      helper.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`the accountant ended while it ran ${command.argv.join(' ')}`);
      return JSON.parse(value) as Account;
    },
    close: () => helper.stdin.end(),
  };
}
