// Mutated documents: a few mutations of structure, a layout, and now and then a mutation of the bytes.
import { incident } from '../documents.ts';
import { byteMutations } from './bytes.ts';
import type { Random } from './random.ts';
import { gentle, rough } from './structure.ts';
import { copyTree, type ObjectTree, toTree, writeTree } from './tree.ts';

/** A mutated document, and what was done to it. */
export interface Mutant {
  readonly bytes: Buffer;
  readonly mutations: readonly string[];
}

const original = toTree(JSON.parse(incident)) as ObjectTree;
const names = { gentle: Object.keys(gentle), rough: Object.keys(rough), bytes: Object.keys(byteMutations) };

/** A mutant of a document in AWS's form. */
export function mutate(random: Random): Mutant {
  const document = copyTree(original) as ObjectTree;
  const mutations: string[] = [];
  const apply = (kind: keyof typeof names) => {
    const name = random.pick(names[kind]) ?? '';
    mutations.push(name);
    return name;
  };
  for (let left = random.below(4); left > 0; left--) gentle[apply('gentle')]?.(document, random);
  if (random.oneIn(3)) rough[apply('rough')]?.(document, random);
  let bytes = Buffer.from(writeTree(document, layout(random)));
  if (random.oneIn(3)) bytes = Buffer.from(byteMutations[apply('bytes')]?.(bytes, random) ?? bytes);
  return { bytes, mutations };
}

/** AWS's layout mostly; otherwise none, or white space at random. */
function layout(random: Random): (level: number) => string {
  const kind = random.below(4);
  if (kind === 0) return () => '';
  if (kind === 1) return () => random.pick(['', ' ', '\t', '\r\n', '\n\n  ']) ?? '';
  return (level) => (level === 0 ? ' ' : `\n${'  '.repeat(level)}`);
}
