// The request that Concourse writes to stdin.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { show, UserError } from '../errors.ts';

/** A request before anything in it was validated. */
export type RawRequest = Readonly<Record<string, unknown>>;

/**
 * Parses a request: a JSON object with `source`, `version` and `params`, as Concourse sends it
 * (https://concourse-ci.org/implementing-resource-types.html). Throws a UserError for anything else.
 */
export function parseRequest(text: string): RawRequest {
  if (text.trim() === '') {
    throw new UserError(
      'stdin is empty; Concourse sends a JSON object such as {"source": {…}, "version": null}',
    );
  }
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    throw new UserError(
      `stdin is not JSON: it starts with ${show(text.trimStart().slice(0, 20))}; Concourse sends an object such as {"source": {…}}`,
    );
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new UserError(`stdin holds ${kindOf(request)} where a JSON object with the key "source" belongs`);
  }
  return request as RawRequest;
}

/**
 * Everything on stdin as text. Concourse has mostly written its request, and closed the pipe, before Node has started:
 * what is there is read at once, since a stream costs a check more than all of its own work. The rest is waited for.
 */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  if (!readAvailable(chunks)) {
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads what a pipe holds, without waiting, so that a signal is heard meanwhile; true when that was everything. */
function readAvailable(chunks: Buffer[]): boolean {
  let fd: number | undefined;
  try {
    if (!fstatSync(0).isFIFO()) return false;
    // The pipe once more: whoever shares file descriptor 0 is not to find it non-blocking.
    fd = openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK);
    for (;;) {
      const chunk = Buffer.allocUnsafe(65536);
      const length = readSync(fd, chunk);
      if (length === 0) return true;
      chunks.push(chunk.subarray(0, length));
    }
  } catch {
    // Nothing more is there yet, or the pipe cannot be opened: the stream reads on.
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a JSON array';
  return value === null ? 'null' : `a JSON ${typeof value}`;
}
