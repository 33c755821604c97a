// The ways to write the same text that JSON, JavaScript, URLs, HTML, mails and dumps of bytes have, undone one by one.

/** A text, and where in the original each of its UTF-16 units comes from. */
export interface Spelling {
  readonly text: string;
  /** For each unit the first index in the original, and the one behind the last. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** HTML's names of ASCII's punctuation (https://html.spec.whatwg.org/multipage/named-characters.html), in lower case. */
const entities = new Map(
  (
    'amp& lt< gt> quot" apos\' excl! num# dollar$ percnt% lpar( rpar) ast* midast* plus+ comma, period. sol/ colon: semi; ' +
    'equals= quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] rbrack] hat^ lowbar_ underbar_ grave` lcub{ lbrace{ verbar| vert| ' +
    'rcub} rbrace}'
  )
    .split(' ')
    .map((word) => [word.slice(0, -1), word.slice(-1)] as const),
);
const controls: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** How one kind of escape is found in a text in lower case, and what it stands for. */
interface Escape {
  readonly pattern: RegExp;
  meaning(written: string): string;
}

/** One by one: the backslash of a secret in a page is no escape of JSON. */
const escapes: readonly Escape[] = [
  { pattern: /(?:%[0-9a-f]{2})+/g, meaning: (written) => decodeBytes(digitsOf(written)) },
  // What JavaScript's escape() makes.
  { pattern: /%u[0-9a-f]{4}/g, meaning: (written) => fromCode(written.slice(2), 16) },
  // Browsers read most of them without the semicolon as well.
  { pattern: /&(?:#\d{1,9}|#x[0-9a-f]{1,8}|[a-z]{2,8});?/g, meaning: meaningOfEntity },
  { pattern: /\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[^ux])/gs, meaning: meaningOfBackslash },
  { pattern: /\\u\{[0-9a-f]{1,8}\}/g, meaning: (written) => fromCode(written.slice(3, -1), 16) },
  { pattern: /\\[0-3]?[0-7]{1,2}/g, meaning: (written) => fromCode(written.slice(1), 8) },
  // CSS.
  { pattern: /\\[0-9a-f]{1,6} ?/g, meaning: (written) => fromCode(written.slice(1), 16) },
  // Quoted-printable (RFC 2045), whose lines may be broken anywhere.
  { pattern: /=\r?\n|(?:=[0-9a-f]{2})+/g, meaning: (written) => decodeBytes(digitsOf(written)) },
  // Dumps in groups of bytes, as xxd's, and lists as C has them.
  {
    pattern: /(?:\b(?:0x)?(?:[0-9a-f]{2}){1,8}[\s,:-]{1,12}){1,}(?:0x)?(?:[0-9a-f]{2}){1,8}\b/g,
    meaning: (written) => decodeBytes(digitsOf(written.replaceAll('0x', ''))),
  },
  // A Buffer of Node as JSON, with line breaks or without, and bare numbers.
  { pattern: /(?:\d{1,3}[\s,]{1,12}){3,}\d{1,3}/g, meaning: meaningOfNumbers },
];

/** Spellings of one text that are looked at: two or three are usual. */
const most = 40;

/** The text in lower case, and what it becomes when the escapes of one kind are undone, and in the result those of another. */
export function spellingsOf(text: string): Spelling[] {
  const indices = [...Array(text.length).keys()];
  const spellings: Spelling[] = [
    { text: lowerCase(text), from: indices, to: indices.map((index) => index + 1) },
  ];
  const known = new Set([spellings[0]?.text]);
  // The list grows while it is walked through.
  for (const spelling of spellings) {
    for (const kind of escapes) {
      const next = undoEscapes(spelling, kind);
      if (known.has(next.text) || spellings.length >= most) continue;
      known.add(next.text);
      spellings.push(next);
    }
  }
  return spellings;
}

function undoEscapes({ text, from, to }: Spelling, { pattern, meaning }: Escape): Spelling {
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
    const meant = lowerCase(meaning(match[0]));
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

function meaningOfEntity(written: string): string {
  const name = written.replace(/^&|;$/g, '');
  if (name.startsWith('#x')) return fromCode(name.slice(2), 16);
  if (name.startsWith('#')) return fromCode(name.slice(1), 10);
  const known = entities.get(name);
  if (known !== undefined) return known;
  // Without a semicolon the name can go on: &ampabc.
  for (const [start, character] of entities) {
    if (name.startsWith(start)) return character + written.slice(start.length + 1);
  }
  return written;
}

function meaningOfBackslash(written: string): string {
  if (written.length > 2) return fromCode(written.slice(2), 16);
  return controls[written.slice(1)] ?? written.slice(1);
}

function meaningOfNumbers(written: string): string {
  return Buffer.from(written.split(/[\s,]+/).map(Number)).toString('latin1');
}

function digitsOf(written: string): string {
  return written.replace(/[^0-9a-f]/g, '');
}

/** The text of hexadecimal digits, as UTF-8 if they are that. */
function decodeBytes(digits: string): string {
  const bytes = Buffer.from(digits, 'hex');
  const text = bytes.toString();
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}

function fromCode(digits: string, base: 8 | 10 | 16): string {
  const code = Number.parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** Unit by unit, so that the length stays. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
