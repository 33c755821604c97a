// The executables as the image has them: launchers, each with its bundle and V8's code beside it, started as processes.
import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { executable, type Outcome } from './executables.ts';

/** The directory with what the build wrote, installed by tools/install.ts. A test file's `test.after` removes it. */
export async function install(): Promise<{ directory: string; remove: () => void }> {
  executable('check');
  const directory = mkdtempSync(join(tmpdir(), 'aws-ip-ranges-test-'));
  // The first line of an executable names its Node, in 255 bytes on Linux, without white space.
  const node = join(directory, 'node');
  symlinkSync(process.execPath, node);
  await promisify(execFile)(process.execPath, ['build/tools/install.js', directory, node]);
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}

/** Starts a program that gets `stdin`, or what the test itself writes. The environment has no proxies. */
export function start(
  command: string,
  { args = [], stdin, env, ...options }: SpawnOptions & { args?: readonly string[]; stdin?: string } = {},
): { child: ChildProcess; ended: Promise<Outcome> } {
  const { PATH, TMPDIR } = process.env;
  const child = spawn(command, args, { ...options, env: { PATH, TMPDIR, ...env } });
  child.stdin?.on('error', () => undefined);
  if (stdin !== undefined) child.stdin?.end(stdin);
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text) => {
      written[stream] += text;
    });
  }
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ ...written, code, signal, stderr: stripVTControlCharacters(written.stderr) }),
    );
  });
  return { child, ended };
}
