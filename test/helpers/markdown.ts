// What a test reads of a page in Markdown: its fenced blocks, its tables, its links and headings.

/** A fenced block. */
export interface Block {
  /** The word behind the fence; empty when there is none. */
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** Headings above it, from the widest to the nearest. */
  readonly section: readonly string[];
}

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Headings above it, from the widest to the nearest. */
  readonly section: readonly string[];
}

export interface Page {
  readonly blocks: readonly Block[];
  readonly tables: readonly Table[];
  readonly headings: readonly string[];
  /** Targets of links and pictures. */
  readonly links: readonly string[];
}

/** A block; in a list it is indented. */
const fenced = /^( *)```([^\n]*)\n(.*?)^\1```$/gms;

/** Reads a page. Throws when a fence is not closed. */
export function readPage(text: string): Page {
  // What stands in a block is neither heading, table nor link. Its place and its lines stay.
  const prose = text.replaceAll(fenced, (block) => block.replaceAll(/[^\n]/g, ' '));
  if (prose.includes('```')) throw new Error('a block is not closed');
  const headings = [...prose.matchAll(/^(#+) (.*)$/gm)];
  const sectionOf = (index: number) => {
    const section: string[] = [];
    for (const { index: at, 1: marks = '', 2: title = '' } of headings) {
      if (at < index) section.splice(marks.length - 1, section.length, title);
    }
    return section;
  };
  return {
    blocks: [...text.matchAll(fenced)].map(({ index, 1: indent = '', 2: language = '', 3: lines = '' }) => ({
      language: language.trim(),
      text: lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '').replace(/\n$/, ''),
      line: text.slice(0, index).split('\n').length,
      section: sectionOf(index),
    })),
    tables: [...prose.matchAll(/^\|.*\|\n\|[ :|-]+\|\n(?:\|.*\|(?:\n|$))*/gm)].map(({ 0: table, index }) => {
      const [header = [], , ...rows] = table.trimEnd().split('\n').map(cellsOf);
      return { header, rows, section: sectionOf(index) };
    }),
    headings: headings.map(([, , title = '']) => title),
    links: [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
  };
}

/** The anchor that a heading gets on the usual sites: lower case, without punctuation, hyphens for spaces. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** What stands in backquotes. */
export function codesOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
