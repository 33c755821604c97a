// The ways to write the same text that JSON, URLs and HTML have, undone one by one.

/** A text, and where in the original each of its UTF-16 units comes from. */
export interface Spelling {
  readonly text: string;
  /** For each unit the first index in the original, and the one behind the last. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const controls: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** One by one: the backslash of a secret in a page is no escape of JSON. */
const escapes = {
  percent: /(?:%[0-9a-f]{2})+/gi,
  html: /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);/gi,
  json: /\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[^ux])/gis,
};

/** Spellings of one text that are looked at: two or three are usual. */
const most = 30;

/** The text in lower case, and what it becomes when the escapes of one kind are undone, and in the result those of another. */
export function spellingsOf(text: string): Spelling[] {
  const indices = [...Array(text.length).keys()];
  const spellings: Spelling[] = [
    { text: lowerCase(text), from: indices, to: indices.map((index) => index + 1) },
  ];
  const known = new Set([spellings[0]?.text]);
  // The list grows while it is walked through.
  for (const spelling of spellings) {
    for (const pattern of Object.values(escapes)) {
      const next = undoEscapes(spelling, pattern);
      if (known.has(next.text) || spellings.length >= most) continue;
      known.add(next.text);
      spellings.push(next);
    }
  }
  return spellings;
}

function undoEscapes({ text, from, to }: Spelling, pattern: RegExp): Spelling {
  const parts: string[] = [];
  const [nextFrom, nextTo]: [number[], number[]] = [[], []];
  let done = 0;
  const keep = (end: number) => {
    parts.push(text.slice(done, end));
    for (; done < end; done++) {
      nextFrom.push(from[done] ?? 0);
      nextTo.push(to[done] ?? 0);
    }
  };
  for (const match of text.matchAll(pattern)) {
    keep(match.index);
    const meant = lowerCase(meaningOf(match[0]));
    done += match[0].length;
    parts.push(meant);
    for (let unit = 0; unit < meant.length; unit++) {
      nextFrom.push(from[match.index] ?? 0);
      nextTo.push(to[done - 1] ?? 0);
    }
  }
  keep(text.length);
  return { text: parts.join(''), from: nextFrom, to: nextTo };
}

function meaningOf(written: string): string {
  if (written.startsWith('%')) return decodeBytes(written);
  const [, name = ''] = /^&#?(.*);$/s.exec(written) ?? [];
  if (written.startsWith('&#'))
    return fromCode(name.startsWith('x') ? name.slice(1) : name, name.startsWith('x') ? 16 : 10);
  if (written.startsWith('&')) return entities[name] ?? written;
  if (written.length > 2) return fromCode(written.slice(2), 16);
  return controls[written.slice(1)] ?? written.slice(1);
}

function decodeBytes(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return Buffer.from(written.replaceAll('%', ''), 'hex').toString('latin1');
  }
}

function fromCode(digits: string, base: 10 | 16): string {
  const code = Number.parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** Unit by unit, so that the length stays. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
