// Copies a program without what only debuggers read: `tsx tools/strip.ts PROGRAM COPY`. Node brings 33 MB of symbols along, a
// sixth of the image, and the image that builds ours has no strip.
import { readFile, writeFile } from 'node:fs/promises';

const [program = '', copy = ''] = process.argv.slice(2);
if (program === '' || copy === '') throw new Error('usage: tsx tools/strip.ts PROGRAM COPY');
await writeFile(copy, strip(await readFile(program)), { mode: 0o755 });

/**
 * The bytes up to the end of the last segment, which is all that is read to run it, with a header that names no sections.
 * Throws for what is no 64-bit little-endian ELF file (https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html).
 */
function strip(elf: Buffer): Buffer {
  if (elf.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error(`${program} is no 64-bit ELF file`);
  const segments = Number(elf.readBigUInt64LE(0x20));
  const size = elf.readUInt16LE(0x36);
  const ends = Array.from({ length: elf.readUInt16LE(0x38) }, (_, index) => {
    const segment = segments + index * size;
    return Number(elf.readBigUInt64LE(segment + 0x08) + elf.readBigUInt64LE(segment + 0x20));
  });
  const stripped = Buffer.from(elf.subarray(0, Math.max(...ends)));
  // Where the section headers are, how many there are, and which of them holds their names.
  stripped.writeBigUInt64LE(0n, 0x28);
  stripped.writeUInt16LE(0, 0x3c);
  stripped.writeUInt16LE(0, 0x3e);
  return stripped;
}
