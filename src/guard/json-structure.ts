// How much there is in JSON text, counted before anything is made of it: depth, values, strings.

/** What JSON text holds, if it is JSON at all. */
export interface JsonStructure {
  /** Levels of arrays and objects. */
  readonly depth: number;
  /** Arrays and objects. */
  readonly containers: number;
  /** Keys, and values that are strings. */
  readonly strings: number;
  readonly commas: number;
}

/** Bytes between which other work, such as a signal, has its turn. */
const turn = 1 << 24;

/** Counts in UTF-8 text. */
export async function scanJson(bytes: Buffer): Promise<JsonStructure> {
  let level = 0;
  let depth = 0;
  let containers = 0;
  let strings = 0;
  let commas = 0;
  let next = turn;
  for (let index = 0; index < bytes.length; index++) {
    switch (bytes[index]) {
      case 0x22:
        strings++;
        index = endOfString(bytes, index + 1);
        break;
      case 0x2c:
        commas++;
        break;
      case 0x5b:
      case 0x7b:
        containers++;
        if (++level > depth) depth = level;
        break;
      case 0x5d:
      case 0x7d:
        level--;
        break;
    }
    if (index < next) continue;
    next = index + turn;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { depth, containers, strings, commas };
}

/** Index of the quote that ends the string whose first character is at `index`; the end of the text where none does. */
function endOfString(bytes: Buffer, index: number): number {
  for (let at = index; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) return at;
    if (byte === 0x5c) at++;
  }
  return bytes.length;
}
