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

/** Reads a page. Throws when a fence is not closed. */
export function readPage(text: string): Page {
  const blocks: Block[] = [];
  const tables: { header: readonly string[]; rows: string[][]; section: readonly string[] }[] = [];
  const headings: string[] = [];
  const prose: string[] = [];
  let section: string[] = [];
  let open: { indent: string; language: string; lines: string[]; line: number } | undefined;
  let isInTable = false;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^( *)```(.*)$/.exec(line);
    if (open !== undefined) {
      // In a list a block is indented.
      if (fence === null)
        open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
      else {
        const { language, lines } = open;
        blocks.push({ language, text: lines.join('\n'), line: open.line, section });
        open = undefined;
      }
      continue;
    }
    if (fence !== null)
      open = { indent: fence[1] ?? '', language: (fence[2] ?? '').trim(), lines: [], line: index + 1 };
    const heading = /^(#+) (.*)$/.exec(line);
    if (heading !== null) {
      const [, marks = '', title = ''] = heading;
      section = [...section.slice(0, marks.length - 1), title];
      headings.push(title);
    }
    const cells = cellsOf(line);
    if (cells === undefined) isInTable = false;
    else if (!isInTable) {
      tables.push({ header: cells, rows: [], section });
      isInTable = true;
    } else if (!cells.every((cell) => /^:?-+:?$/.test(cell))) tables.at(-1)?.rows.push(cells);
    prose.push(line);
  }
  if (open !== undefined) throw new Error(`the block that starts in line ${open.line} is not closed`);
  const links = [...prose.join('\n').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return { blocks, tables, headings, links };
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
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
}

function cellsOf(line: string): string[] | undefined {
  if (!/^\|.*\|$/.test(line)) return undefined;
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
