// Mutations of a document's bytes: what a network, a disk or a careless editor does.
import type { Random } from './random.ts';

export type ByteMutation = (bytes: Buffer, random: Random) => Buffer;

const insertions = [
  '\ufeff',
  '\0',
  '"',
  '\\',
  ',',
  '}',
  ']',
  '{',
  '[',
  ':',
  '\u2028',
  '\n',
  '/**/',
  '0',
  'e',
  '-',
  '\u{1f30d}',
];

/** Every byte mutation by name. */
export const byteMutations: Readonly<Record<string, ByteMutation>> = {
  'a bit flipped': (bytes, random) =>
    changed(bytes, (copy) => {
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }),
  'a byte replaced': (bytes, random) =>
    changed(bytes, (copy) => {
      copy[random.below(copy.length)] = random.below(256);
    }),
  'a digit replaced': (bytes, random) => {
    const digits = [...bytes.keys()].filter((at) => isDigit(bytes[at]));
    return changed(bytes, (copy) => {
      copy[random.pick(digits) ?? 0] = 48 + random.below(10);
    });
  },
  'characters inserted': (bytes, random) =>
    spliced(bytes, random.below(bytes.length + 1), 0, Buffer.from(random.pick(insertions) ?? ' ')),
  'bytes inserted': (bytes, random) => {
    const inserted = Buffer.from(Array.from({ length: 1 + random.below(4) }, () => random.below(256)));
    return spliced(bytes, random.below(bytes.length + 1), 0, inserted);
  },
  'bytes removed': (bytes, random) => spliced(bytes, random.below(bytes.length), 1 + random.below(40)),
  truncated: (bytes, random) =>
    bytes.subarray(0, random.oneIn(2) ? random.below(bytes.length) : bytes.length - 1 - random.below(4)),
  'the start missing': (bytes, random) => bytes.subarray(1 + random.below(100)),
  'a part repeated': (bytes, random) => {
    const from = random.below(bytes.length);
    const part = bytes.subarray(from, from + 1 + random.below(300));
    return spliced(bytes, from, 0, part);
  },
  'a line repeated or removed': (bytes, random) => {
    const lines = bytes.toString('latin1').split('\n');
    const at = random.below(lines.length);
    if (random.oneIn(2)) lines.splice(at, 1);
    else lines.splice(at, 0, lines[at] ?? '');
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  'tokens exchanged': (bytes, random) => {
    const tokens = bytes.toString('latin1').split(/("[^"]*"|[{}[\]:,])/);
    const [i, j] = [random.below(tokens.length), random.below(tokens.length)];
    [tokens[i], tokens[j]] = [tokens[j] ?? '', tokens[i] ?? ''];
    return Buffer.from(tokens.join(''), 'latin1');
  },
  'bytes blanked': (bytes, random) => {
    const from = random.below(bytes.length);
    return changed(bytes, (copy) =>
      copy.fill(random.pick([0, 32, 255]) ?? 0, from, Math.min(copy.length, from + 1 + random.below(60))),
    );
  },
  'more after the end': (bytes, random) =>
    Buffer.concat([
      bytes,
      Buffer.from(random.pick(['\n', ' \t\r\n', '}', '\0', 'x', bytes.toString('latin1')]) ?? ''),
    ]),
  'another encoding': (bytes, random) =>
    Buffer.from(`${random.oneIn(2) ? '\ufeff' : ''}${bytes}`, random.oneIn(2) ? 'utf16le' : 'utf8'),
};

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function changed(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) change(copy);
  return copy;
}

function spliced(bytes: Buffer, from: number, removed: number, inserted: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + removed)]);
}
