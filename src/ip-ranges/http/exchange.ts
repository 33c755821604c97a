// One request and its response, by undici's dispatch: decoded, bounded, and ended early where less is enough.
import type { Dispatcher } from 'undici';
import { type BodyReader, decodingReader } from './content-encoding.ts';
import { Failure, failureOf } from './failure.ts';

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly url: URL;
  /** What the request line names, where that is not the URL's path. */
  readonly target?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of decoded body above which the response is refused. */
  readonly limit: number;
  /** Called with the decoded body so far; true ends the response there. */
  readonly isEnough?: (body: Buffer) => boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The decoded body, as far as it was read. */
  readonly body: Buffer;
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
          reader = bodyReader(headers['content-encoding'], options, settle);
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
  encoding: string | string[] | undefined,
  { limit, isEnough }: ExchangeOptions,
  settle: (error: Error | undefined, body: Buffer) => void,
): BodyReader {
  const chunks: Buffer[] = [];
  let length = 0;
  let isSettled = false;
  const finish = (error?: Error) => {
    if (isSettled) return;
    isSettled = true;
    settle(error, Buffer.concat(chunks));
  };
  const collect = (chunk: Buffer) => {
    if (isSettled) return;
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) {
      finish(new Failure(`the body exceeds ${limit / 2 ** 20} MiB`, { isTransient: false }));
    } else if (isEnough?.(chunks.length === 1 ? chunk : Buffer.concat(chunks)) === true) {
      finish();
    }
  };
  const name = String(encoding ?? 'identity')
    .trim()
    .toLowerCase();
  if (name === 'identity') return { write: collect, end: () => finish() };
  return decodingReader(name, collect, finish);
}
