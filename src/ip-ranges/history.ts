// Superseded documents, from the place where a pipeline keeps them.
import { historyUrlOf } from '../config/url.ts';
import { parseVersion, type SyncToken, type Version } from '../version.ts';
import type { Document } from './document.ts';
import type { HttpClient } from './http/client.ts';
import { Failure } from './http/failure.ts';
import { receiveDocument } from './received.ts';

export interface History {
  /**
   * What `use` makes of the document that is kept for the token. A bundle also names the version that it was made
   * for, whose token differs from the document's when AWS had republished the list by then.
   */
  document<T>(token: SyncToken, use: (document: Document, bundled: Version | undefined) => T): Promise<T>;
}

/** Bytes of a decompressed archive that no bundle comes near. */
const limit = 64 * 2 ** 20;

/** Reads `.json`, `.json.gz` and `.tgz`, told apart by their content. The method rejects with a UserError. */
export function openHistory(client: HttpClient, template: string): History {
  return {
    document: (token, use) =>
      client.get(historyUrlOf(template, token), {}, async ({ body }, compute) => {
        const content = body[0] === 0x1f && body[1] === 0x8b ? decompress(body) : body;
        const { document, version } = isTar(content)
          ? await readBundle(content)
          : { document: content, version: undefined };
        return compute((milliseconds) => use(receiveDocument(document, milliseconds), version));
      }),
  };
}

function decompress(bytes: Buffer): Buffer {
  const { gunzipSync } = process.getBuiltinModule('node:zlib');
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    const reason = isTooLarge
      ? `it holds more than ${limit / 2 ** 20} MiB`
      : 'it is damaged, or only a part arrived';
    throw new Failure(`the gzip file that it serves cannot be read: ${reason}`, { isTransient: !isTooLarge });
  }
}

/** POSIX archives say `ustar` at byte 257. */
function isTar(bytes: Buffer): boolean {
  return bytes.length > 262 && bytes.toString('latin1', 257, 262) === 'ustar';
}

async function readBundle(tar: Buffer): Promise<{ document: Buffer; version: Version | undefined }> {
  const { BundleError, unpackBundle } = await import('../files/unpack.ts');
  try {
    const files = await unpackBundle(tar);
    const document = files.get('ip-ranges.json');
    if (document === undefined)
      throw new BundleError('lacks ip-ranges.json: it was made by release 1 with skip_document');
    const manifest = files.get('manifest.json');
    return { document: document.bytes, version: manifest && parseManifestVersion(manifest.bytes) };
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new Failure(`the archive that it serves ${error.message}`, { isTransient: true });
  }
}

function parseManifestVersion(manifest: Buffer): Version | undefined {
  try {
    return parseVersion((JSON.parse(manifest.toString()) as { version?: unknown }).version);
  } catch {
    return undefined;
  }
}
