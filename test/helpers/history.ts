// The nine years of publications that the repository carries; demo/README.md says where they come from.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';

/** A publication as it is kept, cut down to the entries of S3 in the us-gov regions. */
export interface KeptDocument {
  readonly syncToken: string;
  readonly bytes: Buffer;
}

/** Every publication in the order of the archive, which is the order of time. Three share the token 1500590532. */
export async function readHistory(): Promise<KeptDocument[]> {
  const entries = extract();
  entries.end(gunzipSync(readFileSync('demo/history.tar.gz')));
  const documents: KeptDocument[] = [];
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    documents.push({ syncToken: entry.header.name.replace('.json', ''), bytes: Buffer.concat(chunks) });
  }
  return documents;
}
