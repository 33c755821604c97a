// The one class of error that a user can cause, and the words that messages share: values, lists, numbers, guesses.
import leven from 'leven';

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

/** Characters of a name: a security group's has up to 255, and the place of an attribute in nested modules seldom more. */
const longestName = 256;

/**
 * A name as a message repeats it: letters, digits and the marks that names have, cut where it is longer than those of AWS and
 * Terraform. Anything else is not repeated, since it may be no name.
 */
export function plainName(name: string): string {
  if (!/^[\p{L}\p{N}_.:/[\]"@()+ -]+$/u.test(name)) return 'a name with other characters';
  return name.length > longestName ? `${name.slice(0, longestName)}...` : name;
}

/** The first `most` of the items and, as the last one, how many more there are: `['a', 'b', 'and 5 more']`. */
export function firstOf(items: readonly string[], most: number): string[] {
  const rest = items.length - most;
  return rest > 0 ? [...items.slice(0, most), `and ${rest} more`] : [...items];
}

/** `1 range`, `2 ranges` */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A JSON object, or what YAML calls a map. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What kind of value it is, for messages that do not repeat it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * The up to `count` known names nearest to `name`, nearest first, ignoring case. Names that differ in more than
 * about a third of their letters, or one of three, are no guess that helps, and left out.
 */
export function nearestNames(name: string, known: Iterable<string>, count = 1): string[] {
  const wanted = name.toLowerCase();
  const reach = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return [...known]
    .map((candidate) => ({ candidate, distance: leven(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= reach && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
