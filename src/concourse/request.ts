// The request that Concourse writes to stdin.
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

/** Everything on stdin as text. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a JSON array';
  return value === null ? 'null' : `a JSON ${typeof value}`;
}
