// Globs over region and border group names: `*` is any run of characters, `?` any one.

/** A function that tells whether a name matches the whole glob. */
export function globMatcher(glob: string): (name: string) => boolean {
  if (!/[*?]/.test(glob)) return (name) => name === glob;
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${pattern}$`, 'su');
  return (name) => expression.test(name);
}
