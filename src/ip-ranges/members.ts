// Detects members that a JSON text repeats in one object: JSON.parse keeps the last and says nothing.

/**
 * Whether any object in the text has the same key twice. `value` must be what JSON.parse makes of `text`: the text
 * has two quotes for every string that was written, be it a key or a value, and `value` the strings that were kept.
 */
export function hasRepeatedMembers(text: string, value: object): boolean {
  const quotes = text.replace(/\\./g, '').match(/"/g)?.length ?? 0;
  return quotes !== 2 * countStrings(value);
}

/** Keys of objects, and values that are strings, at any depth. */
function countStrings(root: object): number {
  let count = 0;
  const open: object[] = [root];
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    const isObject = !Array.isArray(container);
    // What JSON.parse makes inherits nothing that this loop could see; Object.values would copy every entry.
    for (const key in container) {
      const item = (container as Readonly<Record<string, unknown>>)[key];
      if (isObject) count++;
      if (typeof item === 'string') count++;
      else if (typeof item === 'object' && item !== null) open.push(item);
    }
  }
  return count;
}
