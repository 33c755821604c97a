// What a Node needs in order to run a file of TypeScript: nothing from 22.18 on, and tsx before.
const { typescript } = process.features as { readonly typescript?: unknown };

export const readingTypeScript: readonly string[] = typescript ? [] : ['--import=tsx'];
