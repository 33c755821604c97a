// One request and its response, by undici's dispatch: bounded, and ended early where the first bytes are enough.
import type { Connection } from './connect.ts';
import { Failure, failureOf } from './failure.ts';

/** Bytes of a body, as it is sent and decoded: six times AWS's document. What is done with so many takes seconds at most. */
export const bodyLimit = 16 * 2 ** 20;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it was sent, as far as it was read. */
  readonly body: Buffer;
  /** Whether all of the body was read. */
  readonly isWhole: boolean;
}

/**
 * Sends a GET request and reads its response. `enough` is the number of bytes of the body that are needed: when more come, or 16
 * times as many of an encoded body, the response is ended. A shorter one ends by itself, so its connection can be used again.
 * Rejects with a Failure.
 */
export function exchange(
  { dispatcher, forward }: Connection,
  url: URL,
  headers: Readonly<Record<string, string>>,
  enough = Number.POSITIVE_INFINITY,
): Promise<Reply> {
  const path = `${forward === undefined ? '' : url.origin}${url.pathname}${url.search}`;
  return new Promise((resolve, reject) => {
    let head: Pick<Reply, 'status' | 'headers'> = { status: 0, headers: {} };
    let buffer = Buffer.alloc(0);
    let length = 0;
    const settle = (isWhole: boolean) => resolve({ ...head, body: buffer.subarray(0, length), isWhole });
    dispatcher.dispatch(
      { origin: url.origin, path, method: 'GET', headers: { ...forward?.headers, ...headers } },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          if (status < 200) return;
          head = { status, headers };
          // The whole body at once, or 64 KiB if its length is unknown: keeping chunks would pin the socket's buffers.
          buffer = Buffer.allocUnsafe(Math.min(Number(headers['content-length']) || 65_536, bodyLimit));
        },
        onResponseData(controller, chunk) {
          if (length + chunk.length > bodyLimit) return controller.abort(tooLarge());
          if (length + chunk.length > buffer.length) {
            buffer = Buffer.concat([buffer], Math.min(2 * (length + chunk.length), bodyLimit));
          }
          length += chunk.copy(buffer, length);
          if (length <= (encodingOf(head.headers) === '' ? enough : 16 * enough)) return;
          settle(false);
          controller.abort(new Error('enough was read'));
        },
        onResponseEnd: () => settle(true),
        // After the promise is settled, by an early end say, a rejection has no effect.
        onResponseError: (_controller, error) => reject(failureOf(error)),
      },
    );
  });
}

function tooLarge(): Failure {
  return new Failure(`the body exceeds ${bodyLimit / 2 ** 20} MiB`);
}

/**
 * The body as it was before it was encoded; of one that was not read whole, what the bytes that were read amount to. zlib is
 * loaded only here. Throws a Failure for a body that is not in its encoding.
 */
export function decodedBody({ status, headers, body, isWhole }: Reply): Buffer {
  const encoding = encodingOf(headers);
  if (encoding === '' || body.length === 0) return body;
  const zlib = process.getBuiltinModule('node:zlib');
  const { Z_FINISH, Z_SYNC_FLUSH, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  // A range can be one of the encoded bytes, of which it is the start.
  const hasEnd = isWhole && status !== 206;
  const options = { maxOutputLength: bodyLimit, finishFlush: hasEnd ? Z_FINISH : Z_SYNC_FLUSH };
  try {
    switch (encoding) {
      case 'gzip':
      case 'x-gzip':
        return zlib.gunzipSync(body, options);
      case 'deflate':
        // Some servers leave out zlib's header, which names method 8 in its low bits (RFC 9110, 8.4.1.2).
        return ((body[0] ?? 0) & 0x0f) === 8
          ? zlib.inflateSync(body, options)
          : zlib.inflateRawSync(body, options);
      case 'br':
        return zlib.brotliDecompressSync(body, {
          ...options,
          finishFlush: hasEnd ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH,
        });
    }
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new Failure(`the body is not the ${encoding} that it claims to be`, { isTransient: true });
  }
  throw new Failure('the body has a content-encoding that was not asked for', { isTransient: true });
}

/** The encodings of a body without white space; empty when there are none. */
function encodingOf(headers: Reply['headers']): string {
  return String(headers['content-encoding'] ?? '')
    .toLowerCase()
    .replace(/identity|[\s,]+/g, '');
}
