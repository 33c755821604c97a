// What JSON.parse takes without a word: members that one object repeats, of which it keeps the last, and bottomless nesting.

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Levels of arrays and objects that no ip-ranges.json comes near; JSON.stringify and recursion fail far beyond. */
const deepest = 64;

/**
 * What makes a JSON text unfit to be read, as the end of the sentence "it …", or undefined. `bytes` must be valid JSON
 * in UTF-8, and `value` what JSON.parse makes of it: the text has a colon for every member that was written, the value
 * one for every member kept.
 */
export function faultOfMembers(bytes: Uint8Array, value: unknown): string | undefined {
  const kept = countKept(value, deepest);
  if (Number.isNaN(kept)) return `nests values more than ${deepest} levels deep`;
  if (kept === countWritten(bytes)) return undefined;
  return 'gives a key twice in one object, so that its meaning depends on the reader';
}

/** Colons outside strings. */
function countWritten(bytes: Uint8Array): number {
  let count = 0;
  let isInString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === quote) isInString = !isInString;
    else if (isInString && byte === backslash) i++;
    else if (byte === colon && !isInString) count++;
  }
  return count;
}

/** Members of all objects in the value; NaN when it nests more than so many levels. */
function countKept(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKept(item, levels - 1);
    return count;
  }
  for (const item of Object.values(value)) {
    count += 1 + (typeof item === 'string' ? 0 : countKept(item, levels - 1));
  }
  return count;
}
