// Containers of the image, started as Concourse's worker starts them, but for a root file system that is read-only.
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';

const execute = promisify(execFile);

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  /** What runs as process 1, and its arguments. */
  readonly command: readonly string[];
  /** Mounts beside /tmp, as podman writes them: `host directory:container directory[:ro]`. */
  readonly mounts?: readonly string[];
}

export interface Container {
  readonly name: string;
  readonly stdin: Writable;
  readonly ended: Promise<Result>;
}

/** The host's certificates, where Concourse's workers mount theirs. */
export const hostCertificates = '/etc/ssl/certs:/etc/ssl/certs:ro';

/** Starts a container and leaves its stdin open. It is gone when the test ends. */
export function start(t: ExecutionContext, image: string, { command, mounts }: Options): Container {
  const name = `test-${randomUUID()}`;
  const options = ['--rm', '--interactive', '--pull=never', '--network=host', `--name=${name}`];
  options.push('--read-only', '--read-only-tmpfs=false', '--tmpfs=/tmp');
  options.push(...(mounts ?? [hostCertificates]).map((mount) => `--volume=${mount}`));
  const child = spawn('podman', ['run', ...options, image, ...command]);
  t.teardown(() => execute('podman', ['rm', '--force', '--ignore', '--time=0', name]));
  // A process may end without having read its request.
  child.stdin.on('error', () => undefined);
  return { name, stdin: child.stdin, ended: resultOf(child) };
}

/** Runs a container to its end with a request on stdin. */
export function run(
  t: ExecutionContext,
  image: string,
  options: Options & { readonly request?: unknown },
): Promise<Result> {
  const { stdin, ended } = start(t, image, options);
  stdin.end(options.request === undefined ? '' : JSON.stringify(options.request));
  return ended;
}

/** Sends SIGTERM to process 1. False when the container is not there, or not any more. */
export function terminate({ name }: Container): Promise<boolean> {
  return execute('podman', ['kill', '--signal', 'TERM', name]).then(
    () => true,
    () => false,
  );
}

function resultOf(child: ChildProcessWithoutNullStreams): Promise<Result> {
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...texts }));
  });
}
