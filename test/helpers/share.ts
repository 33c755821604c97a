// Files of unit tests in one process: one for each would load ava and the same modules again, which is two thirds of what
// they take. tools/tests.ts names the files.

/** Has this process run its share of the files: every so many, from this one on. */
export async function importShare(first: number, each: number): Promise<void> {
  const files = JSON.parse(process.env['TOGETHER'] ?? '[]') as string[];
  for (const [index, file] of files.entries()) {
    if (index % each === first) await import(`../../${file}`);
  }
}
