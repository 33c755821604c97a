// The ways to write the same text that JSON, URLs and HTML have, undone one by one.

/** A text, and where in the original each of its UTF-16 units comes from. */
export interface Spelling {
  readonly text: string;
  /** For each unit the first index in the original, and the one behind the last. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Escapes within escapes, such as a URL in JSON that a page quotes, that are still undone. */
const deepest = 4;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const controls: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const escapes =
  /(?:%[0-9a-f]{2})+|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);|\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[^ux])/gis;

/** The text in lower case, then with its escapes undone, then with those of the result undone, as long as there are any. */
export function* spellingsOf(text: string): Iterable<Spelling> {
  const indices = [...Array(text.length).keys()];
  let spelling: Spelling = { text: lowerCase(text), from: indices, to: indices.map((index) => index + 1) };
  for (let level = 0; level <= deepest; level++) {
    yield spelling;
    const next = undoEscapes(spelling);
    if (next.text === spelling.text) return;
    spelling = next;
  }
}

function undoEscapes({ text, from, to }: Spelling): Spelling {
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
  for (const match of text.matchAll(escapes)) {
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
