// A file that the resource writes, before it is written.

export interface OutputFile {
  /** A name without a directory. */
  readonly name: string;
  readonly bytes: Buffer;
}
