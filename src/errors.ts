// The one class of error that a user can cause, and how a value is shown in its message.

/**
 * Something that the person who wrote the pipeline, or the server behind `url`, got wrong. The message is one
 * sentence for that person: what is wrong, where, and what to do. Anything else that is thrown is a bug.
 */
export class UserError extends Error {
  override name = 'UserError';
}

const longest = 120;

/** A value as it appears in a message: JSON, cut when long, without control characters that a terminal would obey. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  const cut = json.length > longest ? `${json.slice(0, longest)}...` : json;
  return printable(cut);
}

/** Text from outside without the control and direction characters that could rewrite a terminal's line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u{fffd}');
}

/**
 * Text in ASCII, line ends kept, everything else escaped as in JSON: Concourse stores it, and before 8.2.4 a character
 * of several bytes at the border of two chunks broke the build.
 */
export function inAscii(text: string): string {
  return text
    .replaceAll('\u2026', '...')
    .replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
