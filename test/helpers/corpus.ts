// The real documents, where a folder of them is at hand.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import anyTest, { type TestFn } from 'ava';

const folder = process.env['IP_RANGES_CORPUS'];

/** A test that is skipped unless IP_RANGES_CORPUS names a folder of documents as `<syncToken>.json.gz`. */
export const corpusTest: TestFn = folder ? anyTest : (anyTest.skip as unknown as TestFn);

/** The tokens of the documents at hand, oldest first. */
export function corpusTokens(): string[] {
  return readdirSync(folder ?? '.')
    .flatMap((name) => /^(\d+)\.json\.gz$/.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b));
}

/** The document of this token as AWS published it. */
export function corpusDocument(token: string): Buffer {
  return gunzipSync(readFileSync(join(folder ?? '.', `${token}.json.gz`)));
}

/** Whether the real documents are at hand. */
export const hasCorpus = Boolean(folder);
