// Decodes a compressed body; zlib is loaded only for a response that needs it.
import type { Transform } from 'node:stream';
import { Failure } from './failure.ts';

/** Takes a body as it arrives. */
export interface BodyReader {
  write(chunk: Buffer): void;
  end(): void;
}

/** Stops the body's coming, and lets it go on: a decoder may be slower than the network. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * A reader that hands the decoded chunks to `collect` and the end, or the Failure of a body that is not in its
 * encoding, to `finish`. The body waits while the decoder has enough to do.
 */
export function decodingReader(
  encoding: string,
  flow: Flow,
  collect: (chunk: Buffer) => void,
  finish: (error?: Error) => void,
): BodyReader {
  let decoder: Transform | undefined;
  const open = (firstChunk: Buffer) => {
    const stream = createDecoder(encoding, firstChunk);
    stream.on('data', collect);
    stream.on('drain', () => flow.resume());
    stream.on('end', () => finish());
    stream.on('error', () =>
      finish(new Failure(`the body is not the ${encoding} that it claims to be`, { isTransient: true })),
    );
    return stream;
  };
  return {
    write(chunk) {
      try {
        decoder ??= open(chunk);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return finish(error);
      }
      if (!decoder.write(chunk)) flow.pause();
    },
    end() {
      if (decoder === undefined) finish();
      else decoder.end();
    },
  };
}

function createDecoder(encoding: string, firstChunk: Buffer): Transform {
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
      throw new Failure('the body has a content-encoding that was not asked for', { isTransient: true });
  }
}
