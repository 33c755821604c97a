// Superseded documents, from the place where a pipeline keeps them.
import { historyUrlOf } from '../config/url.ts';
import { receiveDocument } from './document.ts';
import type { HttpGet } from './http/client.ts';
import { bodyLimit } from './http/exchange.ts';
import { Failure } from './http/failure.ts';
import type { History } from './outside.ts';

/**
 * Bytes that a decompressed bundle may have. It holds the document and files that are made of it, so four times the document's
 * bound.
 */
const limit = 4 * bodyLimit;

/**
 * Reads `.json`, `.json.gz` and `.tgz`, told apart by their content; `now` is the clock. The function returned rejects with a
 * UserError.
 */
export function openHistory(get: HttpGet, template: string, now: () => number): History {
  return (token, use) =>
    get(historyUrlOf(template, token), async ({ body }) => {
      const content = body[0] === 0x1f && body[1] === 0x8b ? decompress(body) : body;
      // POSIX archives say `ustar` at byte 257.
      const isTar = content.toString('latin1', 257, 262) === 'ustar';
      const document = isTar ? await documentIn(content) : content;
      if (document.length > bodyLimit) throw tooLarge('the document that it serves', bodyLimit);
      return receiveDocument(document, now(), use);
    });
}

function decompress(bytes: Buffer): Buffer {
  const { gunzipSync } = process.getBuiltinModule('node:zlib');
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge('the gzip file that it serves', limit);
    const message = 'the gzip file that it serves is damaged, or only a part of it arrived';
    throw new Failure(message, { isTransient: true });
  }
}

function tooLarge(what: string, bytes: number): Failure {
  return new Failure(`${what} holds more than ${bytes / 2 ** 20} MiB`);
}

/** The document in a bundle. */
async function documentIn(tar: Buffer): Promise<Buffer> {
  const { BundleError, unpackBundle } = await import('../files/bundle.ts');
  try {
    const document = (await unpackBundle(tar)).get('ip-ranges.json');
    if (document === undefined) throw new BundleError('lacks ip-ranges.json');
    return document.bytes;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new Failure(`the archive that it serves ${error.message}`, { isTransient: true });
  }
}
