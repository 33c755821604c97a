// The nine years of publications that the repository carries; demo/README.md says where they come from.
import { readFiles } from '../../replay/stored-files.ts';

/** A publication as it is kept, cut down to the entries of S3 in the us-gov regions. */
export interface KeptDocument {
  readonly syncToken: string;
  readonly bytes: Buffer;
}

/** Every publication in the order of the archive, which is the order of time. Three share the token 1500590532. */
export async function readHistory(): Promise<KeptDocument[]> {
  const documents: KeptDocument[] = [];
  for await (const { name, content } of readFiles('demo/history.tar.gz')) {
    if (Buffer.isBuffer(content)) documents.push({ syncToken: name.replace('.json', ''), bytes: content });
  }
  return documents;
}
