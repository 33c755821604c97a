// What Concourse gets from `in` and `out` on stdout.
import type { Version } from '../version.ts';
import type { Metadatum } from './metadata.ts';

export interface Response {
  readonly version: Version;
  readonly metadata: readonly Metadatum[];
}

/**
 * The response with metadata in ASCII: Concourse stores it, and before 8.2.4 a character of several bytes at the border
 * of two chunks broke the build. A name from a rules file, the only text that can hold one, is escaped as in JSON.
 */
export function response(version: Version, metadata: readonly Metadatum[]): Response {
  return { version, metadata: metadata.map(({ name, value }) => ({ name, value: inAscii(value) })) };
}

function inAscii(text: string): string {
  return text
    .replaceAll('…', '...')
    .replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
