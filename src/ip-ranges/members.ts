// Detects members that a JSON text repeats in one object: JSON.parse keeps the last and says nothing.

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * Whether any object in the text has the same key twice. `bytes` must be valid JSON in UTF-8, and `value` what
 * JSON.parse makes of it: the text has a colon for every member that was written, the value one for every member kept.
 */
export function hasRepeatedMembers(bytes: Uint8Array, value: unknown): boolean {
  return countWritten(bytes) !== countKept(value);
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

function countKept(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKept(item);
    return count;
  }
  for (const item of Object.values(value)) count += 1 + (typeof item === 'string' ? 0 : countKept(item));
  return count;
}
