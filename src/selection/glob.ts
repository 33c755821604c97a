// Globs over region and border group names: `*` is any run of characters, `?` any one.

/**
 * A function that says whether a name matches the whole glob. It takes at most as many steps as the two have characters,
 * multiplied; a regular expression would try every way to share a name among the stars.
 */
export function globMatcher(glob: string): (name: string) => boolean {
  if (!/[*?]/.test(glob)) return (name) => name === glob;
  const pattern = [...glob.replace(/\*+/g, '*')];
  return (name) => matches(pattern, [...name]);
}

function matches(pattern: readonly string[], name: readonly string[]): boolean {
  let at = 0;
  // Where the last star stands, and up to where it reaches: only that one can take more, the earlier ones never need to.
  let star = -1;
  let reach = 0;
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      reach = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[index])) {
      at++;
      index++;
    } else if (star !== -1) {
      at = star + 1;
      index = ++reach;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((part) => part === '*');
}
