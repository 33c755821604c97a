// What JSON.parse takes without a word: members that one object repeats, of which it keeps the last, and bottomless nesting.

/** Levels of arrays and objects that no ip-ranges.json comes near; JSON.stringify and recursion fail far beyond. */
const deepest = 64;

/**
 * What makes a JSON text unfit to be read, as the end of the sentence "it …", or undefined. `value` must be what
 * JSON.parse makes of `text`: the text has two quotes for every string that was written, be it a key or a value, and
 * `value` the strings that were kept.
 */
export function faultOfMembers(text: string, value: unknown): string | undefined {
  const kept = countStrings(value, deepest);
  if (Number.isNaN(kept)) return `nests values more than ${deepest} levels deep`;
  const quotes = text.replace(/\\./g, '').match(/"/g)?.length ?? 0;
  if (quotes === 2 * kept) return undefined;
  return 'gives a key twice in one object, so that its meaning depends on the reader';
}

/** Keys of objects, and values that are strings; NaN when the value nests more than so many levels. */
export function countStrings(value: unknown, levels: number): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return Number.NaN;
  const keys = Array.isArray(value) ? 0 : 1;
  let count = 0;
  // What JSON.parse makes inherits nothing that this loop could see; Object.values would copy every entry.
  for (const key in value) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    count += keys + (typeof item === 'string' ? 1 : countStrings(item, levels - 1));
  }
  return count;
}
