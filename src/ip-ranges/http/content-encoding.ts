// Decodes a compressed body; zlib is loaded only for a response that needs it.
import type { Transform } from 'node:stream';
import { Failure } from './failure.ts';

/** Takes a body as it arrives. */
export interface BodyReader {
  write(chunk: Buffer): void;
  end(): void;
}

/**
 * A reader that hands the decoded chunks to `collect` and the end, or the Failure of a body that is not in its
 * encoding, to `finish`.
 */
export function decodingReader(
  encoding: string,
  collect: (chunk: Buffer) => void,
  finish: (error?: Error) => void,
): BodyReader {
  let decoder: Promise<Transform> | undefined;
  const open = async (firstChunk: Buffer) => {
    const stream = await createDecoder(encoding, firstChunk);
    stream.on('data', collect);
    stream.on('end', () => finish());
    stream.on('error', ({ message }) =>
      finish(
        new Failure(`the body is not the ${encoding} that it claims to be: ${message}`, {
          isTransient: true,
        }),
      ),
    );
    return stream;
  };
  return {
    write(chunk) {
      decoder ??= open(chunk);
      decoder.then((stream) => stream.write(chunk), finish);
    },
    end() {
      if (decoder === undefined) finish();
      else decoder.then((stream) => stream.end(), finish);
    },
  };
}

/** A Failure that it throws is the promise's. */
async function createDecoder(encoding: string, firstChunk: Buffer): Promise<Transform> {
  const zlib = process.getBuiltinModule('node:zlib');
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      // Some servers leave out zlib's header, which names method 8 in its low bits (RFC 9110, 8.4.1.2).
      return ((firstChunk[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
    case 'br':
      return zlib.createBrotliDecompress();
    default:
      throw new Failure(
        `the body has the content-encoding ${JSON.stringify(encoding)}, which was not asked for`,
        {
          isTransient: true,
        },
      );
  }
}
