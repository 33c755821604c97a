// One request and its response, by undici's dispatch: decoded, bounded, and ended early where less is enough.
import type { Dispatcher } from 'undici';
import { type BodyReader, decodingReader, type Flow } from './content-encoding.ts';
import { Failure, failureOf } from './failure.ts';

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly url: URL;
  /** What the request line names, where that is not the URL's path. */
  readonly target?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of body, as it is sent and decoded alike, above which the response is refused. */
  readonly limit: number;
  /** Called with the decoded body so far; true ends the response there. */
  readonly isEnough?: (body: Buffer) => boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The decoded body, as far as it was read. */
  readonly body: Buffer;
  /** The proxy in between, as it may be printed. */
  readonly proxy?: string | undefined;
}

/** Sends a GET request and reads its response. Rejects with a Failure. */
export function exchange(options: ExchangeOptions): Promise<Reply> {
  const { dispatcher, url, headers, target = `${url.pathname}${url.search}` } = options;
  return new Promise((resolve, reject) => {
    let reader: BodyReader | undefined;
    dispatcher.dispatch(
      { origin: url.origin, path: target, method: 'GET', headers },
      {
        onRequestStart() {},
        onResponseStart(controller, status, headers) {
          if (status < 200) return;
          const settle = (error: Error | undefined, body: Buffer) => {
            if (error === undefined) resolve({ status, headers, body });
            else reject(failureOf(error));
            controller.abort(error ?? new Error('enough was read'));
          };
          reader = bodyReader(headers, options, controller, settle);
        },
        onResponseData(_controller, chunk) {
          reader?.write(chunk);
        },
        onResponseEnd() {
          reader?.end();
        },
        // After the promise is settled, by an early end say, another rejection has no effect.
        onResponseError(_controller, error) {
          reject(failureOf(error));
        },
      },
    );
  });
}

/** Collects a body, through a decoder where its encoding asks for one. `settle` is called once. */
function bodyReader(
  headers: Reply['headers'],
  { limit, isEnough }: ExchangeOptions,
  flow: Flow,
  settle: (error: Error | undefined, body: Buffer) => void,
): BodyReader {
  // Allocates the whole body at once, or 64 KiB if its length is unknown: keeping chunks would pin the socket's buffers and cost a
  // second copy.
  let buffer = Buffer.allocUnsafe(Math.min(Number(headers['content-length']) || 65_536, limit));
  let length = 0;
  let isSettled = false;
  const finish = (error?: Error) => {
    if (isSettled) return;
    isSettled = true;
    settle(error, buffer.subarray(0, length));
  };
  const collect = (chunk: Buffer) => {
    if (isSettled) return;
    if (length + chunk.length > limit) return finish(tooLarge(limit));
    if (length + chunk.length > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(Math.max(2 * buffer.length, length + chunk.length), limit));
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
    length += chunk.copy(buffer, length);
    if (isEnough?.(buffer.subarray(0, length)) === true) finish();
  };
  const encoding = encodingOf(headers);
  if (encoding === '') return { write: collect, end: () => finish() };
  const decoder = decodingReader(encoding, flow, collect, finish);
  let received = 0;
  return {
    write(chunk) {
      if (isSettled) return;
      received += chunk.length;
      // Blocks that decode to nothing have no end.
      if (received > limit) return finish(tooLarge(limit));
      decoder.write(chunk);
    },
    end: decoder.end,
  };
}

function tooLarge(limit: number): Failure {
  return new Failure(`the body exceeds ${limit / 2 ** 20} MiB`, { isTransient: false });
}

/** The encodings of a body, as they are listed; empty when there are none. Empty items of a list do not count (RFC 9110, 5.6.1.2). */
function encodingOf(headers: Reply['headers']): string {
  return String(headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'identity')
    .join(', ');
}
