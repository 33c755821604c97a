// JSON as a tree of tokens, for texts that JSON.stringify never writes: repeated keys, escapes, odd white space.

export interface ObjectTree {
  readonly kind: 'object';
  members: Member[];
}

export interface ArrayTree {
  readonly kind: 'array';
  items: Tree[];
}

/** A string, number, true, false or null as it is written, or any other text in the place of one. */
export interface Token {
  readonly kind: 'token';
  text: string;
}

export type Tree = ObjectTree | ArrayTree | Token;

export interface Member {
  /** As it is written, with its quotes. */
  key: string;
  value: Tree;
}

/** The tree of a JSON value. */
export function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(toTree) };
  if (typeof value !== 'object' || value === null) return { kind: 'token', text: JSON.stringify(value) };
  const members = Object.entries(value).map(([key, item]) => ({
    key: JSON.stringify(key),
    value: toTree(item),
  }));
  return { kind: 'object', members };
}

/** A copy that shares nothing with the tree. */
export function copyTree(tree: Tree): Tree {
  if (tree.kind === 'token') return { ...tree };
  if (tree.kind === 'array') return { kind: 'array', items: tree.items.map(copyTree) };
  return { kind: 'object', members: tree.members.map(({ key, value }) => ({ key, value: copyTree(value) })) };
}

/** The text of a tree; `space` is asked what stands between two tokens, at how deep a level. */
export function writeTree(tree: Tree, space: (level: number) => string, level = 0): string {
  if (tree.kind === 'token') return tree.text;
  const inner = level + 1;
  const parts =
    tree.kind === 'array'
      ? tree.items.map((item) => writeTree(item, space, inner))
      : tree.members.map(({ key, value }) => `${key}:${space(0)}${writeTree(value, space, inner)}`);
  const [open, close] = tree.kind === 'array' ? '[]' : '{}';
  const body = parts.map((part) => `${space(inner)}${part}`).join(',');
  return `${open}${body}${parts.length === 0 ? '' : space(level)}${close}`;
}
