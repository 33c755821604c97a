// The request that Concourse writes to stdin.
import { isObject, kindOf, show, UserError } from '../errors.ts';
import type { Request } from './types.ts';

/** Bytes of a request that none of Concourse's comes near, not even with certificates and a version that holds its list. */
const longest = 8 * 2 ** 20;

/** Deepest nesting that is accepted: recursive code, such as show(), would overflow the stack far beyond it. */
const deepest = 64;

/**
 * Parses a request: a JSON object with `source`, `version` and `params`, as Concourse sends it
 * (https://concourse-ci.org/implementing-resource-types.html). Throws a UserError for anything else.
 */
export function parseRequest(text: string): Request {
  if (text.trim() === '') {
    throw new UserError(
      'stdin is empty; Concourse sends a JSON object such as {"source": {...}, "version": null}',
    );
  }
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    // No more than the first character: what somebody pipes by mistake can be a secret.
    const start = show(text.trimStart().slice(0, 1));
    throw new UserError(
      `stdin is not JSON: it starts with ${start}; Concourse sends an object such as {"source": {...}}`,
    );
  }
  if (!isNestedAtMost(deepest, request)) {
    throw new UserError(
      `stdin nests values more than ${deepest} levels deep, which no request of Concourse does`,
    );
  }
  if (!isObject(request)) {
    throw new UserError(`stdin holds ${kindOf(request)} where a JSON object with the key "source" belongs`);
  }
  return request;
}

/** Everything on stdin as text. Rejects with a UserError as soon as it is more than any request. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longest) {
      throw new UserError(
        `stdin holds more than ${longest / 2 ** 20} MiB, which no request of Concourse does`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isNestedAtMost(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isNestedAtMost(levels - 1, item));
}
