// A file that the resource writes, before it is written.

export interface OutputFile {
  /** A name without a directory. */
  readonly name: string;
  readonly bytes: Buffer;
}

export function textFile(name: string, text: string | Buffer): OutputFile {
  return { name, bytes: Buffer.from(text) };
}

/** A file of a line for each text. */
export function listFile(name: string, texts: readonly string[]): OutputFile {
  return textFile(name, texts.map((text) => `${text}\n`).join(''));
}

export function jsonFile(name: string, value: unknown): OutputFile {
  return textFile(name, `${JSON.stringify(value, undefined, 2)}\n`);
}
